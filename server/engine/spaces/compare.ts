import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openSqlite } from '../db/sqlite.js';
import type { Search } from '../retrieval/search.js';
import { makeLive } from '../retrieval/vector-spaces.js';
import type { Judged } from './judged.js';

export interface CompareOptions {
  cataloguePath: string;
  /** Id of the space that would take the live one's place. */
  candidate: string;
  judged: Judged;
  /** Opens a search over a catalogue file, with the models of its spaces. */
  openSearch: (cataloguePath: string) => Promise<Search>;
  signal: AbortSignal;
}

/** Mean nDCG@10 over the questions that have a right answer in the catalogue; 0 where none has. */
export interface Comparison {
  live: number;
  candidate: number;
  questions: number;
}

const idsPerQuery = 100;
const copyPages = 4096;

/**
 * Asks the judged questions of the live space and of a candidate, each as patrons would get it. The candidate is live
 * in a copy of the file beside it, which is removed whatever happens: nothing that patrons ask is touched.
 */
export async function compareSpaces(options: CompareOptions): Promise<Comparison> {
  const { cataloguePath, judged, signal } = options;
  const isHeld = heldIn(cataloguePath);
  const queries = judged.queries.filter(({ id }) =>
    [...judged.gradesOf(id)].some(([record, grade]) => grade > 0 && isHeld.has(record)),
  );
  const copy = join(dirname(cataloguePath), `compare-${randomUUID()}.db`);
  const figureOf = async (path: string): Promise<number> => {
    const search = await options.openSearch(path);
    try {
      let sum = 0;
      for (const query of queries) {
        const { text, locale } = query;
        const found = await search.search({ text, locale, offset: 0, limit: idsPerQuery }, { signal });
        const answer = found.hits.map(({ id }) => id);
        sum += judged.measure(query, answer).ndcg10;
      }
      return sum / queries.length;
    } finally {
      await search.close();
    }
  };
  if (queries.length === 0) return { live: 0, candidate: 0, questions: 0 };
  try {
    const live = await figureOf(cataloguePath);
    await copyFile(cataloguePath, copy, signal);
    const file = openSqlite(copy, { mustExist: true });
    makeLive(file, options.candidate);
    file.close();
    return { live, candidate: await figureOf(copy), questions: queries.length };
  } finally {
    for (const ending of ['', '-wal', '-shm']) await rm(copy + ending, { force: true });
  }
}

/** Ids of a catalogue file's records. */
function heldIn(cataloguePath: string): ReadonlySet<string> {
  const file = openSqlite(cataloguePath, { readonly: true, cacheMiB: 1 });
  try {
    return new Set(file.prepare<[], string>('SELECT id FROM record WHERE suppressed = 0').pluck().all());
  } finally {
    file.close();
  }
}

async function copyFile(from: string, to: string, signal: AbortSignal): Promise<void> {
  const file = openSqlite(from, { readonly: true });
  try {
    await file.backup(to, {
      progress() {
        signal.throwIfAborted();
        return copyPages;
      },
    });
  } finally {
    file.close();
  }
}
