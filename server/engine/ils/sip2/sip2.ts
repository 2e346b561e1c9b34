import { systemClock, type Clock } from '../../cache/clock.js';
import { IlsFault } from '../ils-fault.js';
import type { Ils } from '../ils.js';
import type { IlsAccount } from '../account.js';
import type { HoldRequest, IlsPatron, Refused } from '../patron.js';
import type { IlsBranch } from '../record.js';
import { abilitiesOf, noAbilities } from './abilities.js';
import { holdIdOf, isLineId, readAccount, readHoldId } from './account.js';
import { copiesOfRecords } from './asked-copies.js';
import { readItem, unasked, type ItemWord } from './copy.js';
import { sipDates } from './dates.js';
import { textCode } from './encoding.js';
import { cleaned } from './fields.js';
import { createLinks } from './links.js';
import { isConfirmed, saidIn, standing } from './patron-word.js';
import { isSame, type Reply } from './reply.js';
import { sipRequests, type SipCard } from './request.js';
import type { Sip2Settings } from './settings.js';
import { createVisits } from './visits.js';

/**
 * A library's system seen through SIP2, the protocol of self-check machines: it answers about cards and barcodes and has
 * no catalogue, so that records and their barcodes must come from elsewhere. Connects when first asked. Never sends a
 * message that lends, takes back, takes money, or blocks or enables a card.
 */
