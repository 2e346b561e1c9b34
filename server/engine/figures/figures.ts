import { sql, type Kysely } from 'kysely';
import type { FigureKind, Figure } from '../../contract/figures.js';
import { systemClock, type Clock } from '../cache/clock.js';
import type { Tables } from '../db/tables.js';

/** Counts by day, kind and name: never a word that anybody typed, and nothing finer than a day. */
export interface Figures {
  /** Adds one to today's count. Written within ten seconds, with whatever else was counted meanwhile. */
  count(kind: FigureKind, name: string): void;
  /** Counts from day `from` to day `to` (YYYY-MM-DD, both included), oldest first. */
  list(span: { from: string; to: string }): Promise<Figure[]>;
  /** Writes what is still to be written. */
  close(): Promise<void>;
}

const WRITE_EVERY_MS = 10_000;

/** `onFault` is told when counts could not be written; they are tried again with the next ones. */
export function openFigures(deps: {
  db: Kysely<Tables>;
  onFault: (error: unknown) => void;
  clock?: Clock;
}): Figures {
  const clock = deps.clock ?? systemClock;
  const stop = new AbortController();
  let waiting = new Map<string, Figure>();
  let writing: Promise<void> = Promise.resolve();
  let isWaiting = false;

  const put = (figure: Figure): void => {
    const key = JSON.stringify([figure.day, figure.kind, figure.name]);
    const before = waiting.get(key)?.count ?? 0;
    waiting.set(key, { ...figure, count: before + figure.count });
  };
  const write = (): Promise<void> => {
    writing = writing.then(async () => {
      const batch = [...waiting.values()];
      if (batch.length === 0) return;
      waiting = new Map();
      try {
        await deps.db
          .insertInto('figure')
          .values(batch)
          .onConflict((conflict) =>
            conflict
              .columns(['day', 'kind', 'name'])
              .doUpdateSet({ count: sql`figure.count + excluded.count` }),
          )
          .execute();
      } catch (error) {
        batch.forEach(put);
        deps.onFault(error);
      }
    });
    return writing;
  };
  const writeLater = (): void => {
    if (isWaiting) return;
    isWaiting = true;
    const over = (): void => void (isWaiting = false);
    clock.after(WRITE_EVERY_MS, stop.signal).then(() => {
      over();
      return write();
    }, over);
  };

  return {
    count(kind, name) {
      put({ day: new Date(clock.now()).toISOString().slice(0, 10), kind, name, count: 1 });
      writeLater();
    },
    async list({ from, to }) {
      await write();
      return await deps.db
        .selectFrom('figure')
        .select(['day', 'kind', 'name', 'count'])
        .where('day', '>=', from)
        .where('day', '<=', to)
        .orderBy('day')
        .orderBy('kind')
        .orderBy('name')
        .execute();
    },
    async close() {
      stop.abort();
      await write();
    },
  };
}
