import type { Pooling } from '../models/model.js';
import { toUnit } from './quantised.js';

/** Token vectors of a padded batch, as a model answers them: texts, tokens, numbers, in that order. */
export interface TokenVectors {
  data: Float32Array;
  tokens: number;
  dimensions: number;
}

/**
 * One unit vector for each text of a batch that is padded at the end. `lengths` are the texts' own tokens, padding not
 * counted.
 */
export function poolTokens(
  { data, tokens, dimensions }: TokenVectors,
  lengths: readonly number[],
  pooling: Pooling,
): Float32Array[] {
  return lengths.map((length, text) => {
    const from = text * tokens * dimensions;
    const token = (at: number) => data.subarray(from + at * dimensions, from + (at + 1) * dimensions);
    if (pooling === 'cls') return toUnit(token(0).slice());
    if (pooling === 'last_token') return toUnit(token(length - 1).slice());
    const sum = new Float32Array(dimensions);
    for (let at = 0; at < length; at++) {
      const vector = token(at);
      for (let i = 0; i < dimensions; i++) sum[i] = (sum[i] as number) + (vector[i] as number);
    }
    return toUnit(sum);
  });
}