export function openSip2(settings: Sip2Settings, deps: { clock?: Clock } = {}): Ils {
  const clock = deps.clock ?? systemClock;
  const dates = sipDates(settings);
  const code = textCode(settings.encoding);
  const requests = sipRequests(settings, dates, () => clock.now());
  const links = createLinks({ settings, clock, code, requests });
  const visits = createVisits(settings);
  const branches: IlsBranch[] = settings.branches.map(({ id, name }) => ({ id, name, pickup: true }));

  /** False for a value that would have to be changed, and so mean another, before it could be sent. */
  const isSendable = (value: string): boolean =>
    cleaned(value, settings.delimiter) === value && code.encode(value) !== undefined;

  /** Undefined for a barcode that cannot be sent. */
  const itemOf = async (
    barcode: string,
    signal: AbortSignal,
  ): Promise<(ItemWord & { isFound: boolean }) | undefined> => {
    if (!isSendable(barcode)) return undefined;
    const reply = await links.ask(requests.item(barcode), signal);
    const word = readItem(reply, settings, dates);
    const named = reply.first('AB');
    if (!named || isSame(named, barcode)) return word;
    return { ...word, ...unasked('the system answered for another copy'), isFound: false };
  };

  const refused = (reply: Reply): Refused => {
    const said = saidIn(reply, settings);
    const words = said.toLowerCase();
    const known = settings.refusal_words.find((one) => words.includes(one.words.toLowerCase()));
    return { outcome: 'refused', reason: known?.reason ?? 'other', said };
  };
  const no = (reason: Refused['reason']): Refused => ({ outcome: 'refused', reason, said: '' });

  /** The copy or title that a hold is to be placed on; undefined where the record names none that can be sent. */
  const targetOf = ({ record, itemId }: HoldRequest): { barcode: string; titleId: string } | undefined => {
    const barcodes = record.items
      .filter((item) => itemId === undefined || item.itemId === itemId)
      .map((item) => item.barcode?.trim() ?? '')
      .filter((barcode) => barcode !== '' && isSendable(barcode));
    if (itemId === undefined && settings.hold_by === 'title_id') {
      const titleId = record.keys.ilsId ?? record.id;
      return isSendable(titleId) ? { barcode: '', titleId } : undefined;
    }
    return barcodes[0] === undefined ? undefined : { barcode: barcodes[0], titleId: '' };
  };

  const read = (card: SipCard, of: Sip2Settings, signal: AbortSignal): Promise<IlsAccount> =>
    readAccount(card, {
      settings: of,
      dates,
      requests,
      now: () => clock.now(),
      signal,
      ask: (request) => links.ask(request, signal),
      itemOf: async (barcode) => {
        const word = await itemOf(barcode, signal);
        return word?.isFound === true ? word : undefined;
      },
    });

  /** Holds that a patron was last shown. */
  const seen = new WeakMap<IlsPatron, Set<string>>();
  /** Older Kohas cancel a hold and answer that there was none: whether one that was shown has gone all the same. */
  const isGoneFor = async (
    patron: IlsPatron,
    card: SipCard,
    holdId: string,
    signal: AbortSignal,
  ): Promise<boolean> => {
    if (seen.get(patron)?.has(holdId) !== true) return false;
    const account_parts = settings.account_parts.filter((part) => part !== 'charged' && part !== 'fines');
    try {
      const { holds } = await read(card, { ...settings, account_parts, look_up_items: false }, signal);
      return holds !== undefined && !holds.some((hold) => hold.holdId === holdId);
    } catch (error) {
      if (!(error instanceof IlsFault)) throw error;
      return false;
    }
  };

  return {
    source: 'ils',
    name: settings.name,
    host: `${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${settings.port}`,

    async capabilities({ signal }) {
      try {
        return abilitiesOf(settings, await links.hello(signal));
      } catch (error) {
        if (error instanceof IlsFault && error.kind === 'refused') return noAbilities(error);
        throw error;
      }
    },
    async branches({ signal }) {
      signal.throwIfAborted();
      return Promise.resolve(branches.map((branch) => ({ ...branch })));
    },
    async availability(records, { signal }) {
      signal.throwIfAborted();
      const limits = { itemsPerRecord: settings.items_per_record, atATime: settings.connections, signal };
      const nameOf = (id: string): string | undefined => branches.find((branch) => branch.id === id)?.name;
      return copiesOfRecords(records, limits, (barcode) => itemOf(barcode, signal), nameOf);
    },

    async authenticate(typed, pin, { signal }) {
      signal.throwIfAborted();
      const card = typed.trim();
      // An empty PIN is never asked about: some systems call it right.
      const isAskable = [card, pin].every((value) => value.trim() !== '' && isSendable(value));
      if (!isAskable) return { outcome: 'rejected' };
      const request =
        settings.sign_in_message === '23'
          ? requests.patronStatus({ card, pin }, { again: false })
          : requests.patronInformation({ card, pin }, { again: false });
      const reply = await links.ask(request, signal);
      if (!isConfirmed(reply, card, settings)) return { outcome: 'rejected' };
      const outcome = standing(reply, settings, dates, clock.now());
      if (outcome !== 'ok') return { outcome };
      return { outcome, patron: visits.begin({ card, pin }, reply.first('AQ') || undefined) };
    },
    async account(patron, { signal }) {
      const account = await read(visits.get(patron), settings, signal);
      seen.set(patron, new Set(account.holds?.map(({ holdId }) => holdId)));
      return account;
    },
    async pickupBranches(patron, _record, { signal }) {
      signal.throwIfAborted();
      visits.get(patron);
      return Promise.resolve(branches.map((branch) => ({ ...branch })));
    },

    async placeHold(patron, request, { signal }) {
      const card = visits.get(patron);
      const pickup = branches.find((branch) => branch.id === request.pickupBranchId);
      if (!pickup) return no('pickup_place');
      const target = targetOf(request);
      if (!target) return no('not_holdable');
      const type = request.itemId === undefined ? '2' : '3';
      const reply = await links.ask(requests.placeHold({ card, ...target, pickup: pickup.id, type }), signal);
      if (!isDone(reply)) return refused(reply);
      const holdId = holdIdOf(target);
      if (holdId !== undefined) seen.get(patron)?.add(holdId);
      const place = /^\d{1,6}$/.exec(reply.first('BR') ?? '');
      return {
        outcome: 'placed',
        ...(holdId !== undefined && { holdId }),
        ...(place && { queuePosition: Number(place[0]) }),
        pickup: branches.find((branch) => branch.id === reply.first('BS')) ?? pickup,
      };
    },
    continueHold: () =>
      Promise.reject(new IlsFault('not_offered', settings.name, { mayHaveHappened: false })),
    async cancelHold(patron, holdId, { signal }) {
      const card = visits.get(patron);
      const target = readHoldId(holdId);
      if (!target || !isSendable(target.barcode + target.titleId)) return no('not_found');
      const reply = await links.ask(requests.cancelHold(card, target), signal);
      const isGone = isDone(reply) || (await isGoneFor(patron, card, holdId, signal));
      return isGone ? { outcome: 'cancelled' } : refused(reply);
    },
    async renew(patron, loanId, { signal }) {
      const card = visits.get(patron);
      if (isLineId(loanId)) return no('not_renewable');
      if (loanId.trim() === '' || !isSendable(loanId)) return no('not_found');
      const reply = await links.ask(requests.renew(card, loanId), signal);
      if (!isDone(reply)) return refused(reply);
      const due = reply.first('AH') || undefined;
      const dueAt = due === undefined ? undefined : dates.read(due);
      return {
        outcome: 'renewed',
        ...(dueAt !== undefined && { dueAt }),
        ...(due !== undefined && dueAt === undefined && { dueText: due }),
      };
    },
    async endSession(patron, { signal }) {
      const card = visits.end(patron);
      if (!card || !settings.end_session) return;
      try {
        await links.ask(requests.endSession(card), signal);
      } catch (error) {
        signal.throwIfAborted();
        // A system that is away has no session left to end, and one that does not know the message never had one.
        if (!(error instanceof IlsFault)) throw error;
      }
    },

    close() {
      links.close();
      return Promise.resolve();
    },
  };
}

/** Whether a 16 or 30 says that it was done; Koha may say of how many holds. */
function isDone(reply: Reply): boolean {
  return /^[1-9]/.test(reply.fixed);
}
