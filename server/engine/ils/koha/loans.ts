import { z } from 'zod';
import { atMost } from '../at-most.js';
import type { IlsLoan } from '../account.js';
import { IlsFault } from '../ils-fault.js';
import type { RenewAnswer } from '../patron.js';
import { beforeSending } from './answer.js';
import type { KohaApi } from './api.js';
import { operations } from './operations.js';
import { renewalRefusal } from './refusals.js';
import { Id, instantOf, listRows, MaybeId, readRow, Text } from './rows.js';
import { LentItem, titleText, type KohaTitles } from './titles.js';

const CheckoutRow = z.object({
  checkout_id: Id,
  patron_id: Id,
  item_id: MaybeId,
  external_id: Text,
  due_date: Text,
  renewals_count: z.int().nullish(),
  item: LentItem.nullish(),
});
type CheckoutRow = z.infer<typeof CheckoutRow>;

const Renewability = z.object({
  allows_renewal: z.boolean(),
  max_renewals: z.coerce.number().int().nullish().catch(undefined),
  current_renewals: z.int().nullish(),
});

export interface KohaLoans {
  list(patronId: string, signal: AbortSignal): Promise<IlsLoan[]>;
  renew(patronId: string, loanId: string, signal: AbortSignal): Promise<RenewAnswer>;
}

export function createKohaLoans(deps: {
  api: KohaApi;
  titles: KohaTitles;
  now: () => number;
  askRenewable: boolean;
  concurrency: number;
}): KohaLoans {
  const { api, titles } = deps;

  const lentItems = async (rows: readonly CheckoutRow[], signal: AbortSignal) => {
    const embedded = rows.flatMap(({ item }) => (item ? [item] : []));
    const lacking = rows.flatMap(({ item, item_id: id }) => (!item && id !== undefined ? [id] : []));
    return new Map([
      ...(await titles.ofItems(lacking, signal)),
      ...embedded.map((item) => [item.item_id, item] as const),
    ]);
  };

  /** Nothing where Koha fails at it, as it does for a loan that no circulation rule says anything of. */
  const renewability = async (loanId: string, signal: AbortSignal) => {
    const answer = await api.ask(operations.allowsRenewal, { ids: [loanId], also: [404, 500], signal });
    if (answer.status >= 400) return {};
    const told = readRow(answer, Renewability);
    const used = told.current_renewals ?? undefined;
    const left =
      told.max_renewals != null && used !== undefined ? Math.max(0, told.max_renewals - used) : undefined;
    return { renewable: told.allows_renewal, ...(left !== undefined && { renewalsLeft: left }) };
  };

  return {
    async list(patronId, signal) {
      const spec = await api.spec(signal);
      // `contains` is the default of Koha's matching: patron 5 would be shown the loans of 51.
      const query = { patron_id: patronId, _match: 'exact' };
      const embed = spec.embeds(operations.checkouts, ['item', 'item.biblio']);
      const request = { query, embed, orderBy: 'checkout_id', signal };
      const listed = (await listRows(api, operations.checkouts, request, CheckoutRow)) ?? [];
      const rows = listed.filter((row) => row.patron_id === patronId);
      const items = await lentItems(rows, signal);
      const untitled = [...items.values()].filter((item) => item.biblio?.title === undefined);
      const biblios = await titles.ofBiblios(
        untitled.flatMap(({ biblio_id: id }) => (id === undefined ? [] : [id])),
        signal,
      );
      const asks = deps.askRenewable && spec.offers(operations.allowsRenewal);
      const renewals = asks
        ? await atMost(deps.concurrency, rows, signal, (row, inner) => renewability(row.checkout_id, inner))
        : [];
      return rows.map((row, n) => {
        const item = row.item_id === undefined ? undefined : items.get(row.item_id);
        const ilsId = item?.biblio_id ?? item?.biblio?.biblio_id;
        const known = ilsId === undefined ? undefined : biblios.get(ilsId);
        const biblio = item?.biblio?.title === undefined ? known : item.biblio;
        return { ...loanOf(row, deps.now()), ...detailsOf(item, ilsId, biblio), ...renewals[n] };
      });
    },

    async renew(patronId, loanId, signal) {
      if (!/^[1-9]\d*$/.test(loanId)) return { outcome: 'refused', reason: 'not_found', said: '' };
      const spec = await beforeSending(api.spec(signal));
      const operation = [operations.renew, operations.renewFormerly].find((one) => spec.offers(one));
      if (operation === undefined) throw new IlsFault('not_offered', 'Koha', { mayHaveHappened: false });
      // Carrel's account may renew anyone's loan, so whose this is comes first.
      const held = await beforeSending(api.ask(operations.checkout, { ids: [loanId], also: [404], signal }));
      if (held.status === 404) return { outcome: 'refused', reason: 'not_found', said: held.no.said };
      if (readRow(held, CheckoutRow).patron_id !== patronId)
        return { outcome: 'refused', reason: 'not_yours', said: '' };
      const answer = await api.ask(operation, { ids: [loanId], also: [403, 404], signal });
      if (answer.status === 404) return { outcome: 'refused', reason: 'not_found', said: answer.no.said };
      if (answer.status === 403) return renewalRefusal(answer.no);
      return { outcome: 'renewed', ...dueOf(readRow(answer, CheckoutRow).due_date) };
    },
  };
}

function loanOf(row: CheckoutRow, now: number): IlsLoan {
  const due = dueOf(row.due_date);
  return {
    loanId: row.checkout_id,
    title: '',
    ...(row.external_id !== undefined && { barcode: row.external_id }),
    ...due,
    ...(due.dueAt !== undefined && { overdue: Date.parse(due.dueAt) < now }),
    ...(row.renewals_count != null && { renewals: row.renewals_count }),
  };
}

function detailsOf(
  item: LentItem | undefined,
  ilsId: string | undefined,
  biblio:
    { title?: string | undefined; subtitle?: string | undefined; author?: string | undefined } | undefined,
): Pick<IlsLoan, 'title' | 'author' | 'ilsId' | 'barcode' | 'callNumber'> {
  return {
    title: titleText(biblio),
    ...(biblio?.author !== undefined && { author: biblio.author }),
    ...(ilsId !== undefined && { ilsId }),
    ...(item?.external_id !== undefined && { barcode: item.external_id }),
    ...(item?.callnumber !== undefined && { callNumber: item.callnumber }),
  };
}

function dueOf(text: string | undefined): { dueAt?: string; dueText?: string } {
  const dueAt = instantOf(text);
  if (dueAt !== undefined) return { dueAt };
  return text === undefined ? {} : { dueText: text };
}
