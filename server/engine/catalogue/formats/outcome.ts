import type { Bib } from '../bib.js';
import type { Notice } from './notices.js';

/** Where a record stands in its file: place from 0, first byte and bytes (of the unpacked content, if compressed). */
export interface RecordPlace {
  index: number;
  offset: number;
  length: number;
}

/**
 * A record that came in. `warnings` are what the file, its transfer or its encoding did; `remarks` what the cataloguing
 * lacks. `raw` is kept only when something was repaired, and only up to 256 KiB.
 */
export interface ReadRecord extends RecordPlace {
  kind: 'record';
  bib: Bib;
  warnings: Notice[];
  remarks: Notice[];
  raw?: Buffer;
}

/** A record that did not. `id` and `title` are there when they could be read. */
export interface RefusedRecord extends RecordPlace {
  kind: 'refused';
  id?: string;
  title?: string;
  reason: Notice;
  raw: Buffer;
}

/** Something to say about the file as a whole. */
export interface FileNotice {
  kind: 'notice';
  notice: Notice;
}

export type Outcome = ReadRecord | RefusedRecord | FileNotice;

export type FileFormat = 'iso2709' | 'marcxml' | 'marcjson' | 'table';

/** Up to 200 outcomes in file order, and how far reading has come. */
export interface ReadBatch {
  format: FileFormat;
  outcomes: Outcome[];
  /** Of the file as stored; `totalBytes` is unknown for streams. */
  progress: { bytesRead: number; totalBytes?: number };
  /** Of tables, in the first batch: which column was read as what. */
  columns?: Record<string, string>;
}

const MAX_RAW = 256 * 1024;

/** A copy of the bytes, cut at 256 KiB, that does not keep the chunk they came from in memory. */
export function keptRaw(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.subarray(0, MAX_RAW));
}
