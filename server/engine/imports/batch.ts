/** What the reading thread hands to the writing thread: plain data, cheap to clone. */

export interface Notice {
  code: string;
  message: string;
}

/** A place in a record's file. */
export interface Place {
  index: number;
  offset: number;
  length: number;
}

/** A readable record, mapped and serialised: the writer parses `bib` only when its digest is new. */
export interface PackedRecord extends Place {
  kind: 'record';
  id: string;
  title: string;
  digest: Uint8Array;
  /** JSON of the Bib. */
  bib: string;
  deleted: boolean;
  suppressed: boolean;
  /** Repairs; empty for a record that was in order. */
  notices: Notice[];
  raw?: Uint8Array;
}

/** A record that could not be read. */
export interface PackedRefusal extends Place {
  kind: 'refused';
  /** Where it could be read: the record of this id stays as it was. */
  id?: string;
  title?: string;
  notices: Notice[];
  raw?: Uint8Array;
}

export type PackedOutcome = PackedRecord | PackedRefusal;

/** Where reading goes on: the next record of a file. */
export interface Position {
  file: number;
  index: number;
  offset: number;
}

/** Outcomes of one file, in its order. */
export interface PackedBatch {
  /** Which of the import's files. */
  file: number;
  outcomes: PackedOutcome[];
  /** What the file as a whole showed. */
  notices: Notice[];
  /** The file was found to end in the middle of a record. */
  truncated: boolean;
  /** Where reading goes on after this batch. */
  next: Position;
  /** Of all files of the import together. */
  bytesRead: number;
  totalBytes: number | null;
}
