import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Embedding } from './embedding.js';

/**
 * An embedding that remembers the vectors of the texts asked for last, for as long as it is open: a text's vector never
 * changes, so do not write to what it answers. Texts are kept as digests only, because they are patrons' words.
 * `most` counts texts.
 */
export function rememberVectors(embedding: Embedding, most = 2000): Embedding {
  const known = new LRUCache<string, Float32Array>({ max: most });
  const digest = (text: string) => createHash('sha256').update(text).digest('base64');
  return {
    ...embedding,
    async embed(texts, options) {
      options?.signal?.throwIfAborted();
      if (texts.length > embedding.maxBatch)
        throw new RangeError(`embed takes at most ${embedding.maxBatch} texts`);
      const keys = texts.map(digest);
      const held = keys.map((key) => known.get(key));
      const missing = texts.filter((_, at) => held[at] === undefined);
      const made = missing.length === 0 ? [] : await embedding.embed(missing, options);
      let next = 0;
      return keys.map((key, at) => {
        const vector = held[at] ?? made[next++] ?? new Float32Array(embedding.dimensions);
        known.set(key, vector);
        return vector;
      });
    },
  };
}
