import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type {
  Choices,
  HistoryEntry,
  ListChange,
  MyData,
  MyDataExport,
  NewList,
  SavedList,
} from '../../contract/my-data.js';
import type { PatronAccount } from '../../contract/patron-account.js';
import { Problem } from '../../contract/problems.js';
import type { Clock } from '../../engine/cache/clock.js';
import { nothingKept, type KeptAccount } from '../../engine/accounts/kept-account.js';
import type { KeptAccounts } from '../../engine/accounts/kept-accounts.js';
import type { PatronSession } from '../../engine/sessions/patron-sessions.js';
import type { Locale } from '../../contract/vocabulary.js';
import { describe, type HeldRecords } from './held.js';
import { listed } from './lenders.js';
import type { AccountSentences } from './sentences.js';

const MOST_LISTS = 50;
const MOST_LOANS = 2_000;
const DAY_MS = 86_400_000;

type Patron = PatronSession['patron'];
type KeptList = KeptAccount['lists'][number];

/** What a patron lets Carrel keep beyond the visit, and everything they can do with it. */
export function createMyData(deps: {
  kept: KeptAccounts;
  records: HeldRecords;
  clock: Clock;
  /** Lenders at which patrons are signed in too. */
  lenders?: readonly string[];
}) {
  const { kept, records, clock, lenders = [] } = deps;
  const today = (): string => dayOf(clock.now());

  /** What is kept, without what is older than the patron chose: that is erased when it is come upon. */
  const find = async (patron: Patron) => {
    const found = await kept.use(patron.id);
    if (!found) return { account: nothingKept, until: null };
    const isAged = withoutAged(found.account) !== found.account;
    const account = isAged ? await kept.change(patron.id, withoutAged) : found.account;
    return { account, until: found.until };
  };
  const withoutAged = (account: KeptAccount): KeptAccount => {
    const since = dayOf(clock.now() - account.choices.keepDays * DAY_MS);
    const history = account.history.filter(({ seenOn }) => seenOn >= since);
    return history.length === account.history.length ? account : { ...account, history };
  };
  const passes = (session: PatronSession, sentence: string, locale: Locale): MyData['parts'][number] => ({
    part: 'lenders',
    sentence: sentence.replace('{lenders}', listed(lenders, locale)),
    kept: 'memory',
    count: null,
    until: new Date(session.endsAt).toISOString(),
  });
  const tellLists = async (lists: readonly KeptList[]): Promise<SavedList[]> =>
    await Promise.all(
      lists.map(async ({ id, name, changedOn, recordIds }) => ({
        list_id: id,
        name,
        changed_on: changedOn,
        records: await describe(records, recordIds),
      })),
    );
  const changeLists = async (
    patron: Patron,
    how: (lists: readonly KeptList[]) => KeptList[],
  ): Promise<KeptAccount> =>
    await kept.change(patron.id, (before) => {
      if (!before.choices.lists) throw new Problem('not_chosen');
      return { ...before, lists: how(before.lists) };
    });
  const tellOne = async (account: KeptAccount, id: string): Promise<SavedList> => {
    const [list] = await tellLists(account.lists.filter((one) => one.id === id));
    if (!list) throw new Problem('list_not_found');
    return list;
  };

  return {
    async choices(patron: Patron): Promise<Choices> {
      return tellChoices((await find(patron)).account.choices);
    },

    /** What is switched off is erased at once; with all of it off nothing is left. */
    async choose(patron: Patron, chosen: Choices): Promise<Choices> {
      const { lists, history, keep_days: keepDays } = chosen;
      if (!lists && !history) {
        await kept.erase(patron.id);
        return tellChoices(nothingKept.choices);
      }
      const after = await kept.change(patron.id, (before) =>
        withoutAged({
          choices: { lists, history, keepDays },
          lists: lists ? before.lists : [],
          history: history ? before.history : [],
        }),
      );
      return tellChoices(after.choices);
    },

    async lists(patron: Patron): Promise<SavedList[]> {
      return await tellLists((await find(patron)).account.lists);
    },

    async addList(patron: Patron, list: z.infer<typeof NewList>): Promise<SavedList> {
      const id = randomBytes(8).toString('hex');
      const account = await changeLists(patron, (lists) => {
        if (lists.length >= MOST_LISTS) {
          throw new Problem('bad_request', { detail: `There can be ${MOST_LISTS} lists at most.` });
        }
        const recordIds = [...new Set(list.record_ids)];
        return [...lists, { id, name: list.name, recordIds, changedOn: today() }];
      });
      return await tellOne(account, id);
    },

    async changeList(patron: Patron, id: string, change: z.infer<typeof ListChange>): Promise<SavedList> {
      const account = await changeLists(patron, (lists) =>
        lists.map((list) =>
          list.id === id
            ? {
                id,
                name: change.name ?? list.name,
                recordIds: change.record_ids ? [...new Set(change.record_ids)] : list.recordIds,
                changedOn: today(),
              }
            : list,
        ),
      );
      return await tellOne(account, id);
    },

    async removeList(patron: Patron, id: string): Promise<void> {
      if (!(await find(patron)).account.lists.some((list) => list.id === id)) {
        throw new Problem('list_not_found');
      }
      await changeLists(patron, (lists) => lists.filter((list) => list.id !== id));
    },

    async history(patron: Patron): Promise<HistoryEntry[]> {
      return tellHistory((await find(patron)).account.history);
    },

    /** Notes the loans of an account just looked at, where its owner has chosen so; nothing otherwise. */
    async noteLoans(patron: Patron, account: PatronAccount): Promise<void> {
      const found = (await find(patron)).account;
      if (!found.choices.history) return;
      const known = new Set(found.history.map(({ loanId }) => loanId));
      const fresh = (account.loans ?? []).filter(({ loan_id: loanId }) => !known.has(loanId));
      if (fresh.length === 0) return;
      await kept.change(patron.id, (before) => {
        if (!before.choices.history) return before;
        const there = new Set(before.history.map(({ loanId }) => loanId));
        const added = fresh
          .filter(({ loan_id: loanId }) => !there.has(loanId))
          .map(({ loan_id: loanId, record_id: recordId, title, author }) => ({
            ...{ loanId, recordId, title, author },
            seenOn: today(),
          }));
        return { ...before, history: [...added, ...before.history].slice(0, MOST_LOANS) };
      });
    },

    /** Everything that is held, one sentence each; with what is not held, which is said too. */
    async tell(session: PatronSession, sentences: AccountSentences, locale: Locale): Promise<MyData> {
      const { account, until } = await find(session.patron);
      const { data } = sentences;
      const counted = (part: 'lists' | 'history', count: number): MyData['parts'][number] => ({
        part,
        sentence:
          count === 0
            ? data[`${part}_none`]
            : data[part][count === 1 ? 'one' : 'other'].replace('{count}', String(count)),
        kept: count === 0 ? 'nowhere' : 'encrypted',
        count,
        until: count === 0 ? null : until,
      });
      return {
        parts: [
          {
            part: 'session',
            sentence: data.session,
            kept: 'memory',
            count: null,
            until: new Date(session.endsAt).toISOString(),
          },
          {
            part: 'choices',
            sentence: until === null ? data.choices_none : data.choices,
            kept: until === null ? 'nowhere' : 'encrypted',
            count: null,
            until,
          },
          counted('lists', account.lists.length),
          counted('history', account.history.length),
          ...(lenders.length === 0 ? [] : [passes(session, data.lenders, locale)]),
          {
            part: 'library_system',
            sentence: data.library_system,
            kept: 'elsewhere',
            count: null,
            until: null,
          },
          { part: 'never', sentence: data.never, kept: 'nowhere', count: null, until: null },
        ],
        choices: tellChoices(account.choices),
      };
    },

    async export(session: PatronSession): Promise<MyDataExport> {
      const { account, until } = await find(session.patron);
      return {
        made_at: new Date(clock.now()).toISOString(),
        session: {
          signed_in_at: new Date(session.signedInAt).toISOString(),
          ends_at: new Date(session.endsAt).toISOString(),
        },
        choices: tellChoices(account.choices),
        kept_until: until,
        lists: await tellLists(account.lists),
        history: tellHistory(account.history),
      };
    },

    erase: async (patron: Patron): Promise<void> => void (await kept.erase(patron.id)),
  };
}

function tellChoices({ lists, history, keepDays }: KeptAccount['choices']): Choices {
  return { lists, history, keep_days: keepDays === 30 || keepDays === 365 ? keepDays : 90 };
}

function tellHistory(history: KeptAccount['history']): HistoryEntry[] {
  return history.map(({ recordId, title, author, seenOn }) => ({
    record_id: recordId,
    title,
    author,
    seen_on: seenOn,
  }));
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
