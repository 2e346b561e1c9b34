/** Whole numbers from -127 to 127 and the factor that gives the vector back. A scale per vector keeps small ones exact. */
export interface Quantised {
  scale: number;
  values: Int8Array;
}

/** Eight-bit form of a vector, its largest number mapped to 127; a zero vector has scale 0. */
export function quantise(vector: Float32Array): Quantised {
  let largest = 0;
  for (const v of vector) largest = Math.max(largest, Math.abs(v));
  if (largest === 0) return { scale: 0, values: new Int8Array(vector.length) };
  const scale = largest / 127;
  return { scale, values: Int8Array.from(vector, (v) => Math.round(v / scale)) };
}

/** Scales a vector to unit length, in place; a zero vector stays zero. Answers the same array. */
export function toUnit(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const v of vector) sum += v * v;
  if (sum > 0) {
    const factor = 1 / Math.sqrt(sum);
    for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) * factor;
  }
  return vector;
}

/**
 * One bit a number, eight to a byte, the lowest first: set where the number is above the centre's. Models crowd their
 * vectors on one side of zero, so bits tell them apart only around the centre of them all.
 */
export function signBits(vector: Float32Array | Int8Array, centre: Float32Array, scale = 1): Uint8Array {
  const bits = new Uint8Array(Math.ceil(vector.length / 8));
  for (let i = 0; i < vector.length; i++) {
    if ((vector[i] as number) * scale > (centre[i] ?? 0))
      bits[i >>> 3] = (bits[i >>> 3] as number) | (1 << (i & 7));
  }
  return bits;
}
