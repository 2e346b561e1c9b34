/** A row-major matrix of 32-bit floats. */
export interface Dense {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float32Array;
}

/** A sparse matrix by compressed rows: entries `start[i]` to `start[i + 1]` of `cols` and `values` are row i. */
export interface Sparse {
  readonly rows: number;
  readonly cols: number;
  readonly start: Int32Array | Uint32Array;
  readonly column: Int32Array;
  readonly values: Float32Array;
}

/** A zero matrix. */
export function dense(rows: number, cols: number): Dense {
  return { rows, cols, data: new Float32Array(rows * cols) };
}

/** A times X: [a.rows x a.cols] sparse by [a.cols x k] dense. */
export function times(a: Sparse, x: Dense): Dense {
  const k = x.cols;
  const out = dense(a.rows, k);
  for (let i = 0; i < a.rows; i++) {
    const to = i * k;
    for (let e = a.start[i] ?? 0, end = a.start[i + 1] ?? 0; e < end; e++) {
      const from = (a.column[e] as number) * k;
      const v = a.values[e] as number;
      for (let j = 0; j < k; j++)
        out.data[to + j] = (out.data[to + j] as number) + v * (x.data[from + j] as number);
    }
  }
  return out;
}

/** Transposed A times X: [a.cols x k]. */
export function transposedTimes(a: Sparse, x: Dense): Dense {
  const k = x.cols;
  const out = dense(a.cols, k);
  for (let i = 0; i < a.rows; i++) {
    const from = i * k;
    for (let e = a.start[i] ?? 0, end = a.start[i + 1] ?? 0; e < end; e++) {
      const to = (a.column[e] as number) * k;
      const v = a.values[e] as number;
      for (let j = 0; j < k; j++)
        out.data[to + j] = (out.data[to + j] as number) + v * (x.data[from + j] as number);
    }
  }
  return out;
}

/** Transposed X times X, k x k in 64-bit floats. */
export function gram(x: Dense): Float64Array {
  const k = x.cols;
  const g = new Float64Array(k * k);
  for (let i = 0; i < x.rows; i++) {
    const at = i * k;
    for (let p = 0; p < k; p++) {
      const v = x.data[at + p] as number;
      if (v === 0) continue;
      for (let q = p; q < k; q++) g[p * k + q] = (g[p * k + q] as number) + v * (x.data[at + q] as number);
    }
  }
  for (let p = 0; p < k; p++) for (let q = 0; q < p; q++) g[p * k + q] = g[q * k + p] as number;
  return g;
}

/** Makes the columns of X orthonormal, in place, by Cholesky QR done twice (Yamamoto et al. 2015); null columns become zero. */
export function orthonormalise(x: Dense): void {
  for (let round = 0; round < 2; round++) {
    const k = x.cols;
    const g = gram(x);
    const upper = new Float64Array(k * k);
    const scale = Math.max(...Array.from({ length: k }, (_, p) => g[p * k + p] as number), 1e-30);
    for (let p = 0; p < k; p++) {
      for (let q = p; q < k; q++) {
        let sum = g[p * k + q] as number;
        for (let r = 0; r < p; r++) sum -= (upper[r * k + p] as number) * (upper[r * k + q] as number);
        const pivot = upper[p * k + p] as number;
        if (q === p) upper[p * k + p] = sum > scale * 1e-10 ? Math.sqrt(sum) : 0;
        else upper[p * k + q] = pivot === 0 ? 0 : sum / pivot;
      }
    }
    for (let i = 0; i < x.rows; i++) {
      const at = i * k;
      for (let q = 0; q < k; q++) {
        let v = x.data[at + q] as number;
        for (let p = 0; p < q; p++) v -= (x.data[at + p] as number) * (upper[p * k + q] as number);
        const pivot = upper[q * k + q] as number;
        x.data[at + q] = pivot === 0 ? 0 : v / pivot;
      }
    }
  }
}

/** Eigenvalues (descending) and eigenvectors (columns of `vectors`, k x k) of a symmetric matrix, by cyclic Jacobi rotations. */
export function symmetricEigen(
  matrix: Float64Array,
  k: number,
): { values: Float64Array; vectors: Float64Array } {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(k * k);
  for (let p = 0; p < k; p++) v[p * k + p] = 1;
  const get = (m: Float64Array, r: number, c: number) => m[r * k + c] as number;
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let p = 0; p < k; p++) {
      diagonal += get(a, p, p) ** 2;
      for (let q = p + 1; q < k; q++) off += get(a, p, q) ** 2;
    }
    if (off <= diagonal * 1e-16) break;
    for (let p = 0; p < k; p++) {
      for (let q = p + 1; q < k; q++) {
        const apq = get(a, p, q);
        if (Math.abs(apq) < 1e-300) continue;
        const theta = (get(a, q, q) - get(a, p, p)) / (2 * apq);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let r = 0; r < k; r++) {
          const rp = get(a, r, p);
          const rq = get(a, r, q);
          a[r * k + p] = c * rp - s * rq;
          a[r * k + q] = s * rp + c * rq;
        }
        for (let r = 0; r < k; r++) {
          const pr = get(a, p, r);
          const qr = get(a, q, r);
          a[p * k + r] = c * pr - s * qr;
          a[q * k + r] = s * pr + c * qr;
          const vp = get(v, r, p);
          const vq = get(v, r, q);
          v[r * k + p] = c * vp - s * vq;
          v[r * k + q] = s * vp + c * vq;
        }
      }
    }
  }
  const order = Array.from({ length: k }, (_, p) => p).sort((p, q) => get(a, q, q) - get(a, p, p));
  const values = Float64Array.from(order, (p) => Math.max(0, get(a, p, p)));
  const vectors = new Float64Array(k * k);
  order.forEach((from, to) => {
    for (let r = 0; r < k; r++) vectors[r * k + to] = get(v, r, from);
  });
  return { values, vectors };
}
