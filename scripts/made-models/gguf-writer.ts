import { closeSync, openSync, writeSync } from 'node:fs';
import { bytesOf, encodeNumbers, tensorTypes, type TensorType } from './quantised-blocks.js';

/** One entry of a GGUF file's head. */
export type GgufKey =
  | [key: string, type: 'string', value: string]
  | [key: string, type: 'u32' | 'f32', value: number]
  | [key: string, type: 'bool', value: boolean]
  | [key: string, type: 'strings', value: readonly string[]]
  | [key: string, type: 'i32s' | 'f32s', value: readonly number[]];

export interface GgufTensor {
  name: string;
  type: TensorType;
  /** Columns first: the first is the input's width. */
  shape: readonly number[];
  /** The numbers, or who writes exactly `sizeBytes` of them already encoded. */
  numbers: Float32Array | ((write: (bytes: Buffer) => void, sizeBytes: number) => void);
}

const ALIGNMENT = 32;
const kinds = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;

/**
 * Writes a GGUF file of version 3, tensor by tensor, so that a file of gigabytes takes little memory. Answers its size
 * in bytes. Throws when a tensor's numbers do not fit its shape.
 */
export function writeGguf(file: string, keys: readonly GgufKey[], tensors: readonly GgufTensor[]): number {
  const fd = openSync(file, 'w');
  let written = 0;
  const write = (bytes: Buffer): void => {
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    written += bytes.length;
  };
  const align = (): void => write(Buffer.alloc(paddingAfter(written)));
  try {
    write(headOf(keys, tensors));
    align();
    for (const tensor of tensors) {
      const end = written + sizeOf(tensor);
      if (typeof tensor.numbers === 'function') tensor.numbers(write, sizeOf(tensor));
      else write(encodeNumbers(tensor.type, tensor.numbers));
      if (written !== end) throw new RangeError(`${tensor.name} has other numbers than its shape says`);
      align();
    }
    return written;
  } finally {
    closeSync(fd);
  }
}

function headOf(keys: readonly GgufKey[], tensors: readonly GgufTensor[]): Buffer {
  const parts = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(keys.length)];
  for (const key of keys) parts.push(text(key[0]), valueOf(key));
  let at = 0;
  for (const tensor of tensors) {
    parts.push(text(tensor.name), u32(tensor.shape.length), ...tensor.shape.map(u64));
    parts.push(u32(tensorTypes[tensor.type]), u64(at));
    at += sizeOf(tensor) + paddingAfter(sizeOf(tensor));
  }
  return Buffer.concat(parts);
}

function valueOf([, type, value]: GgufKey): Buffer {
  switch (type) {
    case 'string':
      return Buffer.concat([u32(kinds.string), text(value)]);
    case 'u32':
      return Buffer.concat([u32(kinds.u32), u32(value)]);
    case 'f32':
      return Buffer.concat([u32(kinds.f32), f32(value)]);
    case 'bool':
      return Buffer.concat([u32(kinds.bool), Buffer.from([value ? 1 : 0])]);
    case 'strings':
      return list('string', value.map(text));
    case 'i32s':
      return list('i32', value.map(i32));
    case 'f32s':
      return list('f32', value.map(f32));
  }
}

function list(kind: keyof typeof kinds, items: readonly Buffer[]): Buffer {
  return Buffer.concat([u32(kinds.array), u32(kinds[kind]), u64(items.length), ...items]);
}

function sizeOf(tensor: GgufTensor): number {
  return bytesOf(
    tensor.type,
    tensor.shape.reduce((a, b) => a * b, 1),
  );
}

function paddingAfter(bytes: number): number {
  return (ALIGNMENT - (bytes % ALIGNMENT)) % ALIGNMENT;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
