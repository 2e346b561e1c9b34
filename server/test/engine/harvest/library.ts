import { readFileSync } from 'node:fs';
import type { Test } from 'tap';
import { Problem } from '../../../contract/problems.js';
import { openDatabase } from '../../../engine/db/database.js';
import type { HarvestImports } from '../../../engine/harvest/bring-in.js';
import type { Feed, HarvestedRecord } from '../../../engine/harvest/feed.js';
import type { HarvestSource } from '../../../engine/harvest/harvest-run.js';
import { createHarvests, type HarvestDeps } from '../../../engine/harvest/harvests.js';
import type { ImportRequest } from '../../../engine/imports/imports.js';
import { noProgress, type StoredJob } from '../../../engine/jobs/job-store.js';
import { readMarcKnowledge } from '../../../engine/catalogue/mapping/knowledge.js';
import { createFakeClock } from '../../fakes/clock.js';

const knowledge = readMarcKnowledge();

/** A record of a feed: its key, and unless another is given its id, is `key`. */
export function book(key: string, title = `Book ${key}`, id: string | undefined = key): HarvestedRecord {
  const number = id === '' ? '' : `<controlfield tag="001">${id}</controlfield>`;
  const marcxml =
    `<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 i 4500</leader>${number}` +
    `<datafield tag="245" ind1="1" ind2="0"><subfield code="a">${title}</subfield></datafield></record>`;
  return { key, deleted: false, marcxml };
}
export const gone = (key: string): HarvestedRecord => ({ key, deleted: true });
export const broken = (key: string): HarvestedRecord => ({
  key,
  deleted: false,
  marcxml: '<record><leader/></record>',
});

export interface ScriptedFeed extends Feed {
  /** What the next harvest gives, page by page; an error is thrown in its place. */
  pages: (HarvestedRecord[] | Error)[];
  deletions: 'kept' | 'lost';
  changes: boolean;
  keysAreIlsIds?: boolean;
  asked: { since: string | undefined; resume: string | undefined }[];
  /** Pages wait for it from the one of this number on. */
  holdAt: number;
  /** Resolves when a page waits. */
  held: Promise<void>;
}

/** Goes on by the number of the page; its cursors are c1, c2 and so on. */
export function scriptedFeed(pages: ScriptedFeed['pages'] = []): ScriptedFeed {
  let told = (): void => undefined;
  const feed: ScriptedFeed = {
    pages,
    deletions: 'kept',
    changes: true,
    asked: [],
    holdAt: Infinity,
    held: new Promise((resolve) => (told = resolve)),
    describe: () => Promise.resolve({ deletions: feed.deletions, changes: feed.changes }),
    async *harvest({ since, resume }, { signal }) {
      feed.asked.push({ since, resume });
      for (let at = Number(resume ?? 0); at < feed.pages.length; at++) {
        if (at >= feed.holdAt) {
          told();
          await new Promise((_, reject) =>
            signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
          );
        }
        const page = feed.pages[at] ?? [];
        if (page instanceof Error) throw page;
        yield { records: page, resume: String(at + 1) };
      }
      return `c${feed.asked.length}`;
    },
  };
  return feed;
}

/** Imports that only take note of what they are given. */
export function notedImports() {
  const started: { request: ImportRequest; texts: string[] }[] = [];
  const jobs: StoredJob[] = [];
  const noted = {
    started,
    list: jobs,
    /** How the next imports end. */
    ends: { state: 'done' as StoredJob['state'], message: 'The catalogue holds what it holds.' },
    /** How often the next import is refused because another one is at work. */
    busy: 0,
    live: { number: 1 } as { number: number } | undefined,
    cancelled: [] as string[],
    resumed: [] as string[],
    /** Ids of the records in files, deletions with a minus. */
    ids: (at: number): string[] =>
      (started[at]?.texts ?? []).flatMap((text) =>
        [...text.matchAll(/<record.*?<leader>.....(.).*?<controlfield tag="001">([^<]*)</g)].map(
          ([, status, id]) => (status === 'd' ? `-${id}` : `${id}`),
        ),
      ),
  };
  const jobOf = (id: string): StoredJob => {
    const job = jobs.find((one) => one.id === id);
    if (job === undefined) throw new Problem('job_not_found');
    return job;
  };
  const finished = (job: StoredJob) => ({ job, done: Promise.resolve(Object.assign(job, noted.ends)) });
  const imports: HarvestImports = {
    marcKnowledge: () => knowledge,
    jobs: {
      list: ({ states }) =>
        Promise.resolve(jobs.filter(({ state }) => states?.includes(state) ?? true).reverse()),
    },
    generations: {
      live: () => Promise.resolve(noted.live as Awaited<ReturnType<HarvestImports['generations']['live']>>),
      unusable: () => undefined,
    },
    get: (id) => Promise.resolve().then(() => jobOf(id)),
    cancel(id) {
      noted.cancelled.push(id);
      return Promise.resolve(Object.assign(jobOf(id), { state: 'cancelled' }));
    },
    resume(id) {
      noted.resumed.push(id);
      return Promise.resolve(finished(jobOf(id)));
    },
    start(request) {
      if (noted.busy > 0) {
        noted.busy -= 1;
        return Promise.reject(new Problem('import_running'));
      }
      started.push({ request, texts: request.files.map(({ path }) => readFileSync(path, 'utf8')) });
      const job: StoredJob = {
        id: `job${started.length}`,
        kind: 'import',
        state: 'running',
        source: request.source ?? 'main',
        mode: request.mode ?? 'full',
        files: [],
        progress: noProgress,
        message: '',
        created_at: '',
        started_at: null,
        ended_at: null,
        request: {
          files: request.files.map(({ path, name = '', owned = false }) => ({
            ...{ path, name, owned },
            ...{ sizeBytes: 0, modifiedMs: 0, head: '' },
          })),
        },
        generation: null,
        cancelRequested: false,
      };
      jobs.push(job);
      return Promise.resolve(finished(job));
    },
  };
  return { noted, imports };
}

/** A library that follows one feed, with a clock that stands still; `reopen` is what a restart does. */
export async function library(t: Test, pages: ScriptedFeed['pages'] = [], given: Partial<HarvestDeps> = {}) {
  const dataDir = t.testdir();
  const database = await openDatabase({ dataDir });
  const clock = createFakeClock();
  const feed = scriptedFeed(pages);
  const { noted, imports } = notedImports();
  const faults: unknown[] = [];
  const open = () =>
    createHarvests({
      database,
      imports,
      clock,
      random: () => 0,
      onFault: (error) => faults.push(error),
      ...given,
    });
  const opened = [open()];
  const reopen = () => {
    const again = open();
    opened.push(again);
    return again;
  };
  t.teardown(async () => {
    for (const harvests of opened) await harvests.close();
    await database.close();
  });
  const source: HarvestSource = {
    source: 'main',
    feedId: 'scripted',
    feed,
    everyMinutes: 60,
    sweepEveryHours: 168,
  };
  const signal = new AbortController().signal;
  const [harvests = open()] = opened;
  const harvest = (...next: ScriptedFeed['pages']) => {
    feed.pages = next;
    return harvests.once(source, { signal });
  };
  return {
    dataDir,
    database,
    clock,
    feed,
    noted,
    imports,
    faults,
    harvests,
    reopen,
    source,
    signal,
    harvest,
  };
}
