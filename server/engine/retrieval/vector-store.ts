import type { Database } from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { createDotKernel } from '../embedding/dot-kernel.js';
import { quantise } from '../embedding/quantised.js';
import type { LatentSpace } from '../embedding/latent-semantics.js';
import type { RowSet, Scored } from './retrieval-index.js';

const blockSize = 4096;
/** Below any cosine: marks a row that does not take part. */
const none = -1.5;

/** Record vectors held in memory as eight-bit numbers with a scale each; every search looks at all of them. */
export interface VectorStore {
  readonly dimensions: number;
  readonly size: number;
  /** Rows by falling cosine (at most `limit`, inside `allow`), ties by row. */
  nearest(vector: Float32Array, options: { limit: number; allow?: RowSet }): Scored[];
  /** Cosine of one row, or 0 when it has no vector. */
  cosine(vector: Float32Array, row: number): number;
  vectorOf(row: number): Float32Array | undefined;
}

/**
 * Writes a trained space with its record vectors and makes it the live one, in one transaction: readers see the old
 * space until it commits, and a stop before then leaves nothing behind. `rows` are in the order of `space.records`.
 */
export function writeSpace(db: Database, space: LatentSpace, rows: readonly number[], now: Date): string {
  const id = `catalogue-trained-${randomUUID()}`;
  const term = db.prepare('INSERT INTO vector_term VALUES (?,?,?,?,?)');
  const block = db.prepare('INSERT INTO vector_block VALUES (?,?,?,?,?)');
  db.transaction(() => {
    db.exec('DELETE FROM vector_space; DELETE FROM vector_block; DELETE FROM vector_term;');
    for (const { word, idf, vector } of space.terms) {
      const { scale, values } = quantise(vector);
      if (scale > 0) term.run(id, word, idf, scale, Buffer.from(values.buffer));
    }
    for (let from = 0; from < rows.length; from += blockSize) {
      const part = rows.slice(from, from + blockSize);
      const scales = new Float32Array(part.length);
      const vectors = new Int8Array(part.length * space.dimensions);
      part.forEach((_, at) => {
        const { scale, values } = quantise(space.records[from + at] ?? new Float32Array(space.dimensions));
        scales[at] = scale;
        vectors.set(values, at * space.dimensions);
      });
      block.run(id, from / blockSize, bytes(Int32Array.from(part)), bytes(scales), bytes(vectors));
    }
    db.prepare('INSERT INTO vector_space VALUES (?,?,?,1)').run(id, space.dimensions, now.toISOString());
  })();
  return id;
}

/** Reads the live space's vectors into memory; undefined when none are trained. */
export function openVectorStore(db: Database): VectorStore | undefined {
  const space = db
    .prepare<[], { id: string; dimensions: number }>('SELECT id, dimensions FROM vector_space WHERE live = 1')
    .get();
  if (!space) return undefined;
  const { dimensions } = space;
  const blocks = db
    .prepare<[string], { rows: Buffer; scales: Buffer; vectors: Buffer }>(
      'SELECT rows, scales, vectors FROM vector_block WHERE space = ? ORDER BY block',
    )
    .all(space.id);
  const size = blocks.reduce((sum, { rows }) => sum + rows.length / 4, 0);
  const rows = new Int32Array(size);
  const scales = new Float32Array(size);
  const kernel = createDotKernel(size, dimensions);
  const { vectors, stride } = kernel;
  let at = 0;
  for (const block of blocks) {
    rows.set(new Int32Array(aligned(block.rows)), at);
    scales.set(new Float32Array(aligned(block.scales)), at);
    const packed = new Int8Array(aligned(block.vectors));
    for (let place = 0; place < block.rows.length / 4; place++, at++) {
      vectors.set(packed.subarray(place * dimensions, (place + 1) * dimensions), at * stride);
    }
  }
  const places = new Map<number, number>();
  rows.forEach((row, place) => places.set(row, place));

  const dot = (vector: Float32Array, place: number): number => {
    const from = place * stride;
    let sum = 0;
    for (let i = 0; i < dimensions; i++) sum += (vector[i] as number) * (vectors[from + i] as number);
    return sum * (scales[place] as number);
  };

  return {
    dimensions,
    size,
    nearest(vector, { limit, allow }) {
      const scores = kernel.dots(vector);
      let eligible = 0;
      for (let place = 0; place < size; place++) {
        if (scales[place] === 0 || (allow && !allow.has(rows[place] as number))) {
          scores[place] = 2 * none;
          continue;
        }
        scores[place] = (scores[place] as number) * (scales[place] as number);
        eligible++;
      }
      const threshold = eligible > limit ? nthLargest(scores, limit) : none;
      const found: Scored[] = [];
      for (let place = 0; place < size; place++) {
        const score = scores[place] as number;
        if (score > none && score >= threshold) found.push({ row: rows[place] as number, score });
      }
      return found.sort((a, b) => b.score - a.score || a.row - b.row).slice(0, limit);
    },
    cosine(vector, row) {
      const place = places.get(row);
      return place === undefined ? 0 : dot(vector, place);
    },
    vectorOf(row) {
      const place = places.get(row);
      if (place === undefined || scales[place] === 0) return undefined;
      const scale = scales[place] as number;
      return Float32Array.from(
        vectors.subarray(place * stride, place * stride + dimensions),
        (v) => v * scale,
      );
    },
  };
}

/** A value that about n numbers reach or pass (never fewer), from a histogram of cosines in steps of 1/2048. */
function nthLargest(scores: Float32Array, n: number): number {
  const buckets = new Uint32Array(4097);
  for (const score of scores) {
    if (score < none) continue;
    const bucket = Math.min(4096, Math.max(0, Math.floor((score + 1) * 2048)));
    buckets[bucket] = (buckets[bucket] as number) + 1;
  }
  let seen = 0;
  for (let bucket = 4096; bucket >= 0; bucket--) {
    seen += buckets[bucket] as number;
    if (seen >= n) return bucket === 0 ? none : bucket / 2048 - 1;
  }
  return none;
}

const bytes = (array: Int32Array | Float32Array | Int8Array): Buffer =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength);

function aligned(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
