import type { CancelAnswer } from '../../contract/patron-account.js';
import type { LenderAccount, LenderHold, LenderLoan } from '../../contract/lenders.js';
import type { IlsHold, IlsLoan } from '../../engine/ils/account.js';
import type { Unavailable } from '../../engine/ils/in-doubt.js';
import type * as ils from '../../engine/ils/ils.js';
import type { LenderAccounts, LenderAccount as Told } from '../../engine/ils/lender-accounts.js';
import type * as patron from '../../engine/ils/patron.js';
import type { Unknown } from '../../engine/ils/shielded-patrons.js';
import type { HeldRecords } from './held.js';
import type { AccountSentences } from './sentences.js';
import { tellCancellation } from './tell.js';

/** The record of one of these ISBNs; null where the catalogue holds none. */
type RecordOfIsbns = (isbns: readonly string[]) => string | null;

/** What the patron has at every lender now, in the contract's form. */
export async function tellLenders(
  deps: { accounts: LenderAccounts | undefined; records: HeldRecords; sentences: AccountSentences },
  of: patron.IlsPatron,
  asking: ils.Asking,
): Promise<LenderAccount[]> {
  const told = (await deps.accounts?.ask(of, asking)) ?? [];
  const titles = told.flatMap((one) =>
    one.state === 'known' ? [...(one.account.loans ?? []), ...(one.account.holds ?? [])] : [],
  );
  const recordOf = await heldUnderIsbns(
    deps.records,
    titles.flatMap(({ lent }) => lent?.isbns ?? []),
  );
  return told.map((one) => tellLender(one, deps.sentences, recordOf));
}

/** Looks up at once which records bear these ISBNs. One of the e-book itself comes before one of the printed book. */
async function heldUnderIsbns(records: HeldRecords, isbns: readonly string[]): Promise<RecordOfIsbns> {
  const ids = await records.idsByIsbn(isbns);
  const held = await records.listRecords([...new Set([...ids.values()].flat())]);
  const online = new Set(held.filter(({ format }) => /^e(book|audiobook)$/.test(format)).map(({ id }) => id));
  return (asked) => {
    const found = asked.flatMap((isbn) => ids.get(isbn) ?? []);
    return found.find((id) => online.has(id)) ?? found[0] ?? null;
  };
}

function tellLender(told: Told, sentences: AccountSentences, recordOf: RecordOfIsbns): LenderAccount {
  const { lender } = told;
  if (told.state !== 'known') {
    const state = told.state === 'not_reached' ? 'signed_out' : told.state;
    const sentence = naming(sentences.lender[told.state], lender);
    return { lender, state, sentence, asOf: null, loans: null, holds: null };
  }
  const { loans, holds } = told.account;
  return {
    lender,
    state: 'known',
    sentence: null,
    asOf: told.asOf,
    loans: loans?.map((loan) => tellLoan(loan, recordOf)) ?? null,
    holds: holds?.map((hold) => tellHold(hold, { lender, sentences, recordOf })) ?? null,
  };
}

function tellTitle({ title, author, lent }: IlsLoan | IlsHold, recordOf: RecordOfIsbns) {
  return {
    record_id: recordOf(lent?.isbns ?? []),
    title: title === '' ? null : title,
    author: author ?? null,
    format: lent?.format ?? null,
    url: lent?.url ?? null,
  };
}

function tellLoan(loan: IlsLoan, recordOf: RecordOfIsbns): LenderLoan {
  return { loan_id: loan.loanId, ...tellTitle(loan, recordOf), due_at: loan.dueAt ?? null };
}

function tellHold(
  hold: IlsHold,
  { lender, sentences, recordOf }: { lender: string; sentences: AccountSentences; recordOf: RecordOfIsbns },
): LenderHold {
  const { status } = hold;
  return {
    hold_id: hold.holdId,
    ...tellTitle(hold, recordOf),
    status,
    sentence: status === 'ready' ? naming(sentences.lender.ready, lender) : sentences.hold_status[status],
    queue_position: hold.queuePosition ?? null,
    queue_total: hold.queueTotal ?? null,
    ready_until: hold.lent?.readyUntil ?? null,
    cancellable: hold.cancellable,
  };
}

/** What came of cancelling a hold at a lender, told as the lender's doing. */
export function tellLentCancellation(
  answer: patron.CancelAnswer | Unknown | Unavailable,
  sentences: AccountSentences,
  lender: string,
): CancelAnswer {
  const said = sentences.lender_cancellation;
  const isSignedOut = answer.outcome === 'unavailable' && answer.because === 'signed_out';
  const of = (sentence: string): string => naming(sentence, lender);
  return tellCancellation(answer, {
    ...sentences,
    cancellation: {
      ...sentences.cancellation,
      unknown: of(said.unknown),
      unknown_listed: of(said.unknown_listed),
      unavailable: of(isSignedOut ? said.signed_out : said.unavailable),
    },
    refusal: { ...sentences.refusal, not_found: of(said.not_found), other: of(said.other) },
  });
}

const naming = (sentence: string, lender: string): string => sentence.replaceAll('{lender}', lender);

/** Names as one says them, such as "OverDrive and Hoopla". */
export function listed(names: readonly string[], locale: string): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
}
