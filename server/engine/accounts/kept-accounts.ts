import { createHmac, randomInt } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { systemClock, type Clock } from '../cache/clock.js';
import type { Tables } from '../db/tables.js';
import { createSeal, keyFor } from '../settings/seal.js';
import { KeptAccount, nothingKept } from './kept-account.js';

/** Beyond its own end nothing is kept, and of what is kept nobody sees without the key file whose it is or what it says. */
export interface KeptAccounts {
  /** What is kept of a patron and the last day (YYYY-MM-DD) on which it will be; undefined when nothing is. */
  find(patronId: string): Promise<{ account: KeptAccount; until: string } | undefined>;
  /** What `find` answers, which then lasts for as long again as the patron chose. */
  use(patronId: string): Promise<{ account: KeptAccount; until: string } | undefined>;
  /**
   * Changes what is kept, which then lasts for as long again as the patron chose. Two changes at once both count; who
   * answers `before` itself changes nothing.
   */
  change(patronId: string, how: (before: KeptAccount) => KeptAccount): Promise<KeptAccount>;
  /**
   * Erases all of it; false when there was nothing. Nothing of it is left in the database's files, with `untilWiped` by
   * the time this resolves, else soon after where somebody is reading just now.
   */
  erase(patronId: string, options?: { untilWiped?: boolean }): Promise<boolean>;
  /** How many patrons something is kept of, and the day on which the next of it ends. */
  count(): Promise<{ patrons: number; nextEnd: string | undefined }>;
  /** Ends the sweeping. */
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;
const SWEEP_MS = 6 * 3_600_000;
const SCRUB_AGAIN_MS = 10_000;
/** Sealed texts come in steps of this length, so that how long one is tells little. */
const STEP = 4096;
/** A row begins at any of so many revisions, so that one that was erased and chosen anew is not taken for the old one. */
const FIRST_REVISIONS = 2 ** 40;

/**
 * What patrons chose to have kept, in carrel.db: one row each, named by a keyed hash of the system and its id of the
 * patron, its content sealed (AES-256-GCM). `system` names the library's system, so that another one's ids mean other
 * people. Rows past their day are erased at opening and every six hours; `onFault` is told when that fails.
 */
export function openKeptAccounts(deps: {
  db: Kysely<Tables>;
  /** The 32 bytes of the key file. */
  fileKey: Buffer;
  system: string;
  onFault: (error: unknown) => void;
  clock?: Clock;
}): KeptAccounts {
  const { db, onFault } = deps;
  const clock = deps.clock ?? systemClock;
  const seal = createSeal(keyFor('kept accounts', deps.fileKey));
  const nameKey = keyFor('names of kept accounts', deps.fileKey);
  const stop = new AbortController();

  const nameOf = (patronId: string): string =>
    createHmac('sha256', nameKey).update(`${deps.system}\n${patronId}`).digest('base64url');
  const today = (): string => dayOf(clock.now());
  const untilOf = ({ choices }: KeptAccount): string => dayOf(clock.now() + choices.keepDays * DAY_MS);
  const place = (name: string): string => `kept account ${name}`;

  const read = async (name: string) => {
    const row = await db
      .selectFrom('kept_account')
      .selectAll()
      .where('name', '=', name)
      .where('until', '>=', today())
      .executeTakeFirst();
    if (!row) return undefined;
    const account = KeptAccount.parse(JSON.parse(seal.open(row.sealed, place(name))));
    return { account, until: row.until, revision: row.revision };
  };

  /** Writes over the row that was read, and over no other: false when somebody changed it meanwhile. */
  const write = async (
    name: string,
    before: { revision: number } | undefined,
    account: KeptAccount,
  ): Promise<boolean> => {
    const text = JSON.stringify(account);
    const blanks = STEP - 1 - ((Buffer.byteLength(text) + STEP - 1) % STEP);
    const sealed = seal.close(text + ' '.repeat(blanks), place(name));
    const until = untilOf(account);
    if (before) {
      const { numUpdatedRows } = await db
        .updateTable('kept_account')
        .set({ sealed, until, revision: before.revision + 1 })
        .where('name', '=', name)
        .where('revision', '=', before.revision)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    }
    // A row of this name that is there all the same is past its day, or was put in this moment.
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('kept_account')
      .values({ name, sealed, until, revision: randomInt(FIRST_REVISIONS) })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ sealed, until, revision: sql`kept_account.revision + 1` })
          .where('kept_account.until', '<', today()),
      )
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  };

  /** Overwrites what deleted and former rows left behind: in the file itself, then in its log. */
  const scrub = async (): Promise<boolean> =>
    db.connection().execute(async (connection) => {
      // A checkpoint that would have to wait is tried later instead: everybody else would wait with it.
      const { rows } = await sql<{ timeout: number }>`PRAGMA busy_timeout`.execute(connection);
      await sql`PRAGMA busy_timeout = 0`.execute(connection);
      try {
        const log = await sql<{ busy: number }>`PRAGMA wal_checkpoint(TRUNCATE)`.execute(connection);
        return log.rows[0]?.busy === 0;
      } finally {
        await sql.raw(`PRAGMA busy_timeout = ${rows[0]?.timeout ?? 0}`).execute(connection);
      }
    });
  const scrubUntilDone = async (): Promise<void> => {
    while (!(await scrub())) await clock.after(SCRUB_AGAIN_MS, stop.signal);
  };
  const scrubbed = async (): Promise<void> => {
    if (!(await scrub())) inBackground(scrubUntilDone());
  };
  const inBackground = (work: Promise<void>): void => {
    work.catch((error: unknown) => {
      if (!stop.signal.aborted) onFault(error);
    });
  };

  const sweep = async (): Promise<void> => {
    const { numDeletedRows } = await db
      .deleteFrom('kept_account')
      .where('until', '<', today())
      .executeTakeFirst();
    if (numDeletedRows > 0n) await scrubbed();
  };
  const ready = sql`PRAGMA secure_delete = ON`.execute(db).then(sweep);
  inBackground(ready);
  const sweeping = ready
    .catch(() => undefined)
    .then(async () => {
      while (!stop.signal.aborted) {
        await clock.after(SWEEP_MS, stop.signal);
        await sweep().catch(onFault);
      }
    })
    .catch(() => undefined);

  return {
    async find(patronId) {
      const row = await read(nameOf(patronId));
      return row && { account: row.account, until: row.until };
    },

    async use(patronId) {
      const name = nameOf(patronId);
      const row = await read(name);
      if (!row) return undefined;
      const until = untilOf(row.account);
      if (until > row.until) {
        await db
          .updateTable('kept_account')
          .set({ until })
          .where('name', '=', name)
          .where('revision', '=', row.revision)
          .execute();
      }
      return { account: row.account, until: until > row.until ? until : row.until };
    },

    async change(patronId, how) {
      await ready;
      const name = nameOf(patronId);
      for (;;) {
        const before = await read(name);
        const was = before?.account ?? nothingKept;
        const account = how(was);
        if (account === was) return account;
        if (!(await write(name, before, account))) continue;
        if (isLess(account, before?.account)) await scrubbed();
        return account;
      }
    },

    async erase(patronId, { untilWiped = false } = {}) {
      await ready;
      const { numDeletedRows } = await db
        .deleteFrom('kept_account')
        .where('name', '=', nameOf(patronId))
        .executeTakeFirst();
      await (untilWiped ? scrubUntilDone() : scrubbed());
      return numDeletedRows > 0n;
    },

    async count() {
      await ready;
      const { patrons, next } = await db
        .selectFrom('kept_account')
        .where('until', '>=', today())
        .select(({ fn }) => [fn.countAll<number>().as('patrons'), fn.min('until').as('next')])
        .executeTakeFirstOrThrow();
      return { patrons: Number(patrons), nextEnd: next ?? undefined };
    },

    async close() {
      stop.abort();
      await sweeping;
    },
  };
}

function isLess(after: KeptAccount, before: KeptAccount | undefined): boolean {
  if (!before) return false;
  const lists = new Map(after.lists.map((list) => [list.id, list]));
  const loans = new Set(after.history.map(({ loanId }) => loanId));
  return (
    before.history.some(({ loanId }) => !loans.has(loanId)) ||
    before.lists.some(({ id, recordIds }) => {
      const now = lists.get(id);
      return !now || recordIds.some((recordId) => !now.recordIds.includes(recordId));
    })
  );
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
