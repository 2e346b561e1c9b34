import { join } from 'node:path';
import { checkGguf } from './gguf-check.js';
import { llamaArchitectures } from './llama-architectures.js';
import type { LockedFile, LockedModel } from './lock.js';
import { digestOfAll } from './model-files.js';
import type { Pooling } from './model.js';
import type { OfferedModel } from './offered.js';
import { readOnnxFolder, type OnnxFolderFacts } from './onnx-folder.js';
import { ModelTrouble } from './trouble.js';

/** What a person says of a model that comes from a file. */
export interface Said {
  pooling?: Pooling;
  queryPrefix?: string;
  passagePrefix?: string;
}

type Common = Pick<LockedModel, 'id' | 'name' | 'licence' | 'source' | 'installed_at'>;

/** A checked chat model's entry for the lock file. `entry` lies in `dir`. Throws ModelTrouble. */
export async function chatEntry(
  dir: string,
  entry: string,
  files: readonly LockedFile[],
  common: Common,
): Promise<LockedModel> {
  const known = await llamaArchitectures();
  const facts = await checkGguf(join(dir, entry), known && { knownArchitectures: known });
  return {
    ...common,
    role: 'chat',
    files: [...files],
    entry,
    sha256: digestOfAll(files),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    context_tokens: facts.contextTokens,
    architecture: facts.architecture,
    kv_bytes_per_token: facts.kvBytesPerToken,
    chat_template: facts.hasChatTemplate,
  };
}

/** A checked ONNX model's entry for the lock file, its facts from the person, the offer, the folder, in this order. */
export async function onnxEntry(
  dir: string,
  files: readonly LockedFile[],
  common: Common,
  sources: {
    offered: OfferedModel | undefined;
    said: Said;
    role: 'embedding' | 'reranker';
    folder?: OnnxFolderFacts;
  },
): Promise<LockedModel> {
  const facts = sources.folder ?? (await readOnnxFolder(dir, { role: sources.role }));
  const weights = facts.files.filter((file) => file.weights).map((file) => file.to);
  const shared = {
    ...common,
    files: [...files],
    entry: '',
    sha256: digestOfAll(files),
    bytes: files.filter((file) => weights.includes(file.path)).reduce((sum, file) => sum + file.bytes, 0),
    onnx_type: facts.onnxType,
  };
  if (sources.role === 'reranker')
    return { ...shared, role: 'reranker', context_tokens: facts.contextTokens };
  const offered = sources.offered?.role === 'embedding' ? sources.offered : undefined;
  const dimensions = facts.dimensions ?? offered?.dimensions;
  if (offered !== undefined && dimensions !== offered.dimensions) {
    throw new ModelTrouble(
      `These weights give ${dimensions} numbers a text and "${offered.id}" gives ${offered.dimensions}: this is another model.`,
    );
  }
  const pooling = sources.said.pooling ?? offered?.pooling ?? facts.pooling;
  if (dimensions === undefined) {
    throw new ModelTrouble(
      'The folder does not say how many numbers the model gives a text (hidden_size in config.json).',
    );
  }
  if (pooling === undefined) {
    throw new ModelTrouble(
      'The folder does not say how words become one vector: give --pooling mean, cls or last_token, as the model’s page says.',
    );
  }
  return {
    ...shared,
    role: 'embedding',
    context_tokens: Math.min(facts.contextTokens, offered?.context_tokens ?? facts.contextTokens),
    dimensions,
    pooling,
    query_prefix: sources.said.queryPrefix ?? offered?.query_prefix ?? facts.queryPrefix ?? '',
    passage_prefix: sources.said.passagePrefix ?? offered?.passage_prefix ?? facts.passagePrefix ?? '',
  };
}
