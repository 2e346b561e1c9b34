import { open, stat, type FileHandle } from 'node:fs/promises';
import { ModelTrouble } from './trouble.js';

/** A value of a GGUF header; of a list only what it holds and how long it is, for a vocabulary has 150,000 entries. */
export type GgufValue = string | number | boolean | { list: number; length: number };

export interface GgufTensor {
  name: string;
  dimensions: number[];
  type: number;
  /** From the start of the tensors' data. */
  offset: number;
}

export interface GgufHeader {
  version: number;
  values: ReadonlyMap<string, GgufValue>;
  tensors: readonly GgufTensor[];
  /** Where the tensors' data begins, in bytes from the start of the file. */
  dataStart: number;
  fileBytes: number;
}

const STRING = 8;
const LIST = 9;
const FIXED: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);
/** No model that a library runs comes near these; a file that claims more is damaged or meant to do harm. */
const MOST = {
  values: 65_536,
  tensors: 65_536,
  list: 16_777_216,
  string: 64 * 1024 * 1024,
  /** Of all text that is kept together: names, keys and a chat template are some hundred kilobytes. */
  text: 64 * 1024 * 1024,
  dimensions: 8,
};
const PIECE = 1024 * 1024;

/**
 * Reads the head of a GGUF file: its keys and its list of tensors, never its weights. Every count is held against the
 * file's real length, so that a cut or hostile file ends in a sentence and not in a loop (readGgufFileInfo of
 * node-llama-cpp fills what is missing with zeros and believes every count). Throws ModelTrouble.
 */
export async function readGgufHeader(
  path: string,
  options: { signal?: AbortSignal } = {},
): Promise<GgufHeader> {
  if (!(await stat(path)).isFile()) throw new ModelTrouble('This is no file that holds a model.');
  const file = await open(path, 'r');
  try {
    return await headerOf(await createCursor(file, options.signal));
  } finally {
    await file.close();
  }
}

async function headerOf(cursor: Cursor): Promise<GgufHeader> {
  if (cursor.fileBytes === 0) throw new ModelTrouble('The file is empty; copy it again.');
  if (cursor.fileBytes < 4 || (await cursor.take(4)).toString('latin1') !== 'GGUF') {
    throw new ModelTrouble(
      'This is not a GGUF file: a chat model is one file that ends in .gguf; take that one from the model’s page.',
    );
  }
  const version = (await cursor.take(4)).readUInt32LE();
  if (version === 1) {
    throw new ModelTrouble('This GGUF file is of version 1, which nothing reads any more; take a newer one.');
  }
  if (version > 3) {
    throw new ModelTrouble(
      version > 0xffff
        ? 'This GGUF file is for machines with the other byte order; take the usual one.'
        : `This GGUF file is of version ${version}, newer than this Carrel reads; upgrade Carrel or take an older file.`,
    );
  }
  const tensorCount = await cursor.count(MOST.tensors);
  const valueCount = await cursor.count(MOST.values);
  const values = new Map<string, GgufValue>();
  for (let i = 0; i < valueCount; i += 1) {
    const key = await cursor.text();
    values.set(key, await cursor.value((await cursor.take(4)).readUInt32LE()));
  }
  const tensors: GgufTensor[] = [];
  for (let i = 0; i < tensorCount; i += 1) {
    const name = await cursor.text();
    const many = (await cursor.take(4)).readUInt32LE();
    if (many > MOST.dimensions) throw damaged();
    const dimensions: number[] = [];
    for (let d = 0; d < many; d += 1) dimensions.push(await cursor.count(Number.MAX_SAFE_INTEGER));
    const type = (await cursor.take(4)).readUInt32LE();
    tensors.push({ name, dimensions, type, offset: await cursor.count(Number.MAX_SAFE_INTEGER) });
  }
  const alignment = values.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || alignment < 1 || alignment > PIECE) throw damaged();
  const dataStart = Math.ceil(cursor.at() / alignment) * alignment;
  return { version, values, tensors, dataStart, fileBytes: cursor.fileBytes };
}

interface Cursor {
  fileBytes: number;
  at(): number;
  take(bytes: number): Promise<Buffer>;
  skip(bytes: number): void;
  count(most: number): Promise<number>;
  text(): Promise<string>;
  value(type: number): Promise<GgufValue>;
}

/** Reads forward through a file in pieces of a mebibyte. */
async function createCursor(file: FileHandle, signal?: AbortSignal): Promise<Cursor> {
  const fileBytes = (await file.stat()).size;
  let at = 0;
  let kept = 0;
  let piece: Buffer = Buffer.alloc(0);
  let pieceAt = 0;
  const need = (bytes: number): void => {
    if (at + bytes > fileBytes) throw truncated();
  };
  const cursor: Cursor = {
    fileBytes,
    at: () => at,
    async take(bytes) {
      need(bytes);
      if (at < pieceAt || at + bytes > pieceAt + piece.length) {
        signal?.throwIfAborted();
        const wanted = Math.min(Math.max(bytes, PIECE), fileBytes - at);
        const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, at);
        if (bytesRead < bytes) throw truncated();
        piece = buffer.subarray(0, bytesRead);
        pieceAt = at;
      }
      const taken = piece.subarray(at - pieceAt, at - pieceAt + bytes);
      at += bytes;
      return taken;
    },
    skip(bytes) {
      need(bytes);
      at += bytes;
    },
    async count(most) {
      const count = (await cursor.take(8)).readBigUInt64LE();
      if (count > BigInt(most)) throw damaged();
      return Number(count);
    },
    async text() {
      const bytes = await cursor.count(MOST.string);
      kept += bytes;
      if (kept > MOST.text) throw damaged();
      return (await cursor.take(bytes)).toString('utf8');
    },
    async value(type) {
      if (type === STRING) return cursor.text();
      if (type === LIST) {
        const of = (await cursor.take(4)).readUInt32LE();
        const length = await cursor.count(MOST.list);
        const width = FIXED.get(of);
        if (width !== undefined) cursor.skip(width * length);
        else if (of !== STRING) throw damaged();
        else for (let i = 0; i < length; i += 1) cursor.skip(await cursor.count(MOST.string));
        return { list: of, length };
      }
      const width = FIXED.get(type);
      if (width === undefined) throw damaged();
      return scalar(type, await cursor.take(width));
    },
  };
  return cursor;
}

function scalar(type: number, bytes: Buffer): number | boolean {
  switch (type) {
    case 0:
      return bytes.readUInt8();
    case 1:
      return bytes.readInt8();
    case 2:
      return bytes.readUInt16LE();
    case 3:
      return bytes.readInt16LE();
    case 4:
      return bytes.readUInt32LE();
    case 5:
      return bytes.readInt32LE();
    case 6:
      return bytes.readFloatLE();
    case 7:
      return bytes.readUInt8() !== 0;
    case 10:
      return Number(bytes.readBigUInt64LE());
    case 11:
      return Number(bytes.readBigInt64LE());
    default:
      return bytes.readDoubleLE();
  }
}

/** A file that ends before it should. */
export function truncated(): ModelTrouble {
  return new ModelTrouble('The file ends before it should: it was not copied whole; fetch or copy it again.');
}

function damaged(): ModelTrouble {
  return new ModelTrouble(
    'The head of this GGUF file makes no sense: it is damaged; fetch or copy it again.',
  );
}
