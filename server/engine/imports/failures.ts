import { DataFolderError } from '../db/data-folder.js';
import { Problem, type ProblemCode, type ProblemDetails } from '../../contract/problems.js';

export type StopReason =
  'shrink' | 'truncated' | 'empty' | 'no_space' | 'read_only' | 'lost' | 'check' | 'unusable' | 'cancelled';

/** An import that ends for a reason Carrel can name; the message is one sentence, and the catalogue is as it was. */
export class ImportStopped extends Error {
  readonly reason: StopReason;

  constructor(reason: StopReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImportStopped';
    this.reason = reason;
  }
}

const noSpace = new Set(['SQLITE_FULL', 'ENOSPC', 'EDQUOT', 'SQLITE_IOERR_WRITE']);
const readOnly = new Set(['EROFS', 'EACCES', 'EPERM', 'SQLITE_CANTOPEN', 'SQLITE_PERM']);

/** A system's or SQLite's error as the sentence a librarian can act on; anything unknown comes back as it was. */
export function explained(error: unknown): unknown {
  if (error instanceof DataFolderError) return new ImportStopped('unusable', error.message, { cause: error });
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string' || error instanceof Problem || error instanceof ImportStopped) return error;
  if (noSpace.has(code)) {
    const message = 'The disk of the data folder is full; the catalogue is as it was.';
    return new ImportStopped('no_space', message, { cause: error });
  }
  if (readOnly.has(code) || code.startsWith('SQLITE_READONLY')) {
    const message = 'Carrel may not write to its data folder; the catalogue is as it was.';
    return new ImportStopped('read_only', message, { cause: error });
  }
  return error;
}

/** An error as plain data, to cross from one thread to another. */
export type SentError =
  | { kind: 'problem'; code: ProblemCode; details: ProblemDetails }
  | { kind: 'stopped'; reason: StopReason; message: string }
  | { kind: 'fault'; name: string; message: string; stack: string };

export function sentError(thrown: unknown): SentError {
  const error = explained(thrown);
  if (error instanceof Problem) return { kind: 'problem', code: error.code, details: error.details };
  if (error instanceof ImportStopped)
    return { kind: 'stopped', reason: error.reason, message: error.message };
  const fault = error instanceof Error ? error : new Error(String(error));
  return { kind: 'fault', name: fault.name, message: fault.message, stack: fault.stack ?? '' };
}

export function receivedError(sent: SentError): Error {
  if (sent.kind === 'problem') return new Problem(sent.code, sent.details);
  if (sent.kind === 'stopped') return new ImportStopped(sent.reason, sent.message);
  const error = new Error(sent.message);
  error.name = sent.name;
  error.stack = sent.stack;
  return error;
}
