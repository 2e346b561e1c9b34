import { randomBytes, randomUUID } from 'node:crypto';
import { SILENCE, type Answer, type Asked } from '../http-simulator.js';
import { number, papi, readBody } from './polaris-format.js';
import type { Ground, Route } from './polaris-ground.js';
import type { PolarisBib, PolarisPatron } from './polaris-state.js';

/** The vendor's order of elements, which an XML body must keep. */
const CREATE = [
  'PatronID',
  'BibID',
  'ItemBarcode',
  'VolumeNumber',
  'Designation',
  'PickupOrgID',
  'IsBorrowByMail',
  'PatronNotes',
  'ActivationDate',
  'WorkstationID',
  'UserID',
  'RequestingOrgID',
  'TargetGUID',
  'HoldPickupAreaID',
];
const REPLY = ['TxnGroupQualifier', 'TxnQualifier', 'RequestingOrgID', 'Answer', 'State'];

interface Talk {
  patron: PolarisPatron;
  bib: PolarisBib;
  pickup: number;
  /** Questions still to be asked; the first is open. */
  questions: number[];
  group: string;
  qualifier: string;
}

interface Said {
  type: 1 | 2 | 3;
  value: number;
  message: string;
  guid?: string;
  talk?: Talk;
  queue?: [position: number, total: number];
}

/**
 * HoldRequestCreate and HoldRequestReply. What is asked depends on record and patron, in this order: 3 a copy is here,
 * 4 the loan policy, 5 others wait, 6 no copies, 7 a charge. Each question goes once; each answer carries the qualifiers
 * of the last question and `State` = its value less two.
 */
