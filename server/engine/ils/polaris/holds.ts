import type { Clock } from '../../cache/clock.js';
import { IlsFault } from '../ils-fault.js';
import type { CancelAnswer, HoldAnswer, HoldQuestion, HoldRequest, IlsPatron, Refused } from '../patron.js';
import type { IlsBranch } from '../record.js';
import type { PolarisAccount } from './account.js';
import { epochForm } from './dates.js';
import { meaningOf } from './error-codes.js';
import { readHoldReply, type Dialogue, type HoldStep } from './hold-reply.js';
import { bibIdOf, type PolarisItems } from './items.js';
import { beforeWriting, faultOf, type Papi } from './papi.js';
import type { Patrons } from './patrons.js';
import type { PapiReply } from './reply.js';
import type { PolarisSettings } from './settings.js';
import { isRealId, number, pathPart, rows, text } from './wire.js';

/** Questions in one dialogue; who asks more often is not understood. */
const MOST_ROUNDS = 6;

/** A dialogue that waits for the patron's answer. */
interface Waiting {
  patron: IlsPatron;
  dialogue: Dialogue;
  pickupBranchId: string;
  round: number;
}

export interface Holds {
  place(patron: IlsPatron, request: HoldRequest, signal: AbortSignal): Promise<HoldAnswer>;
  /** Throws TypeError for a question that is not this system's. */
  answer(patron: IlsPatron, question: HoldQuestion, yes: boolean, signal: AbortSignal): Promise<HoldAnswer>;
  cancel(patron: IlsPatron, holdId: string, signal: AbortSignal): Promise<CancelAnswer>;
}

export function createHolds(deps: {
  papi: Papi;
  patrons: Patrons;
  account: PolarisAccount;
  items: PolarisItems;
  pickupBranch: (id: string) => IlsBranch | undefined;
  settings: PolarisSettings;
  clock: Clock;
}): Holds {
  const { papi, patrons, account, items, settings, clock } = deps;
  const waiting = new WeakMap<HoldQuestion, Waiting>();
  const requestingOrg = settings.requesting_org_id ?? settings.org_id;

  const reply = ({ patron, dialogue }: Waiting, yes: boolean, signal: AbortSignal): Promise<PapiReply> =>
    papi.ask({
      method: 'PUT',
      path: `/holdrequest/${pathPart(dialogue.guid)}`,
      as: patrons.access(patron).as,
      body: {
        TxnGroupQualifier: dialogue.groupQualifier,
        TxnQualifier: dialogue.qualifier,
        RequestingOrgID: requestingOrg,
        Answer: yes ? 1 : 0,
        State: dialogue.state,
      },
      line: 'patrons',
      signal,
    });

  /** Goes on by itself only where others wait for the title already, and the library has said that this is no matter. */
  const follow = async (
    step: HoldStep,
    at: Omit<Waiting, 'dialogue'>,
    signal: AbortSignal,
  ): Promise<HoldAnswer> => {
    switch (step.is) {
      case 'placed': {
        const pickup = deps.pickupBranch(at.pickupBranchId);
        return { outcome: 'placed', ...step.queue, ...(pickup && { pickup }) };
      }
      case 'refused':
        return { outcome: 'refused', reason: step.reason, said: step.said };
      case 'setup':
      case 'failed':
        throw faultOf(step.code, papi.system);
      case 'foreign':
        throw new IlsFault('foreign', papi.system);
      case 'question': {
        const round = at.round + 1;
        if (round > MOST_ROUNDS) throw new IlsFault('foreign', papi.system);
        const next: Waiting = { ...at, dialogue: step.dialogue, round };
        if (step.kind === 'existing_holds' && settings.accept_existing_holds) {
          return follow(readHoldReply(await reply(next, true, signal)), next, signal);
        }
        const question: HoldQuestion = Object.freeze({ kind: step.kind, said: step.said });
        waiting.set(question, next);
        return { outcome: 'question', question };
      }
    }
  };

  const barcodeOf = async (
    { record, itemId }: HoldRequest,
    signal: AbortSignal,
  ): Promise<string | Refused> => {
    if (itemId === undefined) return '';
    const copies = await beforeWriting(items.of(record, signal), papi.system);
    const item = copies.find((one) => one.itemId === itemId);
    if (!item) return refused('not_found');
    return item.barcode ?? refused('not_holdable');
  };

  return {
    async place(patron, request, signal) {
      const { as } = patrons.access(patron);
      const bibId = bibIdOf(request.record);
      if (bibId === undefined) return refused('not_found');
      // 0 would be wherever the patron is registered, and so not where they said.
      if (!isRealId(request.pickupBranchId)) return refused('pickup_place');
      const barcode = await barcodeOf(request, signal);
      if (typeof barcode !== 'string') return barcode;
      const answer = await papi.ask({
        method: 'POST',
        path: '/holdrequest',
        as,
        // Polaris reads these in this order.
        body: {
          PatronID: Number(patron.id),
          BibID: Number(bibId),
          ItemBarcode: barcode,
          VolumeNumber: '',
          Designation: '',
          PickupOrgID: Number(request.pickupBranchId),
          IsBorrowByMail: 0,
          PatronNotes: '',
          ActivationDate: epochForm(clock.now()),
          WorkstationID: settings.workstation_id,
          UserID: settings.user_id,
          RequestingOrgID: requestingOrg,
          TargetGUID: '',
          HoldPickupAreaID: 0,
        },
        line: 'patrons',
        signal,
      });
      const { pickupBranchId } = request;
      return follow(readHoldReply(answer), { patron, pickupBranchId, round: 0 }, signal);
    },

    async answer(patron, question, yes, signal) {
      const at = waiting.get(question);
      if (!at) throw new TypeError('this question was not asked by this system');
      if (at.patron.id !== patron.id) return refused('not_yours');
      return follow(readHoldReply(await reply({ ...at, patron }, yes, signal)), at, signal);
    },

    async cancel(patron, holdId, signal) {
      // 0 cancels every hold that the patron has.
      if (!isRealId(holdId)) return refused('not_found');
      const number_ = String(Number(holdId));
      const own = await beforeWriting(account.holdIds(patron, signal), papi.system);
      if (!own.has(number_)) return refused('not_yours');
      const access = patrons.access(patron);
      const query = `wsid=${settings.workstation_id}&userid=${settings.user_id}`;
      const { code, reply } = await papi.ask({
        method: 'PUT',
        path: `${access.path}/holdrequests/${number_}/cancelled?${query}`,
        as: access.as,
        line: 'patrons',
        signal,
      });
      const meaning = meaningOf(code);
      if (code < -1 && (meaning.is === 'setup' || meaning.is === 'failed')) throw faultOf(code, papi.system);
      const results = [reply, ...(rows(reply, 'HoldRequestCancelRows') ?? [])];
      const isDone = results.every((row) => (number(row, 'ReturnCode') ?? 0) >= 0);
      if (code >= 0 && isDone) return { outcome: 'cancelled' };
      const said = text(reply, 'ErrorMessage') ?? meaning.words;
      return { outcome: 'refused', reason: meaning.is === 'refused' ? meaning.reason : 'other', said };
    },
  };
}

function refused(reason: Refused['reason']): Refused {
  return { outcome: 'refused', reason, said: '' };
}
