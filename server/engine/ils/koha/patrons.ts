import { z } from 'zod';
import type { Clock } from '../../cache/clock.js';
import { IlsFault } from '../ils-fault.js';
import type { Authentication, IlsPatron } from '../patron.js';
import type { KohaAnswer } from './answer.js';
import type { KohaApi } from './api.js';
import type { Ilsdi } from './ilsdi.js';
import { operations } from './operations.js';
import { Id, listRows, readRow, Text } from './rows.js';

/** Of all that Koha tells of a patron Carrel reads this alone. */
export const PatronRow = z.object({
  patron_id: Id,
  cardnumber: Text,
  userid: Text,
  library_id: Text,
  expiry_date: Text,
  restricted: z.boolean().nullish(),
  patron_card_lost: z.boolean().nullish(),
  incorrect_address: z.boolean().nullish(),
});
export type PatronRow = z.infer<typeof PatronRow>;

const Validated = z.object({ patron_id: Id });

export interface KohaPatrons {
  authenticate(card: string, pin: string, signal: AbortSignal): Promise<Authentication>;
  /** Koha's number of a patron who is signed in here; throws `refused` for anyone else. */
  idOf(patron: IlsPatron): string;
  read(patronId: string, signal: AbortSignal): Promise<PatronRow>;
  forget(patron: IlsPatron): void;
}

export function createKohaPatrons({
  api,
  ilsdi,
  clock,
}: {
  api: KohaApi;
  ilsdi: Ilsdi | undefined;
  clock: Clock;
}): KohaPatrons {
  const signedIn = new WeakSet<IlsPatron>();

  const read = async (patronId: string, signal: AbortSignal): Promise<PatronRow> => {
    const answer = await api.ask(operations.patron, { ids: [patronId], signal });
    const row = readRow(answer, PatronRow);
    if (row.patron_id !== patronId) throw new IlsFault('foreign', 'Koha');
    return row;
  };

  /** Koha looks for a part of the number unless told otherwise, so what comes back is compared once more. */
  const find = async (field: 'cardnumber' | 'userid', value: string, signal: AbortSignal) => {
    const query = { [field]: value, _match: 'exact' };
    const rows = await listRows(api, operations.patrons, { query, orderBy: 'patron_id', signal }, PatronRow);
    return (rows ?? []).filter((row) => row[field]?.toLowerCase() === value.toLowerCase());
  };

  /** The one patron with this card number or user name. More than one, or none, is no answer to rely on. */
  const findOne = async (identifier: string, signal: AbortSignal): Promise<PatronRow> => {
    const byCard = await find('cardnumber', identifier, signal);
    const byUser = await find('userid', identifier, signal);
    const found = new Map([...byCard, ...byUser].map((row) => [row.patron_id, row]));
    const [only] = found.values();
    if (found.size !== 1 || !only) throw new IlsFault('foreign', 'Koha');
    return only;
  };

  const validate = async (card: string, pin: string, signal: AbortSignal) => {
    const spec = await api.spec(signal);
    const takes = (field: string): boolean => spec.hasField(operations.validatePassword, field);
    // The first form of this endpoint knew user names alone, and a card number is not always one.
    const isFirstForm = takes('userid') && !takes('identifier');
    const [byCard] = isFirstForm ? await find('cardnumber', card, signal) : [];
    const body = isFirstForm
      ? { userid: byCard?.userid ?? card, password: pin }
      : { identifier: card, password: pin };
    return api.ask(operations.validatePassword, { body, also: [400], signal });
  };

  /** The patron to whom Koha said yes; or the no that it gave. */
  const admitted = async (card: string, answer: KohaAnswer, signal: AbortSignal) => {
    if (answer.status === 400) return refusalOf(answer);
    // Before bug 34313 Koha said yes with no content; an empty 200 or an error under a good status is no yes.
    if (answer.isEmpty && answer.status === 200) throw new IlsFault('foreign', 'Koha');
    if (answer.isEmpty) return findOne(card, signal);
    const row = await read(readRow(answer, Validated).patron_id, signal);
    // Some versions look for the patron by the card number of what they checked, and for an expired password they have
    // none: then anyone without a card is found.
    if (row.cardnumber === undefined) assertNamed(row, card);
    return row;
  };

  const byIlsdi = async (asked: Ilsdi, card: string, pin: string, signal: AbortSignal) => {
    const answer = await asked.authenticate(card, pin, signal);
    if (answer.outcome !== 'ok') return answer.outcome;
    const row = await read(answer.patronId, signal);
    // It names a number alone, in some versions that of a patron without a user name in place of a no.
    assertNamed(row, card);
    return row;
  };

  return {
    async authenticate(given, pin, signal) {
      const card = given.trim();
      if (card === '' || pin === '') return { outcome: 'rejected' };
      const isOffered = (await api.spec(signal)).offers(operations.validatePassword);
      const row =
        ilsdi && !isOffered
          ? await byIlsdi(ilsdi, card, pin, signal)
          : await admitted(card, await validate(card, pin, signal), signal);
      if (typeof row === 'string') return { outcome: row };
      if (row.restricted === true || row.patron_card_lost === true) return { outcome: 'blocked' };
      if (hasExpired(row, clock.now())) return { outcome: 'expired' };
      const patron: IlsPatron = { id: row.patron_id, homeBranchId: row.library_id };
      signedIn.add(patron);
      return { outcome: 'ok', patron };
    },
    idOf(patron) {
      if (!signedIn.has(patron)) throw new IlsFault('refused', 'Koha', { mayHaveHappened: false });
      return patron.id;
    },
    read,
    forget: (patron) => void signedIn.delete(patron),
  };
}

/** Koha has no codes here. Only its one sentence is a no to the patron; it is the same for a locked account. */
function refusalOf({ no }: KohaAnswer): 'rejected' | 'expired' {
  if (no.isMalformed) throw new IlsFault('foreign', 'Koha');
  if (no.said === 'Validation failed') return 'rejected';
  if (/^password (has )?expired/i.test(no.said)) return 'expired';
  throw new IlsFault('foreign', 'Koha');
}

/** Throws `foreign` unless this is what the patron calls themselves, by card number or user name. */
function assertNamed({ cardnumber, userid }: PatronRow, identifier: string): void {
  const names = [cardnumber, userid].map((name) => name?.toLowerCase());
  if (!names.includes(identifier.toLowerCase())) throw new IlsFault('foreign', 'Koha');
}

/** The card is good on its last day, wherever the library stands: that day ends last twelve hours west of Greenwich. */
function hasExpired({ expiry_date: expires }: PatronRow, now: number): boolean {
  const lastPlace = new Date(now - 12 * 3_600_000).toISOString().slice(0, 10);
  return expires !== undefined && expires.slice(0, 10) < lastPlace;
}
