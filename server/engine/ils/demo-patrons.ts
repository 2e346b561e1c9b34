import type { Branch } from '../../contract/availability.js';
import type { Bib } from '../catalogue/bib.js';
import type { Clock } from '../cache/clock.js';
import type { IlsAccount } from './account.js';
import { dealDemoCards, demoCards, DEMO_PIN, ilsIdOf, LOAN_DAYS, waitingHold, dayOf } from './demo-cards.js';
import type { DemoCard } from './demo-cards.js';
import type { Ils } from './ils.js';
import { IlsFault } from './ils-fault.js';
import type { PatronVerb } from './not-offered.js';
import type { HoldAnswer, HoldQuestion, HoldRequest, IlsPatron, Refusal, Refused } from './patron.js';
import type { IlsBranch } from './record.js';

export interface DemoCatalogue {
  branches(): readonly Branch[] | Promise<readonly Branch[]>;
  listRecords(ids: readonly string[]): readonly Bib[] | Promise<readonly Bib[]>;
  /** The first records of the catalogue, of which the demo's patrons get their loans and holds. */
  listFirst(most: number): readonly Bib[] | Promise<readonly Bib[]>;
}

type Verbs = Pick<Ils, PatronVerb>;

export interface DemoPatrons extends Verbs {
  /** When the copy is due, if a demo patron has it. */
  lentUntil: (itemId: string) => string | undefined;
  /** How often a PIN was looked at. */
  pinsTried: () => number;
}

const DAY_MS = 86_400_000;
const MOST_HOLDS = 10;
/** Records looked through for what the cards begin with. */
const DEALT_FROM = 200;
const system = 'the demo system';

const refused = (reason: Refusal, said: string): Refused => ({ outcome: 'refused', reason, said });

