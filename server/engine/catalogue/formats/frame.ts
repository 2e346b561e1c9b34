import type { NoticeCode } from './notices.js';

/** The bytes of one record and its first byte's place in the file. */
export interface Frame {
  offset: number;
  bytes: Buffer;
  damage?: 'length' | 'truncated';
  /** Set when the bytes are known to be no record. */
  refused?: NoticeCode;
  /** Line of the file, from 1, on which the record begins; for formats made of lines. */
  line?: number;
}

/** Cuts a stream of chunks into records. */
export interface Framer {
  /** Records that are complete with this chunk; their bytes may be views of it. */
  push(chunk: Buffer): Frame[];
  /** Records left when the file has ended. */
  end(): Frame[];
  /** What the file as a whole showed so far. */
  remarks(): NoticeCode[];
}
