import { seededRandom } from '../../lib/seeded-random.js';
import {
  dense,
  gram,
  orthonormalise,
  symmetricEigen,
  times,
  transposedTimes,
  type Dense,
  type Sparse,
} from './dense.js';

export interface SvdOptions {
  dimensions: number;
  /** Power iterations; more of them separate close singular values better. Default 2. */
  iterations?: number;
  seed?: number;
  /** Called between matrix products, so that a training can be stopped or watched; done goes from 0 to 1. */
  onStep?: (done: number) => void;
}

/**
 * Right singular vectors of A, [a.cols x dimensions], by randomised subspace iteration (Halko, Martinsson and Tropp
 * 2011) with 16 spare directions. The same matrix and seed give the same vectors.
 */
export function rightSingularVectors(a: Sparse, options: SvdOptions): Dense {
  const { iterations = 2, seed = 20240229, onStep = () => undefined } = options;
  const wanted = Math.min(options.dimensions, a.rows, a.cols);
  const width = Math.min(wanted + 16, a.rows, a.cols);
  const steps = 2 * iterations + 3;
  let step = 0;
  const next = <T>(value: T): T => {
    onStep(++step / steps);
    return value;
  };
  let q = next(times(a, gaussian(a.cols, width, seed)));
  orthonormalise(q);
  for (let round = 0; round < iterations; round++) {
    const z = next(transposedTimes(a, q));
    orthonormalise(z);
    q = next(times(a, z));
    orthonormalise(q);
  }
  const b = next(transposedTimes(a, q));
  const { values, vectors } = symmetricEigen(gram(b), width);
  const out = dense(a.cols, options.dimensions);
  for (let i = 0; i < a.cols; i++) {
    for (let j = 0; j < wanted; j++) {
      const sigma = Math.sqrt(values[j] ?? 0);
      if (sigma < 1e-6) continue;
      let sum = 0;
      for (let r = 0; r < width; r++) sum += (b.data[i * width + r] ?? 0) * (vectors[r * width + j] ?? 0);
      out.data[i * options.dimensions + j] = sum / sigma;
    }
  }
  return next(out);
}

function gaussian(rows: number, cols: number, seed: number): Dense {
  const random = seededRandom(seed);
  const out = dense(rows, cols);
  for (let i = 0; i < out.data.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    out.data[i] = radius * Math.cos(angle);
    if (i + 1 < out.data.length) out.data[i + 1] = radius * Math.sin(angle);
  }
  return out;
}
