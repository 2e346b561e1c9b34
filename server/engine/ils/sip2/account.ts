import type { IlsAccount, IlsHold, IlsLoan } from '../account.js';
import { atMost } from '../at-most.js';
import { IlsFault } from '../ils-fault.js';
import type { ItemWord } from './copy.js';
import type { SipDates } from './dates.js';
import { entryReader, type Entry } from './entry-text.js';
import { readList, type Lines } from './lists.js';
import { blocksOf } from './patron-word.js';
import { isSame, type Reply } from './reply.js';
import type { SipCard, SipRequest, SipRequests, SummaryPart } from './request.js';
import type { Sip2Settings } from './settings.js';

/** What reading an account needs of the adapter. */
export interface AccountDeps {
  settings: Sip2Settings;
  dates: SipDates;
  requests: SipRequests;
  now: () => number;
  signal: AbortSignal;
  ask: (request: SipRequest) => Promise<Reply>;
  /** What the system says of one barcode; undefined for one that it does not know. */
  itemOf: (barcode: string) => Promise<ItemWord | undefined>;
}

const LINE = 'line:';
const MOST_LOOKED_UP = 50;

/** Asks for each list of the settings in turn, and for what stands behind the barcodes in them. */
export async function readAccount(card: SipCard, deps: AccountDeps): Promise<IlsAccount> {
  const { settings, dates, signal } = deps;
  const lists = new Map<SummaryPart, Lines>();
  let latest: Reply | undefined;
  for (const part of settings.account_parts) {
    const { lines, reply } = await readList(part, settings.list_window > 0, (what) =>
      askFor(card, what, deps),
    );
    lists.set(part, lines);
    latest = reply;
  }
  latest ??= await askFor(card, {}, deps);
  const details = createLookUp(deps);
  const loans = linesOf(lists.get('charged'));
  const loan = (line: string): Promise<IlsLoan> => loanOf(line, deps, details);
  return {
    loans: loans && (await atMost(settings.connections, loans, signal, loan)),
    holds: await holdsOf(lists, deps, details),
    fines: finesOf(latest, linesOf(lists.get('fines')) ?? []),
    blocks: blocksOf(latest, settings),
    ...(settings.pa_is_expiry && dayOf(latest.first('PA'), dates)),
  };
}

async function askFor(
  card: SipCard,
  what: { part?: SummaryPart; from?: number },
  { settings, requests, ask }: AccountDeps,
): Promise<Reply> {
  const reply = await ask(requests.patronInformation(card, { ...what, again: true }));
  if (settings.card_in_answer === 'same' && !isSame(reply.first('AA'), card.card))
    throw new IlsFault('foreign', settings.name);
  const isUnknown = reply.first('BL') === 'N' || (card.pin !== '' && reply.first('CQ') === 'N');
  if (isUnknown) throw new IlsFault('refused', settings.name, { mayHaveHappened: false });
  return reply;
}

type LookUp = (barcode: string | undefined) => Promise<ItemWord | undefined>;

function createLookUp({ settings, itemOf }: AccountDeps): LookUp {
  let left = settings.look_up_items ? MOST_LOOKED_UP : 0;
  return async (barcode) => {
    if (barcode === undefined || left === 0) return undefined;
    left -= 1;
    return itemOf(barcode);
  };
}

function readerOf(pattern: string, dates: SipDates): (line: string) => Entry {
  return entryReader(pattern, (text) => dates.read(text) !== undefined);
}

async function loanOf(line: string, deps: AccountDeps, lookUp: LookUp): Promise<IlsLoan> {
  const { settings, dates, now } = deps;
  const entry = readerOf(settings.loan_text, dates)(line);
  const item = await lookUp(entry.barcode);
  const due = entry.due;
  const dueAt = (due === undefined ? undefined : dates.read(due)) ?? item?.dueAt;
  const dueText = dueAt === undefined ? (due ?? item?.dueText) : undefined;
  const callNumber = entry.call_number ?? item?.callNumber;
  return {
    loanId: entry.barcode ?? lineId(line),
    ...(entry.title_id !== undefined && { ilsId: entry.title_id }),
    ...(entry.barcode !== undefined && { barcode: entry.barcode }),
    title: entry.title ?? item?.title ?? line,
    ...(entry.author !== undefined && { author: entry.author }),
    ...(callNumber !== undefined && { callNumber }),
    ...(dueAt !== undefined && { dueAt, overdue: Date.parse(dueAt) < now() }),
    ...(dueText !== undefined && { dueText }),
    // Renewing goes by barcode alone.
    ...(entry.barcode === undefined && { renewable: false }),
  };
}

