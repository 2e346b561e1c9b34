import {
  add,
  againWhileBelow,
  againWhileLeft,
  get,
  i32,
  laneSum,
  load,
  loop,
  set,
  step,
  v128,
  wasmFunction,
  wasmMemory,
  zeroLanes,
} from './wasm-module.js';

/** How many bits of one query differ from those of many vectors that lie one after another. */
export interface BitKernel {
  /** The vectors' bits, `stride` bytes each (16 for every 128 dimensions, the rest zero): fill them once. */
  readonly bits: Uint8Array;
  readonly stride: number;
  /** Differing bits of every vector. The array is the kernel's own and holds until the next call. */
  distances(query: Uint8Array): Uint16Array;
}

/** A kernel for `count` vectors, in WebAssembly with 128-bit SIMD; memory is count * stride bytes and two bytes a vector. */
export function createBitKernel(count: number, dimensions: number): BitKernel {
  const stride = Math.ceil(dimensions / 128) * 16;
  const queryAt = 0;
  const outAt = stride;
  const bitsAt = Math.ceil((outAt + count * 2) / 16) * 16;
  const memory = wasmMemory(bitsAt + count * stride);
  const run = wasmFunction(memory, differingBits());
  const asked = new Uint8Array(memory.buffer, queryAt, stride);
  const out = new Uint16Array(memory.buffer, outAt, count);
  return {
    stride,
    bits: new Uint8Array(memory.buffer, bitsAt, count * stride),
    distances(query) {
      asked.set(query);
      if (count > 0) run(queryAt, bitsAt, count, stride, outAt);
      return out;
    },
  };
}

/** Exclusive or, bits counted in each byte, bytes added up in pairs so that no lane overflows below 524,000 dimensions. */
function differingBits() {
  const [query, vector, left, stride, out, at, end, sum] = [0, 1, 2, 3, 4, 5, 6, 7];
  const differ = [0xfd, 0x51];
  const countBits = [0xfd, 0x62];
  const addBytePairs = [0xfd, 0x7d];
  const addWordPairs = [0xfd, 0x7f];
  const addLanes = [0xfd, 0x8e, 0x01];
  const body = [
    ...loop, // every vector
    ...zeroLanes, ...set(sum),
    ...get(query), ...set(at),
    ...get(vector), ...get(stride), ...add, ...set(end),
    ...loop, // 128 bits of it
    ...get(sum), ...get(vector), ...load(0), ...get(at), ...load(0), ...differ, ...countBits, ...addBytePairs, ...addLanes,
    ...set(sum),
    ...step(vector, 16), ...step(at, 16),
    ...againWhileBelow(vector, end),
    ...get(sum), ...addWordPairs, ...set(sum),
    ...get(out), ...laneSum(sum), 0x3b, 0x01, 0x00,
    ...step(out, 2),
    ...againWhileLeft(left),
    0x0b,
  ]; // prettier-ignore
  return { parameters: 5, locals: [[2, i32], [1, v128]] as const, body }; // prettier-ignore
}
