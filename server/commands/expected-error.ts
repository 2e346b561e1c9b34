import { ConfigError } from '../config.js';

const noSpace = new Set(['SQLITE_FULL', 'ENOSPC', 'EDQUOT']);

/** The sentence for an error that any command may meet and that is no fault of the program's; undefined for all others. */
export function expectedSentence(error: unknown): string | undefined {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'DataFolderError') return error.message;
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && noSpace.has(code)
    ? 'The disk of the data folder is full: make room and try again.'
    : undefined;
}
