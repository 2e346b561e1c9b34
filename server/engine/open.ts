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
import { openQuestionVectors } from './embedding/question-vectors.js';
import type { Embedding } from './embedding/embedding.js';
import { ModelUnusable } from './embedding/model-unusable.js';
import { embeddingFor } from './embedding/open-embedding.js';
import type { RemoteEmbeddingOptions } from './embedding/remote.js';
import { openFigures, type Figures } from './figures/figures.js';
import type { ShieldedIls } from './ils/shielded.js';
import { knowledgeDirsOf, requireKnowledge } from './knowledge-check.js';
import type { Llm, LlmState } from './llm/llm.js';
import { openLlm, type LlmChoice } from './llm/open-llm.js';
import { keepModel, type KeptModelState } from './models/kept-model.js';
import { modelsDirOf, openModelStore } from './models/model-store.js';
import { openSources, type OpenedSources } from './open-sources.js';
import { openSearch } from './retrieval/open-search.js';
import { admittedReranker } from './retrieval/admitted-reranker.js';
import { createReranked } from './retrieval/reranked.js';
import type { Search } from './retrieval/search.js';
import { createEmbeddings, type Embeddings } from './spaces/embeddings.js';

export interface EngineOptions {
  dataDir: string;
  programDir: string;
  ils: 'auto' | 'demo' | 'none';
  workers: number;
  searchQueue: number;
  ai: boolean;
  gpu: LlmChoice['gpu'];
  remoteLlm: LlmChoice['remoteLlm'];
  remoteEmbedding: RemoteEmbeddingOptions['engine'] | undefined;
}

/** How the engine is, as `/health/ready` tells it. */
export interface EngineState {
  database: 'ok' | 'failing';
  /** `empty` counts as ready: patrons are then told that no catalogue has been put in. */
  index: 'ok' | 'empty' | 'failing';
  queue: { waiting: number; limit: number; full: boolean };
  vectors: boolean;
  /** A model that is away costs the longer answer, not the answer: Carrel is ready without it. */
  llm: Pick<LlmState, 'state' | 'engine' | 'model' | 'device' | 'waiting' | 'restarts'>;
  embedding: Pick<KeptModelState, 'state' | 'model'>;
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
  /** There only where the library has switched on that a lender is told patrons' addresses. */
  patronAddress?: OpenedSources['patronAddress'];
  /** What patrons chose to have kept. */
  kept: OpenedSources['kept'];
  /** What cookies and forms are signed with. */
  fileKey: Buffer;
  cache: Cache;
  llm: Llm;
  figures: Figures;
  imports: Imports;
  trainings: Trainings;
  /** Feeds of records that are followed. */
  harvests: OpenedSources['harvests'];
  /** Undefined until the embedding model is open; always, where the library has none. */
  embeddings(): Embeddings | undefined;
  readiness(): Promise<EngineState>;
  /** Ends searches and imports under way and closes every file, in the reverse order of opening. */
  close(): Promise<void>;
}

