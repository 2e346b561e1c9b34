import { open, stat, type FileHandle } from 'node:fs/promises';
import { ModelTrouble } from './trouble.js';

/** What a checked ONNX file says of itself. */
export interface OnnxFacts {
  /** Files beside it that hold its weights, as it names them. */
  externalFiles: string[];
  /** The last axis of its first output, where the file says it: for an embedding model its dimensions. */
  outputWidth: number | undefined;
  inputs: string[];
}

const LONGEST_NAME = 4096;

/**
 * Walks an ONNX file's frame (it is a protobuf message) without reading weights: whether it is one, whether it is whole,
 * which files beside it it needs. Throws ModelTrouble, one sentence.
 */
export async function checkOnnx(path: string): Promise<OnnxFacts> {
  if (!(await stat(path)).isFile()) throw foreign();
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size === 0) throw new ModelTrouble('The ONNX file is empty; copy it again.');
    const head = Buffer.alloc(Math.min(64, size));
    await file.read(head, 0, head.length, 0);
    if (head.toString('latin1').startsWith('version https://git-lfs')) {
      throw new ModelTrouble(
        'This is only a pointer to the ONNX file, as a copy by git without LFS leaves it: fetch the file itself.',
      );
    }
    return await modelIn(file, size);
  } finally {
    await file.close();
  }
}

interface Field {
  number: number;
  /** Of a number: its value. Of a piece: where it lies. */
  value: number;
  start: number;
  end: number;
}

async function modelIn(file: FileHandle, size: number): Promise<OnnxFacts> {
  const facts: OnnxFacts = { externalFiles: [], outputWidth: undefined, inputs: [] };
  let version = 0;
  let graphs = 0;
  for await (const field of fieldsOf(file, 0, size, foreign)) {
    // 1 is ir_version, 7 the graph; a foreign file has neither in this place.
    if (field.number === 1) version = field.value;
    if (field.number === 0 || field.number > 50) throw foreign();
    if (field.number !== 7) continue;
    graphs += 1;
    await graphIn(file, field, facts);
  }
  if (version === 0 || graphs !== 1) throw foreign();
  return { ...facts, externalFiles: [...new Set(facts.externalFiles)] };
}

async function graphIn(file: FileHandle, graph: Field, facts: OnnxFacts): Promise<void> {
  for await (const field of fieldsOf(file, graph.start, graph.end, truncated)) {
    if (field.number === 5) await initializerIn(file, field, facts);
    if (field.number === 11) facts.inputs.push((await textField(file, field, 1)) ?? '');
    if (field.number === 12 && facts.outputWidth === undefined)
      facts.outputWidth = await widthOf(file, field);
  }
}

/** TensorProto: 13 is external_data, a list of key and value. */
async function initializerIn(file: FileHandle, tensor: Field, facts: OnnxFacts): Promise<void> {
  for await (const field of fieldsOf(file, tensor.start, tensor.end, truncated)) {
    if (field.number !== 13) continue;
    if ((await textField(file, field, 1)) !== 'location') continue;
    const location = await textField(file, field, 2);
    if (location !== undefined) facts.externalFiles.push(location);
  }
}

/** ValueInfoProto.type (2) > tensor_type (1) > shape (2) > dim (1) > dim_value (1), of the last dim. */
async function widthOf(file: FileHandle, output: Field): Promise<number | undefined> {
  let at: Field | undefined = output;
  for (const number of [2, 1, 2]) at = at && (await fieldNumbered(file, at, number));
  if (at === undefined) return undefined;
  let last: Field | undefined;
  for await (const field of fieldsOf(file, at.start, at.end, truncated)) if (field.number === 1) last = field;
  const value = last && (await fieldNumbered(file, last, 1));
  return value === undefined || value.end !== value.start ? undefined : value.value;
}

async function fieldNumbered(file: FileHandle, within: Field, number: number): Promise<Field | undefined> {
  for await (const field of fieldsOf(file, within.start, within.end, truncated)) {
    if (field.number === number) return field;
  }
  return undefined;
}

async function textField(file: FileHandle, within: Field, number: number): Promise<string | undefined> {
  const field = await fieldNumbered(file, within, number);
  if (field === undefined || field.end - field.start > LONGEST_NAME) return undefined;
  const bytes = Buffer.alloc(field.end - field.start);
  await file.read(bytes, 0, bytes.length, field.start);
  return bytes.toString('utf8');
}

/** The fields of one message, in order; a piece's bytes are passed over unread. */
async function* fieldsOf(
  file: FileHandle,
  start: number,
  end: number,
  trouble: () => ModelTrouble,
): AsyncGenerator<Field> {
  const bytes = Buffer.alloc(20);
  let at = start;
  while (at < end) {
    const { bytesRead } = await file.read(bytes, 0, Math.min(bytes.length, end - at), at);
    const tag = varint(bytes, 0, bytesRead);
    if (tag === undefined) throw trouble();
    at += tag.length;
    const number = Math.floor(tag.value / 8);
    const wire = tag.value % 8;
    const field: Field = { number, value: 0, start: at, end: at };
    if (wire === 0) {
      const value = varint(bytes, tag.length, bytesRead);
      if (value === undefined) throw trouble();
      field.value = value.value;
      at += value.length;
      field.start = field.end = at;
    } else if (wire === 2) {
      const length = varint(bytes, tag.length, bytesRead);
      if (length === undefined) throw trouble();
      field.start = at + length.length;
      field.end = field.start + length.value;
      // A file that is an ONNX as far as it goes, and then ends, was not copied whole.
      if (field.end > end) throw number === 7 ? truncated() : trouble();
      at = field.end;
    } else if (wire === 1 || wire === 5) {
      at += wire === 1 ? 8 : 4;
      if (at > end) throw trouble();
      field.end = at;
    } else throw trouble();
    yield field;
  }
}

function varint(bytes: Buffer, from: number, to: number): { value: number; length: number } | undefined {
  let value = 0;
  for (let i = from; i < to && i - from < 10; i += 1) {
    const byte = bytes[i] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (i - from));
    if (byte < 0x80) return { value, length: i - from + 1 };
  }
  return undefined;
}

function foreign(): ModelTrouble {
  return new ModelTrouble(
    'This is not an ONNX file: an embedding model is a folder with config.json, tokenizer.json and onnx/model.onnx or onnx/model_quantized.onnx.',
  );
}

function truncated(): ModelTrouble {
  return new ModelTrouble(
    'The ONNX file ends before it should: it was not copied whole; fetch or copy it again.',
  );
}
