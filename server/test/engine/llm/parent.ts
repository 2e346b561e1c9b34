import { openLlamaHost } from '../../../engine/llm/llama-host.js';
import type { LocalChatModel } from '../../../engine/models/model.js';

/** A server that holds a model and tells of the model's process; for a test that ends it. */
const model = JSON.parse(process.argv[2] ?? '') as LocalChatModel;
const host = openLlamaHost({ model, gpu: 'off', threads: 1 });
await host.ready(AbortSignal.timeout(60_000));
process.send?.(host.pid());
