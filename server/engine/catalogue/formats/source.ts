import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Problem } from '../../../contract/problems.js';

/** A file on this machine, or bytes that come from elsewhere; `name` is only for messages. */
export type CatalogueSource = { path: string } | { stream: AsyncIterable<Uint8Array>; name: string };

/** An open source: its bytes unpacked, and how many of the stored ones were read. */
export interface OpenSource {
  chunks: AsyncIterable<Buffer>;
  isCompressed: boolean;
  bytesRead: () => number;
  totalBytes: number | undefined;
  /** True when a compressed file ended before its end. */
  wasCut: () => boolean;
  close: () => void;
}

const CHUNK = 1024 * 1024;

/**
 * Opens a source, gunzipping it when it begins with the gzip mark whatever its name; `offset` skips bytes of a plain
 * file. Throws `file_unreadable` when there is no such file.
 */
export async function openSource(source: CatalogueSource, offset = 0): Promise<OpenSource> {
  const totalBytes = 'path' in source ? await sizeOf(source.path) : undefined;
  let bytesRead = offset;
  const stored =
    'path' in source
      ? createReadStream(source.path, { start: offset, highWaterMark: CHUNK })
      : Readable.from(source.stream, { objectMode: true });
  const chunks = (stored as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const first = await chunks.next();
  const head = first.done ? Buffer.alloc(0) : asBuffer(first.value);
  bytesRead += head.length;

  async function* plain(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      const chunk = asBuffer(next.value);
      bytesRead += chunk.length;
      yield chunk;
    }
  }

  const isCompressed = offset === 0 && head[0] === 0x1f && head[1] === 0x8b;
  let cut = false;
  async function* unpacked(): AsyncGenerator<Buffer> {
    const gunzip = createGunzip({ chunkSize: CHUNK });
    // Its errors surface where the bytes are read, below.
    pipeline(Readable.from(plain(), { objectMode: false }), gunzip, () => undefined);
    try {
      for await (const chunk of gunzip) yield chunk as Buffer;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (code === 'Z_BUF_ERROR') cut = true;
      else if (code.startsWith('Z_')) {
        const detail = 'The compressed file is damaged and cannot be unpacked; please export it again.';
        throw new Problem('file_unreadable', { detail }, { cause: error });
      } else throw error;
    }
  }

  return {
    chunks: isCompressed ? unpacked() : plain(),
    isCompressed,
    bytesRead: () => bytesRead,
    totalBytes,
    wasCut: () => cut,
    close: () => stored.destroy(),
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found.size;
    if (found.isDirectory())
      throw new Problem('file_unreadable', { detail: 'This is a folder; name the file in it.' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  throw new Problem('file_unreadable', { detail: 'There is no such file.' });
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
