import { createHash } from 'node:crypto';
import type { Embedding } from '../../engine/embedding/embedding.js';
import { toUnit } from '../../engine/embedding/quantised.js';

export interface FakeEmbedding extends Embedding {
  /** Every text it was given, in order. */
  readonly seen: string[];
}

/** A model that knows nothing but words in common: each word adds a direction of its own. Equal texts, equal vectors. */
export function fakeEmbedding(
  options: {
    id?: string;
    dimensions?: number;
    maxBatch?: number;
    /** Called before each batch; may wait, or throw what a failing model would. */
    before?: (texts: readonly string[], signal: AbortSignal | undefined) => Promise<void> | void;
    /** Numbers that it really answers, where they are not those it promises. */
    answers?: number;
    /** What is left of a text. Default: all of it. */
    reads?: (text: string) => string;
  } = {},
): FakeEmbedding {
  const {
    id = 'fake',
    dimensions = 64,
    maxBatch = 16,
    before,
    answers = dimensions,
    reads = (text) => text,
  } = options;
  const seen: string[] = [];
  return {
    id,
    dimensions,
    maxBatch,
    queryPrefix: 'query: ',
    passagePrefix: 'passage: ',
    seen,
    async embed(texts, { signal } = {}) {
      if (texts.length > maxBatch) throw new RangeError(`at most ${maxBatch} texts`);
      await before?.(texts, signal);
      signal?.throwIfAborted();
      seen.push(...texts);
      return texts.map((text) => vectorOf(reads(text.replace(/^(query|passage): /, '')), answers));
    },
  };
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const sum = new Float32Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const bytes = createHash('sha256').update(word).digest();
    for (let i = 0; i < dimensions; i++)
      sum[i] = (sum[i] ?? 0) + (bytes[i % 32] ?? 0) / 128 - 1 + (i >= 32 ? 0.1 : 0);
  }
  return toUnit(sum);
}
