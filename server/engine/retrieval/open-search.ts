import Database from 'better-sqlite3';
import { basename } from 'node:path';
import { Piscina } from 'piscina';
import { createBoundedQueue } from './bounded-queue.js';
import type { Embedding } from '../embedding/embedding.js';
import type { Found, Hit, Search } from './search.js';
import type { CatalogueStamp, SearchTask } from './search-worker.js';
import { createVectorAnswers } from './vector-asking.js';
import { liveSpace } from './vector-spaces.js';

export interface SearchOptions {
  /** File of the live catalogue; undefined while nothing has been imported. */
  cataloguePath?: string | undefined;
  /** What its answers say they come from, as in `switchTo`. */
  version?: string | undefined;
  /** Threads, each with its own read-only connection and its own copy of the vectors. */
  workers: number;
  /** Searches that may wait; the next one is refused with Problem('busy'). */
  maxQueue: number;
  /** Folders whose files are read after Carrel's own knowledge; entries of the same id take their place. */
  knowledgeDirs?: readonly string[];
  /** The open embedding of this id, for catalogues whose records a model embedded. Without it words answer alone. */
  embeddings?: (model: string) => Embedding | undefined;
  /** How long a search waits for such a model, in milliseconds. Default 150. */
  vectorBudgetMs?: number;
}

/** A Search whose catalogue can be changed under it. */
export interface OpenSearch extends Search {
  /**
   * Answers from this file from now on; also after vectors were trained in the same file. Searches under way finish on
   * the old one. `version` is what answers say they come from; without one it is made of the file's name and vectors.
   * Rejects and stays with the old file when the new one cannot be opened.
   */
  switchTo(cataloguePath: string | undefined, version?: string): Promise<void>;
}

const retryAfterSeconds = 2;

/** The file that answers, and the model that its records' vectors are of. */
type LiveCatalogue = CatalogueStamp & { model: string | undefined };

/** Starts the search threads. Rejects when a knowledge file is wrong or the catalogue cannot be opened. */
export async function openSearch(options: SearchOptions): Promise<OpenSearch> {
  const { workers, maxQueue, knowledgeDirs = [] } = options;
  const pool = new Piscina<SearchTask, Found | Hit[] | Hit | undefined>({
    filename: new URL('./search-worker.js', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
    workerData: { knowledgeDirs },
  });
  const queue = createBoundedQueue(workers, maxQueue, retryAfterSeconds);
  const answers = createVectorAnswers({
    embeddings: options.embeddings ?? (() => undefined),
    ...(options.vectorBudgetMs !== undefined && { budgetMs: options.vectorBudgetMs }),
  });
  let live: (LiveCatalogue & { vectors: boolean }) | undefined;
  let last: LiveCatalogue = { path: '', version: '', space: '', model: undefined };
  let switches = 0;

  let switching: Promise<void> = Promise.resolve();
  /** One switch after another: the file asked for last is the one that stays. */
  function switchTo(path: string | undefined, version?: string): Promise<void> {
    const done = switching.then(() => openNext(path, version));
    switching = done.catch(() => undefined);
    return done;
  }

  async function openNext(path: string | undefined, version: string | undefined): Promise<void> {
    if (path === undefined) {
      live = undefined;
      return;
    }
    const { id, vectors, model } = spaceOf(path);
    const next = { path, version: version ?? `${basename(path)}@${id}#${++switches}`, space: id };
    // One thread opens the new file before anybody is sent to it; the others open it with their next search.
    await pool.run({ ...next, kind: 'open' });
    last = { ...next, model };
    live = { ...last, vectors };
  }

  function run<T>(
    task: (stamp: CatalogueStamp) => SearchTask,
    none: T,
    signal: AbortSignal,
    urgent = false,
  ): Promise<T> {
    if (!live) return signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve(none);
    const ask = async () => {
      // The file is chosen when the search begins, so that one that waited is answered from the live catalogue.
      const { path, version, space, model } = live ?? last;
      const work = task({ path, version, space });
      if (work.kind !== 'search' || work.question.wordsOnly) return (await pool.run(work)) as T;
      const vectors = answers.open(model);
      if (!vectors) return (await pool.run(work)) as T;
      const { port } = vectors;
      try {
        return (await pool.run({ ...work, vectors: port }, { transferList: [port] })) as T;
      } finally {
        vectors.close();
      }
    };
    return queue.run(ask, signal, { urgent });
  }

  try {
    await switchTo(options.cataloguePath, options.version);
  } catch (error) {
    await pool.destroy();
    throw error;
  }

  return {
    switchTo,
    search: (question, { signal }) =>
      // Words alone are asked for when a whole search came too late: who has waited is not sent to the end of the line.
      run(
        (stamp) => ({ ...stamp, kind: 'search', question }),
        nothingHeld(question.text),
        signal,
        question.wordsOnly === true,
      ),
    similar: (recordId, { limit, signal }) =>
      run<Hit[]>((stamp) => ({ ...stamp, kind: 'similar', recordId, limit }), [], signal),
    nextInSeries: (recordId, { signal }) =>
      run<Hit | undefined>((stamp) => ({ ...stamp, kind: 'next', recordId }), undefined, signal),
    status: () => ({
      ready: live !== undefined,
      catalogueVersion: live?.version ?? 'none',
      queued: queue.waiting,
      workers,
      vectors: live?.vectors ?? false,
    }),
    close: () => pool.destroy(),
  };
}

function nothingHeld(text: string): Found {
  const empty = { chips: [], hits: [], total: 0, facets: [], corrected: [], relaxed: [] };
  return {
    ...empty,
    intent: { text, topic: text },
    confidence: 0,
    path: 'words_only',
    catalogueVersion: 'none',
  };
}

/** Id of the vectors in a catalogue file, "words" when it has none yet, and the model that made them. */
function spaceOf(path: string): { id: string; vectors: boolean; model: string | undefined } {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const space = liveSpace(db);
    return { id: space?.id ?? 'words', vectors: space !== undefined, model: space?.model ?? undefined };
  } finally {
    db.close();
  }
}
