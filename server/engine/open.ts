import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../contract/problems.js';
import { createLruCache } from './cache/lru.js';
import type { Cache } from './cache/cache.js';
import { openCatalogue, type Catalogue } from './catalogue/catalogue.js';
import { createImports, type Imports } from './imports/imports.js';
import { openRecords, type Records } from './catalogue/records.js';
import { takeUp } from './imports/take-up.js';
import { createTrainings, type Trainings } from './imports/trainings.js';
import { openDatabase } from './db/database.js';
import { createDemoIls } from './ils/demo.js';
import { noIls, shieldIls, type ShieldedIls } from './ils/shielded.js';
import { knowledgeDirsOf, requireKnowledge } from './knowledge-check.js';
import { openSearch } from './retrieval/open-search.js';
import type { Search } from './retrieval/search.js';

export interface EngineOptions {
  dataDir: string;
  programDir: string;
  ils: 'demo' | 'none';
  workers: number;
  searchQueue: number;
}

/** How the engine is, as `/health/ready` tells it. */
export interface EngineState {
  database: 'ok' | 'failing';
  /** `empty` counts as ready: patrons are then told that no catalogue has been put in. */
  index: 'ok' | 'empty' | 'failing';
  queue: { waiting: number; limit: number; full: boolean };
  vectors: boolean;
  version: string;
  catalogue_version: string | null;
  records: number;
}

/** Everything that desks stand on. */
export interface Engine {
  version: string;
  search: Search;
  records: Records;
  ils: ShieldedIls;
  cache: Cache;
  imports: Imports;
  trainings: Trainings;
  readiness(): Promise<EngineState>;
  /** Ends searches and imports under way and closes every file, in the reverse order of opening. */
  close(): Promise<void>;
}

/** Answers of desks that are remembered at once. */
const CACHED_ANSWERS = 5_000;

/**
 * Opens the data folder and starts the search threads; an import that a crash interrupted goes on by itself, and vectors
 * that are missing are trained. Throws DataFolderError when the folder or a
 * knowledge file in it cannot be used. `onFault` is told of errors in
 * work that nobody waits for; `onUnusable` why a catalogue that should be live is not, as a sentence for staff.
 */
export async function openEngine(
  options: EngineOptions,
  deps: { onFault: (error: unknown) => void; onUnusable?: (sentence: string) => void },
): Promise<Engine> {
  const { dataDir, programDir } = options;
  requireKnowledge(dataDir);
  const database = await openDatabase({ dataDir });
  const catalogue = await openCatalogue({
    dataDir,
    ...(deps.onUnusable && { onUnusable: deps.onUnusable }),
  });
  const search = await openSearch({
    cataloguePath: catalogue.current()?.path,
    version: catalogue.current()?.version,
    workers: options.workers,
    maxQueue: options.searchQueue,
    knowledgeDirs: knowledgeDirsOf(dataDir),
  });
  const records = openRecords({ catalogue });
  const imports = createImports({ database, onFault: deps.onFault });
  const trainings = createTrainings({ database, onFault: deps.onFault });
  const version = readVersion(programDir);
  const stopFollowing = catalogue.onSwitch((live) => {
    search.switchTo(live?.path, live?.version).catch(deps.onFault);
  });

  takeUp({ dataDir, imports, trainings, onFault: deps.onFault }).catch(deps.onFault);

  return {
    version,
    search: {
      ...search,
      // "We hold nothing on that" would be untrue of a library whose catalogue was never put in.
      search: (question, asking) =>
        catalogue.current() === undefined
          ? Promise.reject(new Problem('not_ready', { detail: noCatalogue(catalogue) }))
          : search.search(question, asking),
    },
    records,
    ils: options.ils === 'demo' ? shieldIls(createDemoIls({ catalogue: records })) : noIls(),
    cache: createLruCache({ maxEntries: CACHED_ANSWERS }),
    imports,
    trainings,
    async readiness() {
      const status = search.status();
      const answers = await records.counts().then(
        () => true,
        () => false,
      );
      const live = catalogue.current();
      return {
        database: answers ? 'ok' : 'failing',
        index: indexState(catalogue, status.ready),
        queue: {
          waiting: status.queued,
          limit: options.searchQueue,
          full: status.queued >= options.searchQueue,
        },
        vectors: status.vectors,
        version,
        catalogue_version: live?.version ?? null,
        records: live?.records ?? 0,
      };
    },
    async close() {
      stopFollowing();
      await trainings.close();
      await imports.close();
      await records.close();
      await search.close();
      catalogue.close();
      await database.close();
    },
  };
}

/** What a patron is told instead of "we hold nothing on that". */
function noCatalogue(catalogue: Catalogue): string {
  if (catalogue.unusable() === undefined) return 'No catalogue has been put in yet.';
  return 'The catalogue has to be put in again after a change of version; the library knows what to do.';
}

function indexState(catalogue: Catalogue, searchReady: boolean): EngineState['index'] {
  if (catalogue.current() !== undefined) return searchReady ? 'ok' : 'failing';
  return catalogue.unusable() === undefined ? 'empty' : 'failing';
}

function readVersion(programDir: string): string {
  const parsed = JSON.parse(readFileSync(join(programDir, 'package.json'), 'utf8')) as { version: string };
  return parsed.version;
}
