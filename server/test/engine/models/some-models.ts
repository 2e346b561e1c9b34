import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { makeGgufModel } from '../../../../scripts/made-models/gguf-model.js';
import { makeOnnxModel } from '../../../../scripts/made-models/onnx-model.js';
import { programDir } from '../../../config.js';
import { openModelStore, type ModelStoreOptions } from '../../../engine/models/model-store.js';
import { readOffered, type OfferedModel } from '../../../engine/models/offered.js';

const GiB = 1024 ** 3;

/** A data folder, a program folder that offers `offered`, and a folder that stands for a stick. */
export function somewhere(t: Test, offered: readonly OfferedModel[] = readOffered(programDir)) {
  const dir = t.testdir();
  const places = { dataDir: join(dir, 'var'), programDir: join(dir, 'program'), stick: join(dir, 'stick') };
  mkdirSync(join(places.programDir, 'models'), { recursive: true });
  mkdirSync(places.stick);
  writeFileSync(
    join(places.programDir, 'models/models.json'),
    JSON.stringify({ version: 1, models: offered }),
  );
  const store = (more: Partial<ModelStoreOptions> = {}) =>
    openModelStore({
      ...places,
      memory: () => ({ totalBytes: 16 * GiB, freeBytes: 12 * GiB }),
      now: () => new Date('2026-03-04T14:02:00Z'),
      ...more,
    });
  return { ...places, store, modelsDir: join(places.dataDir, 'models') };
}

/** A chat model on the stick. */
export function chatOnStick(
  stick: string,
  name = 'small-chat.gguf',
  without: readonly string[] = [],
): string {
  const path = join(stick, name);
  makeGgufModel(path, { without });
  return path;
}

/** An embedding model on the stick that says how its vectors are formed. */
export function embeddingOnStick(
  stick: string,
  name = 'small-meaning',
  pooling: 'cls' | 'mean' | 'unsaid' = 'mean',
): string {
  const path = join(stick, name);
  makeOnnxModel(path, { body: 'words', head: 'embedding' });
  if (pooling === 'unsaid') return path;
  mkdirSync(join(path, '1_Pooling'));
  const mode = pooling === 'cls' ? { pooling_mode_cls_token: true } : { pooling_mode_mean_tokens: true };
  writeFileSync(join(path, '1_Pooling/config.json'), JSON.stringify(mode));
  return path;
}

/** An offered chat model whose one file is `weights.gguf` in the repository `maker/chat`. */
export function offeredChat(more: Partial<OfferedModel> = {}): OfferedModel {
  const [chat] = readOffered(programDir).filter((model) => model.role === 'chat');
  if (chat === undefined) throw new Error('models.json offers no chat model');
  return {
    ...chat,
    id: 'offered-chat',
    name: 'Offered chat',
    source: {
      repo: 'maker/chat',
      revision: 'main',
      files: [{ hub: 'weights.gguf', local: 'weights.gguf', bytes: null, sha256: null, optional: false }],
    },
    ...more,
  } as OfferedModel;
}

/** An offered embedding model in the repository `maker/meaning`, its weights by another name there. */
export function offeredEmbedding(): OfferedModel {
  const [model] = readOffered(programDir).filter((one) => one.id === 'multilingual-e5-small');
  if (model === undefined) throw new Error('models.json offers no E5');
  const file = (hub: string, local = hub, optional = false) => ({
    hub,
    local,
    bytes: null,
    sha256: null,
    optional,
  });
  return {
    ...model,
    id: 'offered-meaning',
    dimensions: 64,
    source: {
      repo: 'maker/meaning',
      revision: 'main',
      files: [
        file('config.json'),
        file('tokenizer.json'),
        file('tokenizer_config.json'),
        file('1_Pooling/config.json', '1_Pooling/config.json', true),
        file('onnx/model_int8.onnx', 'onnx/model_quantized.onnx'),
      ],
    },
  } as OfferedModel;
}

/** Bytes of a made chat model. */
export function chatBytes(stick: string): Buffer {
  return readFileSync(chatOnStick(stick, 'bytes.gguf'));
}

/** Copies a folder, for a test that spoils it. */
export function copyOf(folder: string, name: string): string {
  const copy = join(folder, '..', name);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** What lies in a folder of models, but for what marks who works on it. */
export function lyingIn(modelsDir: string): string[] {
  if (!existsSync(modelsDir)) return [];
  return readdirSync(modelsDir)
    .filter((name) => name !== '.held')
    .toSorted();
}