/** Patrons who do not exist, with loans and holds in memory alone. `answer` makes the demo misbehave as it was told. */
export function createDemoPatrons(deps: {
  catalogue: DemoCatalogue;
  clock: Clock;
  answer: (signal: AbortSignal) => Promise<void>;
  /** After a write: may lose the answer. */
  answerWrite: (signal: AbortSignal) => Promise<void>;
}): DemoPatrons {
  const { catalogue, clock, answer, answerWrite } = deps;
  const signedIn = new WeakMap<IlsPatron, number>();
  const questions = new WeakMap<HoldQuestion, { patron: IlsPatron; request: HoldRequest }>();
  let dealt: DemoCard[] | undefined;
  let tries = 0;
  let holdNumber = 100;

  const cards = async (): Promise<DemoCard[]> => {
    if (dealt) return dealt;
    const records = await catalogue.listFirst(DEALT_FROM);
    const fresh = dealDemoCards(records, await catalogue.branches(), clock.now());
    // Before a first import there is nothing to deal; afterwards there is.
    if (records.length > 0) dealt ??= fresh;
    return dealt ?? fresh;
  };
  const cardOf = async (patron: IlsPatron): Promise<DemoCard> => {
    const at = signedIn.get(patron);
    const card = at === undefined ? undefined : (await cards())[at];
    if (!card) throw new IlsFault('refused', system, { mayHaveHappened: false });
    return card;
  };
  const pickups = async (): Promise<IlsBranch[]> =>
    (await catalogue.branches()).map(({ id, name }) => ({ id, name, pickup: true }));

  const place = async (card: DemoCard, { record, pickupBranchId }: HoldRequest): Promise<HoldAnswer> => {
    const pickup = (await pickups()).find((branch) => branch.id === pickupBranchId);
    const [bib] = await catalogue.listRecords([record.id]);
    const others = (await cards())
      .flatMap(({ holds }) => holds)
      .filter((one) => one.ilsId === ilsIdOf(record));
    const inLine = others.length + 1;
    const hold = {
      ...waitingHold(bib ?? record, pickup, clock.now()),
      holdId: `demo-hold-${(holdNumber += 1)}`,
      queuePosition: inLine,
      queueTotal: inLine,
    };
    card.holds.push(hold);
    return {
      outcome: 'placed',
      holdId: hold.holdId,
      queuePosition: inLine,
      queueTotal: inLine,
      ...(pickup && { pickup }),
    };
  };
  const whyNot = async (card: DemoCard, request: HoldRequest): Promise<Refused | undefined> => {
    const ilsId = ilsIdOf(request.record);
    if (request.record.items.length === 0) return refused('no_copies', 'No copies');
    if (card.holds.some((one) => one.ilsId === ilsId)) return refused('already_held', 'Already on hold');
    if (card.loans.some((one) => one.ilsId === ilsId)) return refused('already_borrowed', 'Already on loan');
    if (card.holds.length >= MOST_HOLDS) return refused('too_many_holds', `At most ${MOST_HOLDS} holds`);
    const isPlace = (await pickups()).some((branch) => branch.id === request.pickupBranchId);
    return isPlace ? undefined : refused('pickup_place', 'Holds cannot be fetched there');
  };

  return {
    pinsTried: () => tries,
    lentUntil: (itemId) => dealt?.flatMap(({ loans }) => loans).find((loan) => loan.loanId === itemId)?.dueAt,
    async authenticate(card, pin, { signal }) {
      if (card === '' || pin === '') return { outcome: 'rejected' };
      tries += 1;
      await answer(signal);
      const at = demoCards.findIndex((one) => one.card === card.trim().toUpperCase());
      const found = demoCards[at];
      if (!found || pin !== DEMO_PIN) return { outcome: 'rejected' };
      if (found.state !== 'good') return { outcome: found.state };
      const [home] = await catalogue.branches();
      const patron: IlsPatron = Object.freeze({ id: `demo-${at + 1}`, homeBranchId: home?.id });
      signedIn.set(patron, at);
      return { outcome: 'ok', patron };
    },
    async account(patron, { signal }): Promise<IlsAccount> {
      await answer(signal);
      const { loans, holds, owes } = await cardOf(patron);
      const cents = owes.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
      return {
        loans: loans.map((loan) => ({ ...loan })),
        holds: holds.map((hold) => ({ ...hold })),
        fines: { total: (cents / 100).toFixed(2), currency: 'EUR', lines: owes.map((line) => ({ ...line })) },
        blocks: [],
        cardExpires: dayOf(clock.now() + 200 * DAY_MS),
      };
    },
    async pickupBranches(patron, _record, { signal }) {
      await answer(signal);
      await cardOf(patron);
      return await pickups();
    },
    async placeHold(patron, request, { signal }) {
      await answer(signal);
      const card = await cardOf(patron);
      const no = await whyNot(card, request);
      if (no) return no;
      if (request.record.format === 'film') {
        const question: HoldQuestion = Object.freeze({ kind: 'fee', said: 'A film on hold costs €1.00.' });
        questions.set(question, { patron, request });
        return { outcome: 'question', question };
      }
      const placed = await place(card, request);
      await answerWrite(signal);
      return placed;
    },
    async continueHold(patron, question, yes, { signal }) {
      await answer(signal);
      const asked = questions.get(question);
      questions.delete(question);
      if (asked?.patron !== patron) return refused('not_found', 'No such question');
      if (!yes) return refused('other', 'Not agreed to');
      const card = await cardOf(patron);
      const no = await whyNot(card, asked.request);
      if (no) return no;
      const placed = await place(card, asked.request);
      card.owes.push({ text: 'Film on hold', amount: '1.00' });
      await answerWrite(signal);
      return placed;
    },
    async cancelHold(patron, holdId, { signal }) {
      await answer(signal);
      const card = await cardOf(patron);
      if (!card.holds.some((hold) => hold.holdId === holdId)) return refused('not_found', 'No such hold');
      card.holds = card.holds.filter((hold) => hold.holdId !== holdId);
      await answerWrite(signal);
      return { outcome: 'cancelled' };
    },
    async renew(patron, loanId, { signal }) {
      await answer(signal);
      const loan = (await cardOf(patron)).loans.find((one) => one.loanId === loanId);
      if (!loan) return refused('not_found', 'No such loan');
      if (loan.renewalsLeft === 0) return refused('too_many_renewals', 'Renewed as often as possible');
      if (loan.overdue) return refused('overdue', 'Overdue');
      loan.renewals += 1;
      loan.renewalsLeft -= 1;
      loan.renewable = loan.renewalsLeft > 0;
      const from = Math.max(clock.now(), Date.parse(loan.dueAt ?? '') || 0);
      loan.dueAt = new Date(from + LOAN_DAYS * DAY_MS).toISOString();
      await answerWrite(signal);
      return { outcome: 'renewed', dueAt: loan.dueAt };
    },
    endSession(patron) {
      signedIn.delete(patron);
      return Promise.resolve();
    },
  };
}