export function holdDialogue({ state, faults, now }: Ground): Route[] {
  const talks = new Map<string, Talk>();

  const questions = (bib: PolarisBib, patron: PolarisPatron): number[] => {
    const copies = state.items.filter((one) => one.bibId === bib.id);
    const waiting = active(bib);
    return [
      ...(bib.asksWhenLocal && copies.some((one) => one.status === 'In') ? [3] : []),
      ...(bib.asksForLoanPolicy ? [4] : []),
      ...(waiting > 0 ? [5] : []),
      ...(copies.length === 0 ? [6] : []),
      ...(patron.holdFee > 0 ? [7] : []),
    ];
  };
  const active = (bib: PolarisBib): number =>
    state.holds.filter((one) => one.bibId === bib.id && [1, 3, 4, 5, 6, 18].includes(one.status)).length;
  const words: Record<number, (bib: PolarisBib) => string> = {
    3: () => 'Item is available locally. Would you like to place a local hold request?',
    4: () => 'Do you accept the ILL policy?',
    5: (bib) =>
      `There are ${active(bib)} active requests for this title. Do you still want to place the request?`,
    6: () =>
      'No items are linked to this record. Your request may not be filled. Do you still want to place this request?',
    7: () => 'The library charges for hold requests. Do you still want to place the request?',
  };

  const answer = (asked: Asked, said: Said): Answer =>
    papi(asked, 'HoldRequestResult', 0, '', {
      RequestGUID: said.guid ?? '',
      // Misspelt by the vendor here and spelt right in the reply that carries it back.
      TxnGroupQualifer: said.talk?.group ?? '',
      TxnQualifier: said.talk?.qualifier ?? '',
      StatusType: said.type,
      StatusValue: said.value,
      Message: said.message,
      QueuePosition: said.queue?.[0] ?? 0,
      QueueTotal: said.queue?.[1] ?? 0,
    });
  const error = (asked: Asked, code: number): Answer =>
    papi(asked, 'HoldRequestResult', code, '', {
      RequestGUID: '',
      TxnGroupQualifer: '',
      TxnQualifier: '',
      StatusType: 0,
      StatusValue: 0,
      Message: '',
      QueuePosition: 0,
      QueueTotal: 0,
    });

  /** Asks the next question or, with none left, places the hold. */
  const goOn = (asked: Asked, guid: string, talk: Talk): Answer | typeof SILENCE => {
    const [question] = talk.questions;
    if (question !== undefined) {
      talk.qualifier = randomBytes(15).toString('base64url');
      talks.set(guid, talk);
      return answer(asked, {
        type: 3,
        value: question,
        message: words[question]?.(talk.bib) ?? '',
        guid,
        talk,
      });
    }
    talks.delete(guid);
    state.holds.push({
      id: Math.max(8000, ...state.holds.map((one) => one.id)) + 1,
      patronId: talk.patron.id,
      bibId: talk.bib.id,
      status: 3,
      pickupBranchId: talk.pickup,
      activates: new Date(now()).toISOString(),
      expires: new Date(now() + 365 * 86_400_000).toISOString(),
      pickupBy: null,
    });
    if (talk.patron.holdFee > 0)
      state.fines.push({
        id: Math.max(900, ...state.fines.map((one) => one.id)) + 1,
        patronId: talk.patron.id,
        itemId: null,
        at: new Date(now()).toISOString(),
        description: 'Hold Request Charge',
        amount: talk.patron.holdFee,
        outstanding: talk.patron.holdFee,
      });
    if (faults.holdThenSilence) return SILENCE;
    const total = active(talk.bib);
    return answer(asked, {
      type: 2,
      value: 1,
      message: 'Your request has been placed.',
      queue: [total, total],
    });
  };

  return [
    [
      'POST',
      'holdrequest',
      ({ asked }) => {
        const body = readBody(asked, CREATE);
        if (!body) return error(asked, -1);
        const patron = state.patrons.find((one) => one.id === number(body['PatronID']));
        if (!patron) return error(asked, -4001);
        if (!(number(body['WorkstationID']) > 0)) return error(asked, -4002);
        if (!(number(body['UserID']) > 0)) return error(asked, -8001);
        const branches = state.organizations;
        if (!branches.some((one) => one.id === number(body['RequestingOrgID']))) return error(asked, -4004);
        const bib = state.bibs.find((one) => one.id === number(body['BibID']));
        if (!bib) return error(asked, -4006);
        const wanted = number(body['PickupOrgID']) || 0;
        const pickup = branches.find((one) => one.id === (wanted || patron.branchId));
        if (!pickup) return error(asked, -4007);
        const refusal = refused(patron, bib, pickup.pickup);
        if (refusal) return answer(asked, refusal);
        const guid = randomUUID().toUpperCase();
        const group = randomBytes(15).toString('base64url');
        return goOn(asked, guid, {
          patron,
          bib,
          pickup: pickup.id,
          questions: questions(bib, patron),
          group,
          qualifier: '',
        });
      },
    ],
    [
      'PUT',
      'holdrequest/*',
      ({ asked, parts: [guid = ''] }) => {
        const talk = talks.get(guid.toUpperCase());
        const body = readBody(asked, REPLY);
        if (!body) return error(asked, -1);
        if (!talk) return error(asked, -4100);
        if (body['TxnGroupQualifier'] !== talk.group) return error(asked, -4101);
        if (body['TxnQualifier'] !== talk.qualifier) return error(asked, -4102);
        const yes = number(body['Answer']);
        if (yes !== 0 && yes !== 1) return error(asked, -4103);
        if (number(body['State']) !== (talk.questions[0] ?? 0) - 2) return error(asked, -4104);
        if (yes === 0) {
          talks.delete(guid.toUpperCase());
          return answer(asked, { type: 2, value: 0, message: 'Your request has not been placed.' });
        }
        talk.questions.shift();
        return goOn(asked, guid.toUpperCase(), talk);
      },
    ],
  ];

  function refused(patron: PolarisPatron, bib: PolarisBib, canPickUp: boolean): Said | undefined {
    if (!canPickUp) return { type: 1, value: 2, message: 'Please select a pickup location.' };
    if (patron.age < bib.minimumAge)
      return { type: 1, value: 10, message: 'You are under the age for this material.' };
    if (patron.blocks.length > 0 || Date.parse(patron.expires) < now())
      return { type: 1, value: 1, message: 'Please contact the library regarding your account.' };
    const mine = state.holds.some(
      (one) => one.patronId === patron.id && one.bibId === bib.id && one.status < 7,
    );
    if (mine) return { type: 1, value: 1, message: 'You already have a request for this title.' };
    return undefined;
  }
}
