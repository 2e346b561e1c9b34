import type { CancelAnswer } from '../../contract/patron-account.js';
import type { LenderAccount, LenderHold, LenderLoan } from '../../contract/lenders.js';
import type { IlsHold, IlsLoan } from '../../engine/ils/account.js';
import type { Unavailable } from '../../engine/ils/in-doubt.js';
import type * as ils from '../../engine/ils/ils.js';
import { coveredOf } from '../../engine/catalogue/covered.js';
import type { LenderAccounts, LenderAccount as Told } from '../../engine/ils/lender-accounts.js';
import type * as patron from '../../engine/ils/patron.js';
import type { Unknown } from '../../engine/ils/shielded-patrons.js';
import type { HeldRecords } from './held.js';
import type { AccountSentences } from './sentences.js';
import { tellCancellation } from './tell.js';

/** Where a title is in the catalogue by its ISBNs, and how the catalogue has it. */
type HeldUnderIsbns = (isbns: readonly string[]) => Pick<LenderLoan, 'record_id' | 'catalogued'>;

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
  const heldUnder = await heldUnderIsbns(
    deps.records,
    titles.flatMap(({ lent }) => lent?.isbns ?? []),
  );
  return told.map((one) => tellLender(one, deps.sentences, heldUnder));
}

/** Looks up at once which records bear these ISBNs. One of the e-book itself comes before one of the printed book. */
async function heldUnderIsbns(records: HeldRecords, isbns: readonly string[]): Promise<HeldUnderIsbns> {
  const ids = await records.idsByIsbn(isbns);
  const held = await records.listRecords([...new Set([...ids.values()].flat())]);
  const bibs = new Map(held.map((bib) => [bib.id, bib]));
  return (asked) => {
    const found = asked.flatMap((isbn) => ids.get(isbn) ?? []).flatMap((id) => bibs.get(id) ?? []);
    const bib = found.find(({ format }) => /^e(book|audiobook)$/.test(format)) ?? found[0];
    return { record_id: bib?.id ?? null, catalogued: bib ? coveredOf(bib) : null };
  };
}

function tellLender(told: Told, sentences: AccountSentences, heldUnder: HeldUnderIsbns): LenderAccount {
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
    loans: loans?.map((loan) => tellLoan(loan, heldUnder)) ?? null,
    holds: holds?.map((hold) => tellHold(hold, { lender, sentences, heldUnder })) ?? null,
  };
}

function tellTitle({ title, author, lent }: IlsLoan | IlsHold, heldUnder: HeldUnderIsbns) {
  return {
    ...heldUnder(lent?.isbns ?? []),
    title: title === '' ? null : title,
    author: author ?? null,
    format: lent?.format ?? null,
    url: lent?.url ?? null,
  };
}

function tellLoan(loan: IlsLoan, heldUnder: HeldUnderIsbns): LenderLoan {
  return { loan_id: loan.loanId, ...tellTitle(loan, heldUnder), due_at: loan.dueAt ?? null };
}

function tellHold(
  hold: IlsHold,
  {
    lender,
    sentences,
    heldUnder,
  }: { lender: string; sentences: AccountSentences; heldUnder: HeldUnderIsbns },
): LenderHold {
  const { status } = hold;
  return {
    hold_id: hold.holdId,
    ...tellTitle(hold, heldUnder),
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