/** Errors whose message is a sentence for staff. */
const sentenced = new Set(['ModelUnusable', 'ModelTrouble', 'EngineFault']);
/** How often an engine on the network is asked again while it is away, and a model whose thread was lost is loaded again. */
const ASK_AGAIN_MS = 30_000;
const LOAD_AGAIN_MS = 300_000;
const isUnusable = (error: unknown): boolean => error instanceof ModelUnusable;

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
  const models = openModelStore({ dataDir, programDir });
  const questionVectors = openQuestionVectors({ dir: dataDir, onFault: deps.onFault });
  let questions: Embedding | undefined;
  let embeddings: Embeddings | undefined;
  let reranked: Search | undefined;
  const openedSearch = await openSearch({
    embeddings: (model) => (questions?.id === model ? questions : undefined),
    cataloguePath: catalogue.current()?.path,
    version: catalogue.current()?.version,
    workers: options.workers,
    maxQueue: options.searchQueue,
    knowledgeDirs: knowledgeDirsOf(dataDir),
  });
  const records = openRecords({ catalogue });
  const imports = createImports({ database, onFault: deps.onFault });
  const trainings = createTrainings({ database, onFault: deps.onFault });
  const sources = await openSources({
    database,
    choice: options.ils,
    records,
    imports,
    trainings,
    onFault: deps.onFault,
    onUnusable: deps.onUnusable ?? (() => undefined),
  });
  const version = readVersion(programDir);
  const figures = openFigures({ db: database.db, onFault: deps.onFault });
  const takenUp = takeUp({ dataDir, imports, trainings, onFault: deps.onFault });
  takenUp.catch(deps.onFault);
  const told = (error: unknown): void => {
    if (error instanceof Error && sentenced.has(error.name)) deps.onUnusable?.(error.message);
    else deps.onFault(error);
  };
  const embedding = keepModel({
    open: embeddingFor({ remoteEmbedding: options.remoteEmbedding, models }),
    retryMs: options.remoteEmbedding ? ASK_AGAIN_MS : LOAD_AGAIN_MS,
    isFinal: isUnusable,
    onTrouble: told,
    onOpen(opened) {
      questions = questionVectors.around(opened);
      embeddings = createEmbeddings({ database, embedding: opened, onFault: deps.onFault });
      // After the import or training that the start takes up: both want the catalogue.
      takenUp.then(() => embeddings?.startIfNeeded()).catch(deps.onFault);
    },
  });
  const reranker = keepModel({
    open: admittedReranker(dataDir, models),
    retryMs: LOAD_AGAIN_MS,
    isFinal: isUnusable,
    onTrouble: told,
    onOpen(opened) {
      reranked = createReranked(openedSearch, {
        reranker: opened,
        listRecords: (ids) => records.listRecords(ids),
      });
    },
  });
  const llm = openLlm({
    ai: options.ai,
    gpu: options.gpu,
    remoteLlm: options.remoteLlm,
    models,
    prefixFolder: join(modelsDirOf(dataDir), '.prefixes'),
  });
  const stopFollowing = catalogue.onSwitch((live) => {
    openedSearch.switchTo(live?.path, live?.version).catch(deps.onFault);
    embeddings?.startIfNeeded().catch(deps.onFault);
  });

  return {
    version,
    search: {
      ...openedSearch,
      // "We hold nothing on that" would be untrue of a library whose catalogue was never put in.
      search: (question, asking) =>
        catalogue.current() === undefined
          ? Promise.reject(new Problem('not_ready', { detail: noCatalogue(catalogue) }))
          : (reranked ?? openedSearch).search(question, asking),
    },
    records,
    ils: sources.ils,
    ...(sources.patronAddress && { patronAddress: sources.patronAddress }),
    kept: sources.kept,
    fileKey: sources.fileKey,
    cache: createLruCache({ maxEntries: CACHED_ANSWERS }),
    llm,
    figures,
    imports,
    trainings,
    harvests: sources.harvests,
    embeddings: () => embeddings,
    async readiness() {
      const status = openedSearch.status();
      const { state, engine, model, device, waiting, restarts } = llm.state();
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
        llm: { state, engine, model, device, waiting, restarts },
        embedding: { state: embedding.state().state, model: embedding.state().model },
        version,
        catalogue_version: live?.version ?? null,
        records: live?.records ?? 0,
      };
    },
    async close() {
      stopFollowing();
      // Nothing is opened any more: what begins behind the first of these steps would be closed by none of them.
      embedding.giveUp();
      reranker.giveUp();
      await llm.close();
      await embeddings?.close();
      await reranker.close();
      await sources.close();
      await trainings.close();
      await imports.close();
      await records.close();
      await openedSearch.close();
      await embedding.close();
      questionVectors.close();
      await figures.close();
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
