import { z } from 'zod';
import type { Clock } from '../../cache/clock.js';
import type { Feed, HarvestPage } from '../../harvest/feed.js';
import { IlsFault } from '../ils-fault.js';
import type { KohaAnswer } from './answer.js';
import type { KohaApi } from './api.js';
import { operations } from './operations.js';
import { cutRecords, type CutRecord } from './record-cuts.js';
import { Id } from './rows.js';
import type { KohaSettings } from './settings.js';

const MARCXML = 'application/marcxml+xml';
const MOST_BYTES = 128 * 1024 * 1024;
const HOUR_MS = 3_600_000;

/** When the harvest began whose changes are still to come, or came last; ISO 8601 UTC. */
const Cursor = z.object({ at: z.iso.datetime() });
/** In the middle of a harvest: the last number seen, or the page, and when the harvest began. */
const Middle = z.object({
  at: z.iso.datetime(),
  after: z.int().min(0),
  page: z.int().min(1),
  total: z.int().optional(),
});
type Middle = z.infer<typeof Middle>;

interface KohaPage {
  records: { biblioId: number; marcxml: string }[];
  /** Rows that fit the question, this page's among them. */
  total: number | undefined;
}

/**
 * Koha's records in the order of their numbers. Goes on behind the last number instead of by pages, so that records which
 * come and go meanwhile shift nothing. Newer versions list what was deleted, for as long as the library keeps that list:
 * it is honoured between sweeps and does not stand in for them.
 */
