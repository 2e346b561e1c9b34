/** Writes ONNX files, as much of the format as a text encoder needs. Nothing is read and nothing is optimised. */
import { closeSync, openSync, statSync, writeSync } from 'node:fs';

/** Element types by ONNX's numbers. */
export const onnxTypes = { float: 1, int8: 3, int64: 7 } as const;
export type OnnxElement = keyof typeof onnxTypes;

/** A whole number, a list of them, or a floating-point number in `float`. */
export type OnnxAttribute = number | readonly number[] | { float: number };

/** A graph that grows by calls and is then saved; every value is known by its name. */
export interface OnnxGraph {
  input(name: string, type: OnnxElement, shape: readonly (string | number)[]): string;
  output(name: string, type: OnnxElement, shape: readonly (string | number)[]): void;
  /** A weight. */
  tensor(dims: readonly number[], values: Float32Array | Int8Array): string;
  scalar(value: number): string;
  /** Whole numbers; a list unless `dims` is []. */
  whole(values: readonly number[], dims?: readonly number[]): string;
  /** A node with one output, whose name is answered. */
  op(
    type: string,
    inputs: readonly string[],
    attributes?: Record<string, OnnxAttribute>,
    name?: string,
  ): string;
  /** A node with several outputs of these names. */
  ops(type: string, inputs: readonly string[], outputs: readonly string[]): void;
  /** Writes the file. Answers its size in bytes. */
  save(path: string): number;
}

const irVersion = 8;
const opset = 17;

export function createOnnxGraph(): OnnxGraph {
  const nodes: Buffer[] = [];
  const weights: Buffer[] = [];
  const inputs: Buffer[] = [];
  const outputs: Buffer[] = [];
  let made = 0;

  function node(
    type: string,
    from: readonly string[],
    to: readonly string[],
    attributes: Record<string, OnnxAttribute> = {},
  ): void {
    const body = [
      ...from.map((name) => bytes(1, name)),
      ...to.map((name) => bytes(2, name)),
      bytes(3, `${type}_${made++}`),
      bytes(4, type),
      ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    ];
    nodes.push(bytes(1, Buffer.concat(body)));
  }
  function weight(type: OnnxElement, dims: readonly number[], raw: ArrayBufferView): string {
    const name = `w${made++}`;
    const data = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    const shape = dims.map((size) => number(1, size));
    weights.push(
      bytes(5, Buffer.concat([...shape, number(2, onnxTypes[type]), bytes(8, name), bytes(9, data)])),
    );
    return name;
  }

  return {
    input(name, type, shape) {
      inputs.push(bytes(11, valueInfo(name, type, shape)));
      return name;
    },
    output: (name, type, shape) => void outputs.push(bytes(12, valueInfo(name, type, shape))),
    tensor: (dims, values) => weight(values instanceof Int8Array ? 'int8' : 'float', dims, values),
    scalar: (value) => weight('float', [], Float32Array.of(value)),
    whole: (values, dims = [values.length]) =>
      weight(
        'int64',
        dims,
        BigInt64Array.from(values, (value) => BigInt(value)),
      ),
    op(type, from, attributes, name = `t${made++}`) {
      node(type, from, [name], attributes);
      return name;
    },
    ops: (type, from, to) => node(type, from, to),
    save(path) {
      const graph = [...nodes, bytes(2, 'made'), ...weights, ...inputs, ...outputs];
      const size = graph.reduce((sum, part) => sum + part.length, 0);
      const opsets = bytes(8, Buffer.concat([bytes(1, ''), number(2, opset)]));
      const head = [number(1, irVersion), bytes(2, 'carrel'), opsets, tag(7, 2), varint(size)];
      const file = openSync(path, 'w');
      try {
        for (const part of [...head, ...graph]) {
          for (let at = 0; at < part.length;) at += writeSync(file, part, at);
        }
      } finally {
        closeSync(file);
      }
      return statSync(path).size;
    },
  };
}

function attribute(name: string, value: OnnxAttribute): Buffer {
  const head = bytes(1, name);
  const body =
    typeof value === 'number'
      ? [number(3, value), number(20, 2)]
      : 'float' in value
        ? [float(2, value.float), number(20, 1)]
        : [...value.map((one) => number(8, one)), number(20, 7)];
  return bytes(5, Buffer.concat([head, ...body]));
}

function valueInfo(name: string, type: OnnxElement, shape: readonly (string | number)[]): Buffer {
  const dims = shape.map((size) => bytes(1, typeof size === 'string' ? bytes(2, size) : number(1, size)));
  const tensor = Buffer.concat([number(1, onnxTypes[type]), bytes(2, Buffer.concat(dims))]);
  return Buffer.concat([bytes(1, name), bytes(2, bytes(1, tensor))]);
}

/** Protocol buffers: fields as key and value, whole numbers seven bits at a time. */
function varint(value: number): Buffer {
  const out: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(left & 127n);
    left >>= 7n;
    out.push(left > 0n ? low | 128 : low);
  } while (left > 0n);
  return Buffer.from(out);
}

function tag(field: number, wire: number): Buffer {
  return varint((field << 3) | wire);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([tag(field, 0), varint(value)]);
}

function bytes(field: number, value: Buffer | string): Buffer {
  const body = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([tag(field, 2), varint(body.length), body]);
}

function float(field: number, value: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeFloatLE(value);
  return Buffer.concat([tag(field, 5), body]);
}
