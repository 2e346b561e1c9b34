import { join } from 'node:path';
import { z } from 'zod';
import { readMarcKnowledge } from './catalogue/mapping/knowledge.js';
import { DataFolderError } from './db/data-folder.js';
import { readClassWords } from './retrieval/class-words.js';
import { readFinderKnowledge } from './retrieval/finder-knowledge.js';
import { readForms } from './retrieval/record-forms.js';

/** Where a library keeps words of its own, read after Carrel's. */
export function knowledgeDirsOf(dataDir: string): string[] {
  return [join(dataDir, 'knowledge')];
}

/**
 * Reads all knowledge once, so that a file with a slip in it stops a start or an import before any thread has begun.
 * Throws DataFolderError in one sentence: file and line of what is no YAML, else what is not in the form it should have.
 */
export function requireKnowledge(dataDir: string): void {
  const dirs = knowledgeDirsOf(dataDir);
  for (const read of [readFinderKnowledge, readClassWords, readForms, readMarcKnowledge]) {
    try {
      read(dirs);
    } catch (error) {
      if (error instanceof DataFolderError) throw error;
      throw new DataFolderError(
        `A file below ${dirs.join(', ')} is not in the form it should have: ${said(error)}.`,
        {
          cause: error,
        },
      );
    }
  }
}

/** What a reader found wrong, on one line. */
function said(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues
      .slice(0, 3)
      .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
      .join('; ');
  }
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}