export function createKohaFeed(settings: KohaSettings, { api, clock }: { api: KohaApi; clock: Clock }): Feed {
  const size = settings.harvest_page_size;

  const ask = (query: Record<string, string | number>, signal: AbortSignal, accept = MARCXML) =>
    api.ask(operations.biblios, { query, accept, mostBytes: MOST_BYTES, signal });

  /** Numbers by a second question, for libraries that keep none in 999$c; only when both answers fit together. */
  const numbered = async (
    cuts: readonly CutRecord[],
    query: Record<string, string | number>,
    after: number,
    signal: AbortSignal,
  ): Promise<KohaPage['records']> => {
    const own = cuts.map(({ biblioId }) => biblioId);
    const ids = own.every((id) => id !== undefined) && isAscending(own, after) ? own : undefined;
    const asked = ids ?? idsIn(await ask(query, signal, 'application/json'));
    if (asked.length !== cuts.length || !isAscending(asked, after)) throw new IlsFault('broken', 'Koha');
    return cuts.map(({ marcxml }, n) => ({ marcxml, biblioId: asked[n] as number }));
  };

  const page = async (
    query: Record<string, string | number>,
    after: number,
    signal: AbortSignal,
  ): Promise<KohaPage> => {
    const answer = await ask(query, signal);
    const cuts = cutRecords(answer.bytes);
    return { total: answer.total, records: await numbered(cuts, query, after, signal) };
  };

  /** In place of one record that Koha cannot write as MARC: its number, and nothing to read. */
  const unwritten = async (
    query: Record<string, string | number>,
    after: number,
    signal: AbortSignal,
  ): Promise<KohaPage> => {
    const answer = await ask(query, signal, 'application/json');
    const [biblioId, ...others] = idsIn(answer);
    if (biblioId === undefined || others.length > 0 || biblioId <= after)
      throw new IlsFault('broken', 'Koha');
    return { total: answer.total, records: [{ biblioId, marcxml: '' }] };
  };

  /** Rows that are there and do not show are not gone: to call this the end would lose them in a sweep. */
  const assertEnd = async (
    query: Record<string, string | number>,
    total: number | undefined,
    signal: AbortSignal,
  ): Promise<void> => {
    // Koha counts its rows of JSON, not those of MARC.
    const left = total ?? idsIn(await ask(query, signal, 'application/json')).length;
    if (left > 0) throw new IlsFault('broken', 'Koha');
  };

  async function* behindTheLast(
    start: Middle,
    since: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<HarvestPage, void> {
    let { after } = start;
    let most = size;
    for (;;) {
      const behind = { biblio_id: { '>': after } };
      const q = since === undefined ? behind : { '-and': [behind, changedSince(since)] };
      const query = { q: JSON.stringify(q), _order_by: '+biblio_id', _per_page: most };
      let found: KohaPage;
      try {
        found = await page(query, after, signal);
      } catch (error) {
        if (!(error instanceof IlsFault) || error.kind !== 'broken') throw error;
        // One record that Koha stumbles over fails its whole page: those around it are asked for in smaller ones.
        if (most > 1) {
          most = Math.ceil(most / 4);
          continue;
        }
        found = await unwritten(query, after, signal);
      }
      most = Math.min(size, most * 2);
      const { records, total } = found;
      if (records.length === 0) return assertEnd(query, total, signal);
      after = records.at(-1)?.biblioId ?? after;
      yield pageOf(records, { ...start, after });
      if (total !== undefined && records.length >= total) return;
    }
  }

  /** For a Koha without `q`: page by page, and back by as many as were deleted in front. */
  async function* pageByPage(start: Middle, signal: AbortSignal): AsyncGenerator<HarvestPage, void> {
    let { page: at, total: before } = start;
    for (;;) {
      const query = { _page: at, _order_by: '+biblio_id', _per_page: size };
      const { records, total } = await page(query, 0, signal);
      const vanished = Math.max(0, (before ?? 0) - (total ?? before ?? 0));
      const isBack = vanished > 0 && at > 1;
      if (records.length === 0 && !isBack && (at - 1) * size < (total ?? 0))
        throw new IlsFault('broken', 'Koha');
      if (records.length === 0 && !isBack) return;
      const isLast = total === undefined ? records.length < size : at * size >= total;
      at = isBack ? Math.max(1, at - Math.ceil(vanished / size)) : at + 1;
      before = total;
      yield pageOf(records, { ...start, page: at, ...(total !== undefined && { total }) });
      if (isLast && !isBack) return;
    }
  }

  /**
   * Word of the records deleted since then, where Koha keeps a list of them that Carrel may read. Where it does not, the
   * next sweep finds out: no reason to go without the changes.
   */
  async function* deletedSince(
    since: string,
    start: Middle,
    signal: AbortSignal,
  ): AsyncGenerator<HarvestPage, void> {
    if (!(await api.spec(signal)).takes(operations.deletedBiblios, 'q')) return;
    for (let after = 0; ;) {
      const q = JSON.stringify({ '-and': [{ biblio_id: { '>': after } }, changedSince(since)] });
      const query = { q, _order_by: '+biblio_id', _per_page: size };
      const ids = await unlessUntold(async () =>
        idsIn(await api.ask(operations.deletedBiblios, { query, signal })),
      );
      const last = ids?.at(-1);
      if (ids === undefined || last === undefined || !isAscending(ids, after)) return;
      after = last;
      yield { records: ids.map((id) => ({ key: String(id), deleted: true })), resume: JSON.stringify(start) };
    }
  }

  return {
    async describe({ signal }) {
      const spec = await api.spec(signal);
      if (!spec.offers(operations.biblios)) throw new IlsFault('not_offered', 'Koha');
      return { deletions: 'lost', changes: spec.takes(operations.biblios, 'q') };
    },

    async *harvest({ since, resume }, { signal }) {
      const spec = await api.spec(signal);
      if (!spec.offers(operations.biblios)) throw new IlsFault('not_offered', 'Koha');
      const now = new Date(clock.now()).toISOString();
      const start: Middle =
        resume === undefined ? { at: now, after: 0, page: 1 } : Middle.parse(JSON.parse(resume));
      const next = JSON.stringify({ at: start.at } satisfies z.infer<typeof Cursor>);
      if (!spec.takes(operations.biblios, 'q')) {
        if (since !== undefined) throw new IlsFault('not_offered', 'Koha');
        yield* pageByPage(start, signal);
        return next;
      }
      const last = since === undefined ? undefined : Date.parse(Cursor.parse(JSON.parse(since)).at);
      const from = last === undefined ? undefined : instant(last - settings.changes_overlap_hours * HOUR_MS);
      // Before the changes, so that a record which was brought back comes back here too.
      if (from !== undefined && start.after === 0) yield* deletedSince(from, start, signal);
      yield* behindTheLast(start, from, signal);
      return next;
    },
  };
}

function pageOf(records: KohaPage['records'], middle: Middle): HarvestPage {
  return {
    records: records.map(({ biblioId, marcxml }) => ({ key: String(biblioId), deleted: false, marcxml })),
    resume: JSON.stringify(middle),
  };
}

function idsIn(answer: KohaAnswer): number[] {
  const rows = z.array(z.object({ biblio_id: Id })).safeParse(answer.json);
  if (!rows.success) throw new IlsFault('foreign', 'Koha');
  return rows.data.map((row) => Number(row.biblio_id));
}

function isAscending(ids: readonly (number | undefined)[], after: number): boolean {
  let last = after;
  return ids.every((id) => {
    const rises = id !== undefined && id > last;
    last = id ?? last;
    return rises;
  });
}

/**
 * Koha joins other tables to its list of records, and each has a `timestamp`: unless the table is named, `me`, Koha fails.
 * In the list of the deleted it is the time at which they were.
 */
function changedSince(since: string): Record<string, unknown> {
  return { 'me.timestamp': { '>=': since } };
}

/** Undefined where Koha answers, and not with what was asked for. */
async function unlessUntold<T>(asking: () => Promise<T>): Promise<T | undefined> {
  try {
    return await asking();
  } catch (error) {
    const isAnswered =
      error instanceof IlsFault && ['refused', 'not_offered', 'broken', 'foreign'].includes(error.kind);
    if (!isAnswered) throw error;
    return undefined;
  }
}

/** As Koha's API writes times: RFC 3339 without fractions. */
function instant(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