async function holdsOf(
  lists: ReadonlyMap<SummaryPart, Lines>,
  deps: AccountDeps,
  lookUp: LookUp,
): Promise<IlsHold[] | undefined> {
  const asked = [lists.get('holds'), lists.get('unavailable_holds')];
  const [named, waiting] = asked.map(linesOf);
  const isNone = [...(named ?? []), ...(waiting ?? [])].length === 0;
  // None is said only by a list that was shown to be empty, and never against a count; nor is half said for all.
  if (isNone && (asked.includes('withheld') || (!named && !waiting))) return undefined;
  const isWhole = deps.settings.hold_items_are === 'all' ? named : asked.every((one) => one !== 'withheld');
  if (asked.includes('withheld') && !isWhole) return undefined;
  const isWaiting = new Set(waiting);
  const others = (named ?? []).filter((line) => !isWaiting.has(line));
  const isTold =
    deps.settings.hold_items_are === 'ready' || (deps.settings.hold_items_are === 'all' && waiting);
  const status = isTold ? 'ready' : 'unknown';
  const entries = [
    ...others.map((line) => ({ line, state: { status, rawStatus: 'hold item (AS)' } as const })),
    ...[...isWaiting].map((line) => ({
      line,
      state: { status: 'waiting', rawStatus: 'unavailable hold item (CD)' } as const,
    })),
  ];
  return atMost(deps.settings.connections, entries, deps.signal, ({ line, state }) =>
    holdOf(line, state, deps, lookUp),
  );
}

async function holdOf(
  line: string,
  state: Pick<IlsHold, 'status' | 'rawStatus'>,
  { settings, dates }: AccountDeps,
  lookUp: LookUp,
): Promise<IlsHold> {
  const entry = readerOf(settings.hold_text, dates)(line);
  const holdId = holdIdOf({ barcode: entry.barcode ?? '', titleId: entry.title_id ?? '' });
  const item = entry.title === undefined ? await lookUp(entry.barcode) : undefined;
  return {
    holdId: holdId ?? lineId(line),
    ...(entry.title_id !== undefined && { ilsId: entry.title_id }),
    ...(entry.barcode !== undefined && { barcode: entry.barcode }),
    title: entry.title ?? item?.title ?? line,
    ...(entry.author !== undefined && { author: entry.author }),
    ...state,
    cancellable: holdId !== undefined,
  };
}

function linesOf(lines: Lines | undefined): string[] | undefined {
  return Array.isArray(lines) ? lines : undefined;
}

function finesOf(reply: Reply, lines: readonly string[]): IlsAccount['fines'] {
  const total = reply.first('BV') || undefined;
  if (total === undefined && lines.length === 0) return undefined;
  const currency = /^[A-Z]{3}$/.exec(reply.first('BH') ?? '');
  return {
    total: total ?? '',
    ...(currency && { currency: currency[0] }),
    lines: lines.map((text) => ({ text })),
  };
}

function dayOf(text: string | undefined, dates: SipDates): { cardExpires?: string } {
  const day = dates.readDay(text ?? '');
  return day === undefined ? {} : { cardExpires: day };
}

/** Tells a line from others where it names nothing that could be sent; neither renewing nor cancelling takes it. */
function lineId(line: string): string {
  return `${LINE}${line}`;
}

export function isLineId(id: string): boolean {
  return id.startsWith(LINE);
}

/** SIP2 has no ids of holds: one is cancelled by the copy or the title that it is on. */
export function holdIdOf({ barcode, titleId }: { barcode: string; titleId: string }): string | undefined {
  if (barcode !== '') return `item:${barcode}`;
  return titleId === '' ? undefined : `title:${titleId}`;
}

/** Undefined for what `holdIdOf` has never made. */
export function readHoldId(holdId: string): { barcode: string; titleId: string } | undefined {
  if (holdId.startsWith('item:') && holdId.length > 5) return { barcode: holdId.slice(5), titleId: '' };
  if (holdId.startsWith('title:') && holdId.length > 6) return { barcode: '', titleId: holdId.slice(6) };
  return undefined;
}
