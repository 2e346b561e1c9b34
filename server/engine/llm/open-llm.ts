import { checkGguf } from '../models/gguf-check.js';
import { llamaArchitectures } from '../models/llama-architectures.js';
import type { ModelStore } from '../models/model-store.js';
import { ModelTrouble } from '../models/trouble.js';
import { openLlamaHost, type LlamaHostOptions } from './llama-host.js';
import type { Llm } from './llm.js';
import { noLlm } from './none.js';
import { openRemoteLlm } from './remote.js';
import type { RemoteEngine } from '../remote/endpoint.js';

export interface LlmChoice {
  /** The library's own switch. */
  ai: boolean;
  gpu: NonNullable<LlamaHostOptions['gpu']>;
  remoteLlm: RemoteEngine | undefined;
  models: Pick<ModelStore, 'chosen' | 'unusable'>;
  /** Where the states of fixed prompts are kept from one start to the next. */
  prefixFolder: string;
}

/**
 * The language model that this library wants: none when it is switched off, the engine at an address where one is
 * set, else the chosen model file. Answers at once; a model that cannot be loaded declines and its state says why.
 */
export function openLlm(choice: LlmChoice): Llm {
  const { models } = choice;
  if (!choice.ai) return noLlm('Switched off by CARREL_AI.');
  if (choice.remoteLlm) return openRemoteLlm({ engine: choice.remoteLlm });
  const model = models.chosen('chat');
  if (!model)
    return noLlm(models.unusable('chat') ?? 'No chat model is chosen; carrel models use chooses one.');
  const { gpu, prefixFolder } = choice;
  return openLlamaHost({ model, gpu, prefixFolder, checkFile: troubleWith });
}

/** Why a file cannot be loaded, looked at before every start of the model's process; undefined when it can. */
export async function troubleWith(path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const known = await llamaArchitectures();
    await checkGguf(path, { signal, ...(known && { knownArchitectures: known }) });
    return undefined;
  } catch (error) {
    if (error instanceof ModelTrouble) return error.message;
    throw error;
  }
}
