import type { Database } from 'better-sqlite3';
import { createDotKernel } from '../embedding/dot-kernel.js';
import type { Scored } from './retrieval-index.js';
import { scaleOf, type StoredVectors, type Vectors } from './vectors.js';

/** Steps of the histogram that finds how near the nearest are. */
const steps = 4096;

/** Vectors read into memory; every search compares all of them, so nothing is missed under any limit. */
export function scanVectors(db: Database, { vectors: table, dimensions, size }: StoredVectors): Vectors {
  const rows = new Int32Array(size);
  const scales = new Float64Array(size);
  const scores = new Float32Array(size);
  const places = new Map<number, number>();
  const kernel = createDotKernel(size, dimensions);
  const { vectors, stride } = kernel;
  const all = db.prepare<[], [number, Buffer]>(`SELECT rowid, numbers FROM ${table}`).raw();
  let count = 0;
  for (const [row, found] of all.iterate()) {
    const numbers = new Int8Array(found.buffer, found.byteOffset, dimensions);
    vectors.set(numbers, count * stride);
    scales[count] = scaleOf(numbers);
    rows[count] = row;
    places.set(row, count++);
  }

  return {
    dimensions,
    size: count,
    nearest(vector, { limit, allow }) {
      const dots = kernel.dots(vector);
      const histogram = new Uint32Array(steps + 1);
      let least = Infinity;
      for (let place = 0; place < count; place++) {
        const score = (dots[place] as number) * kernel.unit * (scales[place] as number);
        scores[place] = score;
        if (allow !== undefined && !allow.has(rows[place] as number)) scores[place] = -2;
        else {
          const step = stepOf(score);
          histogram[step] = (histogram[step] as number) + 1;
        }
      }
      // The highest step that leaves at least `limit` at or above it.
      for (let step = steps, seen = 0; step >= 0; step--) {
        seen += histogram[step] as number;
        if (seen >= limit || step === 0) {
          least = step;
          break;
        }
      }
      const found: Scored[] = [];
      for (let place = 0; place < count; place++) {
        const score = scores[place] as number;
        if (score > -2 && stepOf(score) >= least) found.push({ row: rows[place] as number, score });
      }
      return found.sort((a, b) => b.score - a.score || a.row - b.row).slice(0, limit);
    },
    cosine(vector, row) {
      const place = places.get(row);
      if (place === undefined) return 0;
      const from = place * stride;
      let dot = 0;
      for (let i = 0; i < dimensions; i++) dot += (vector[i] as number) * (vectors[from + i] as number);
      return dot * (scales[place] as number);
    },
    vectorOf(row) {
      const place = places.get(row);
      if (place === undefined) return undefined;
      const scale = scales[place] as number;
      return Float32Array.from(
        vectors.subarray(place * stride, place * stride + dimensions),
        (v) => v * scale,
      );
    },
  };
}

/** Cosines from -1 to 1 in steps of 1/2048. */
function stepOf(score: number): number {
  const step = ((score + 1) * (steps / 2)) | 0;
  return step < 0 ? 0 : step > steps ? steps : step;
}
