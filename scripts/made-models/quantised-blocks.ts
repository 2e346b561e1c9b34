/** Number forms of a tensor in a GGUF file, by their code in the format. */
export const tensorTypes = { F32: 0, F16: 1, Q4_0: 2, Q8_0: 8 } as const;
export type TensorType = keyof typeof tensorTypes;

/** Numbers in one block of a quantised type. */
const BLOCK = 32;
export const blockBytes = { Q4_0: 18, Q8_0: 34 } as const;

/** Bytes that `count` numbers take; quantised types want whole blocks of 32. */
export function bytesOf(type: TensorType, count: number): number {
  if (type === 'F32') return count * 4;
  if (type === 'F16') return count * 2;
  if (count % BLOCK !== 0)
    throw new RangeError(`${type} wants whole blocks of ${BLOCK}, not ${count} numbers`);
  return (count / BLOCK) * blockBytes[type];
}

/** Numbers as the file holds them. */
export function encodeNumbers(type: TensorType, numbers: Float32Array): Buffer {
  const bytes = Buffer.alloc(bytesOf(type, numbers.length));
  if (type === 'F32') numbers.forEach((value, i) => bytes.writeFloatLE(value, i * 4));
  if (type === 'F16') numbers.forEach((value, i) => bytes.writeUInt16LE(halfBits(value), i * 2));
  const encode = type === 'Q4_0' ? encodeFour : encodeEight;
  if (type === 'Q4_0' || type === 'Q8_0') {
    for (let block = 0; block < numbers.length / BLOCK; block += 1) {
      encode(numbers.subarray(block * BLOCK, (block + 1) * BLOCK), bytes, block * blockBytes[type]);
    }
  }
  return bytes;
}

/** Eight bits a number, and one scale: the largest becomes 127. */
function encodeEight(block: Float32Array, bytes: Buffer, at: number): void {
  const scale = Math.max(...block.map(Math.abs)) / 127;
  bytes.writeUInt16LE(halfBits(scale), at);
  block.forEach((value, i) => bytes.writeInt8(scale ? Math.round(value / scale) : 0, at + 2 + i));
}

/** Four bits a number, the first half of the block in the low ones; the number farthest from zero becomes -8. */
function encodeFour(block: Float32Array, bytes: Buffer, at: number): void {
  const farthest = block.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  const scale = farthest / -8;
  bytes.writeUInt16LE(halfBits(scale), at);
  const four = (value: number): number =>
    Math.max(0, Math.min(15, Math.round((scale ? value / scale : 0) + 8)));
  for (let i = 0; i < BLOCK / 2; i += 1) {
    bytes[at + 2 + i] = four(block[i] ?? 0) | (four(block[BLOCK / 2 + i] ?? 0) << 4);
  }
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** Bits of the nearest half-precision number; too large becomes infinity. */
export function halfBits(value: number): number {
  single[0] = value;
  const bits = singleBits[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const fraction = bits & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent > 0) return (sign | (exponent << 10) | (fraction >>> 13)) + ((fraction >>> 12) & 1);
  if (exponent < -10) return sign;
  const shift = 14 - exponent;
  return sign | (((fraction | 0x800000) + (1 << (shift - 1))) >>> shift);
}
