import type { Database } from 'better-sqlite3';
import { wordsOf } from '../../lib/words.js';
import type { Embedding } from './embedding.js';
import { tally } from './latent-semantics.js';
import { toUnit } from './quantised.js';

interface TermRow {
  weight: number;
  scale: number;
  vector: Buffer;
}

/**
 * Embedding trained on the catalogue itself: a text is the sum of its known words' vectors, each by its rarity.
 * Of the space `wanted`, else of the live one; undefined when that is a model's, or there is none. The connection stays
 * the caller's.
 */
export function openCatalogueTrained(db: Database, wanted?: string): Embedding | undefined {
  const space = db
    .prepare<[string | null, string | null], { id: string; dimensions: number }>(
      'SELECT id, dimensions FROM vector_space WHERE model IS NULL AND (id = ? OR (? IS NULL AND live = 1))',
    )
    .get(wanted ?? null, wanted ?? null);
  if (!space) return undefined;
  const { id, dimensions } = space;
  const find = db.prepare<[string, string], TermRow>(
    'SELECT weight, scale, vector FROM vector_term WHERE space = ? AND word = ?',
  );
  const one = (text: string): Float32Array => {
    const sum = new Float32Array(dimensions);
    for (const [stem, count] of tally([{ words: wordsOf(text), weight: 1 }])) {
      const term = find.get(id, stem);
      if (!term) continue;
      const factor = (1 + Math.log(count)) * term.weight * term.scale;
      for (let i = 0; i < dimensions; i++) sum[i] = (sum[i] ?? 0) + factor * term.vector.readInt8(i);
    }
    return toUnit(sum);
  };
  return {
    id,
    dimensions,
    maxBatch: 256,
    queryPrefix: '',
    passagePrefix: '',
    embed(texts, { signal } = {}) {
      if (signal?.aborted) return Promise.reject(signal.reason as Error);
      if (texts.length > 256) return Promise.reject(new RangeError('embed takes at most 256 texts'));
      return Promise.resolve(texts.map(one));
    },
  };
}
