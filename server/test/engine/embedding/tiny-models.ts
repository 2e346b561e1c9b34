import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeOnnxModel, type MadeModel } from '../../../../scripts/made-models/onnx-model.js';
import type { LocalEmbeddingModel, LocalReranker } from '../../../engine/models/model.js';

/** A folder for models made in a test run; `remove` it at the end. */
export function tinyModels() {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-models-'));
  return {
    dir,
    /** An embedding model: by default one for which texts with words in common are alike. */
    embedding(
      name: string,
      made: Partial<MadeModel> = {},
      more: Partial<LocalEmbeddingModel> = {},
    ): LocalEmbeddingModel {
      const path = join(dir, name);
      makeOnnxModel(path, { body: 'words', head: 'embedding', ...made });
      return {
        id: name,
        role: 'embedding',
        name,
        path,
        sha256: '0'.repeat(64),
        bytes: 1,
        contextTokens: made.longest ?? 128,
        dimensions: made.dimensions ?? 64,
        pooling: 'mean',
        queryPrefix: '',
        passagePrefix: '',
        onnxType: 'fp32',
        ...more,
      };
    },
    reranker(name: string, made: Partial<MadeModel> = {}): LocalReranker {
      const path = join(dir, name);
      makeOnnxModel(path, { body: 'words', head: 'overlap', ...made });
      return {
        id: name,
        role: 'reranker',
        name,
        path,
        sha256: '0'.repeat(64),
        bytes: 1,
        contextTokens: 128,
        onnxType: 'fp32',
      };
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

export const dot = (a: Float32Array | undefined, b: Float32Array | undefined): number =>
  a === undefined || b === undefined ? NaN : a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
