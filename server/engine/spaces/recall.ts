import { toUnit } from '../embedding/quantised.js';
import type { Scored } from '../retrieval/retrieval-index.js';

/** How many of the nearest count when recall is measured. */
export const recallAt = 20;

/** The nearest rows of some questions, gathered while every vector comes by once. */
export interface ExactNearest {
  offer(row: number, vector: Float32Array | Int8Array, scale?: number): void;
  /** Rows of each question, best first. */
  nearest(): number[][];
}

/** Compares in 64-bit floats, so that it may judge everything else. */
export function gatherNearest(questions: readonly Float32Array[], count = recallAt): ExactNearest {
  const best: Scored[][] = questions.map(() => []);
  const least = new Float64Array(questions.length).fill(-Infinity);
  return {
    offer(row, vector, scale = 1) {
      for (let q = 0; q < questions.length; q++) {
        const score = dot(questions[q] as Float32Array, vector) * scale;
        if (score <= (least[q] as number)) continue;
        const list = best[q] as Scored[];
        let at = list.length;
        while (at > 0 && (list[at - 1] as Scored).score < score) at--;
        list.splice(at, 0, { row, score });
        if (list.length > count) list.pop();
        if (list.length === count) least[q] = (list[count - 1] as Scored).score;
      }
    },
    nearest: () => best.map((list) => list.map(({ row }) => row)),
  };
}

function dot(a: Float32Array, b: Float32Array | Int8Array): number {
  let [even, odd] = [0, 0];
  const end = a.length - 1;
  let i = 0;
  for (; i < end; i += 2) {
    even += (a[i] as number) * (b[i] as number);
    odd += (a[i + 1] as number) * (b[i + 1] as number);
  }
  return even + odd + (i === end ? (a[i] as number) * (b[i] as number) : 0);
}

/** Share of the exact nearest that were found, over all questions; 1 where there are none. */
export function recallOf(exact: readonly number[][], found: (question: number) => readonly number[]): number {
  let [hits, wanted] = [0, 0];
  exact.forEach((rows, question) => {
    const held = new Set(found(question));
    hits += rows.filter((row) => held.has(row)).length;
    wanted += rows.length;
  });
  return wanted === 0 ? 1 : hits / wanted;
}

/** A unit vector some way off another one (a cosine of about 0.8), as a question is from the record it is about. */
export function questionNear(vector: Float32Array, random: () => number): Float32Array {
  const noise = toUnit(
    Float32Array.from(
      vector,
      () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
    ),
  );
  return toUnit(Float32Array.from(vector, (v, i) => v + 0.75 * (noise[i] as number)));
}
