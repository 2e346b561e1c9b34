import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalModel, OnnxType } from '../models/model.js';
import { ModelUnusable } from './model-unusable.js';

/** The longest text of any model, in tokens: memory grows with its square, and a record's passage is shorter. */
export const longestText = 1024;

/** Where a model's weights lie in its folder. */
export function onnxFile(type: OnnxType): string {
  return type === 'q8' ? 'onnx/model_quantized.onnx' : 'onnx/model.onnx';
}

/** Rejects with ModelUnusable naming the first file that the folder lacks. */
export async function requireFolder(
  model: Pick<LocalModel, 'name' | 'path'> & { onnxType: OnnxType },
): Promise<void> {
  const files = ['config.json', 'tokenizer.json', 'tokenizer_config.json', onnxFile(model.onnxType)];
  for (const file of files) {
    await access(join(model.path, file)).catch((cause: unknown) => {
      throw new ModelUnusable(`The folder of ${model.name} has no ${file} that can be read.`, { cause });
    });
  }
}
