import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalChatModel } from '../../server/engine/models/model.js';
import { ggufShapes, makeGgufModel } from '../made-models/gguf-model.js';
import { seededRandom } from '../../server/lib/seeded-random.js';

/** Shapes that are measured, by the name they have in the command. */
export const benchShapes = { half: '0.5B Q4_0', oneAndAHalf: '1.5B Q4_0' } as const;
export type BenchShape = keyof typeof benchShapes;

/** Writes a model of real measures and random weights into `folder`; with `learnFrom` its tokens fit texts like it. */
export function makeBenchModel(folder: string, shape: BenchShape, learnFrom?: string): LocalChatModel {
  const path = join(folder, `made-${shape}.gguf`);
  makeGgufModel(path, { shape: ggufShapes[shape], ...(learnFrom !== undefined && { learnFrom }) });
  return {
    id: `made-${shape}`,
    role: 'chat',
    name: `Made, ${benchShapes[shape]}`,
    path,
    sha256: '0'.repeat(64),
    bytes: statSync(path).size,
    contextTokens: 32_768,
  };
}

const words =
  'the library holds books serials catalogue record author title year town history which about reader'.split(
    ' ',
  );

/** Prose of so many words that a model's tokens know. No two seeds begin alike, so that nothing read before is of use. */
export function noise(count: number, seed: number): string {
  const random = seededRandom(seed);
  const word = (): string => words[Math.floor(random() * words.length)] ?? 'the';
  return [String(seed), ...Array.from({ length: count }, word)].join(' ');
}
