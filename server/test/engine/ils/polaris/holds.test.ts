import t from 'tap';
import type { HoldAnswer, HoldQuestion, IlsPatron } from '../../../../engine/ils/patron.js';
import { bibOf } from '../../../fakes/bibs.js';
import {
  faultOf,
  method,
  openScriptedPapi,
  signInAnswer,
  staffAccount,
  type Heard,
  type Said,
} from './scripted-papi.js';

const { signal } = new AbortController();
const record = bibOf('501', 'A title');
const GUID = '7F279D6E-CFDE-4AE3-BE96-EE12305CDF11';

const step = (type: number, value: number, n: number, more: object = {}): Said => ({
  json: {
    PAPIErrorCode: 0,
    ErrorMessage: '',
    RequestGUID: GUID,
    TxnGroupQualifer: 'group',
    TxnQualifier: `qualifier-${n}`,
    StatusType: type,
    StatusValue: value,
    Message: `Question ${n}?`,
    QueuePosition: 0,
    QueueTotal: 0,
    ...more,
  },
});
const placed = step(2, 1, 0, { QueuePosition: 2, QueueTotal: 4 });

/** A patron, and a Polaris that gives these answers to the requests of one dialogue. */
async function atTheDesk(
  t: Parameters<typeof openScriptedPapi>[0],
  answers: Said[],
  more: Record<string, unknown> = {},
) {
  const dialogue: Heard[] = [];
  const opened = await openScriptedPapi(
    t,
    (heard) => {
      const path = method(heard.target);
      if (path.startsWith('/holdrequest'))
        return answers[dialogue.push(heard) - 1] ?? { status: 500, text: '' };
      if (path === '/organizations/branch')
        return {
          json: { PAPIErrorCode: 1, OrganizationsGetRows: [{ OrganizationID: 3, DisplayName: 'Main' }] },
        };
      if (path.includes('/holdings') || path.includes('/synch/items'))
        return {
          json: {
            PAPIErrorCode: 1,
            BibHoldingsGetRows: [{ LocationID: 3, Barcode: 'B-1', CircStatus: 'In' }],
            ItemGetRows: [
              { LocationID: 3, ItemRecordID: 9001, Barcode: 'B-9001', CircStatus: 'Out' },
              { LocationID: 3, ItemRecordID: 9002, Barcode: null, CircStatus: 'Out' },
            ],
          },
        };
      if (path === '/authenticator/staff')
        return { json: { PAPIErrorCode: 0, AccessToken: 'tok', AccessSecret: 'sec' } };
      return signInAnswer(heard) ?? { status: 404, text: '' };
    },
    more,
  );
  const answer = await opened.ils.authenticate('CARD-0001', 'a-pin', { signal });
  if (answer.outcome !== 'ok') throw new Error('the patron should be signed in');
  const patron: IlsPatron = answer.patron;
  const place = (request: object = {}) =>
    opened.ils.placeHold(patron, { record, pickupBranchId: '3', ...request }, { signal });
  const say = (question: HoldQuestion, yes: boolean) =>
    opened.ils.continueHold(patron, question, yes, { signal });
  return { ...opened, patron, dialogue, place, say };
}

function questionOf(answer: HoldAnswer): HoldQuestion {
  if (answer.outcome !== 'question') throw new Error(`expected a question, not ${answer.outcome}`);
  return answer.question;
}

t.test('a hold without questions is one request, its fields in Polaris’s order', async (t) => {
  const { place, dialogue, ils } = await atTheDesk(t, [placed], { user_id: 7, workstation_id: 12 });
  await ils.branches({ signal });
  t.strictSame(await place(), {
    outcome: 'placed',
    queuePosition: 2,
    queueTotal: 4,
    pickup: { id: '3', name: 'Main', pickup: true },
  });
  t.equal(dialogue.length, 1);
  t.equal(dialogue[0]?.method, 'POST');
  t.equal(
    dialogue[0]?.body,
    '{"PatronID":4711,"BibID":501,"ItemBarcode":"","VolumeNumber":"","Designation":"","PickupOrgID":3,' +
      '"IsBorrowByMail":0,"PatronNotes":"","ActivationDate":"/Date(1772632920000)/","WorkstationID":12,"UserID":7,' +
      '"RequestingOrgID":1,"TargetGUID":"","HoldPickupAreaID":0}',
  );
});

t.test('others who wait are no question, where the library has said so', async (t) => {
  const { place, dialogue } = await atTheDesk(t, [step(3, 5, 1), placed], { requesting_org_id: 9 });
  t.match(await place(), { outcome: 'placed' });
  t.equal(dialogue[1]?.method, 'PUT');
  t.equal(method(dialogue[1]?.target ?? ''), `/holdrequest/${GUID}`);
  t.equal(
    dialogue[1]?.body,
    '{"TxnGroupQualifier":"group","TxnQualifier":"qualifier-1","RequestingOrgID":9,"Answer":1,"State":3}',
  );
});

t.test('they are one, where it has not', async (t) => {
  const { place, say, dialogue } = await atTheDesk(t, [step(3, 5, 1), placed], {
    accept_existing_holds: false,
  });
  const question = questionOf(await place());
  t.match(question, { kind: 'existing_holds', said: 'Question 1?' });
  t.equal(dialogue.length, 1);
  t.match(await say(question, true), { outcome: 'placed' });
});

t.test(
  'a charge is never accepted by itself, nor a loan from elsewhere, a local copy or a title without copies',
  async (t) => {
    const kinds = { 3: 'local_copy', 4: 'interlibrary_loan', 6: 'no_copies', 7: 'fee', 8: 'other' };
    for (const [value, kind] of Object.entries(kinds)) {
      const { place, dialogue } = await atTheDesk(t, [step(3, Number(value), 1), placed]);
      t.match(questionOf(await place()), { kind, said: 'Question 1?' });
      t.equal(dialogue.length, 1, `${kind}: nothing is answered`);
    }
  },
);

t.test('a dialogue of four rounds goes on with what each reply gave', async (t) => {
  const { place, say, dialogue } = await atTheDesk(t, [
    step(3, 3, 1),
    step(3, 5, 2),
    step(3, 6, 3, { TxnGroupQualifer: undefined, TxnGroupQualifier: 'corrected' }),
    step(3, 7, 4),
    placed,
  ]);
  const local = questionOf(await place());
  t.equal(local.kind, 'local_copy');
  const empty = questionOf(await say(local, true));
  t.equal(empty.kind, 'no_copies', 'the one about other holds in between was not put');
  const fee = questionOf(await say(empty, true));
  t.equal(fee.kind, 'fee');
  t.match(await say(fee, true), { outcome: 'placed', queuePosition: 2 });
  const sent = dialogue.slice(1).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  t.same(
    sent.map((body) => [body['State'], body['TxnQualifier'], body['TxnGroupQualifier'], body['Answer']]),
    [
      [1, 'qualifier-1', 'group', 1],
      [3, 'qualifier-2', 'group', 1],
      [4, 'qualifier-3', 'corrected', 1],
      [5, 'qualifier-4', 'group', 1],
    ],
  );
});

t.test('no is told to Polaris, and nothing is placed', async (t) => {
  const { place, say, dialogue } = await atTheDesk(t, [
    step(3, 7, 1),
    step(2, 0, 0, { Message: 'Your request has been cancelled.' }),
  ]);
  const answer = await say(questionOf(await place()), false);
  t.strictSame(answer, { outcome: 'refused', reason: 'other', said: 'Your request has been cancelled.' });
  t.match(dialogue[1]?.body, '"Answer":0,"State":5');
});

t.test('more than six rounds are not understood', async (t) => {
  const endless = Array.from({ length: 20 }, (_, n) => step(3, 5, n + 1));
  const { place, dialogue } = await atTheDesk(t, endless);
  t.match(await faultOf(place()), { kind: 'foreign', mayHaveHappened: true });
  t.equal(dialogue.length, 7, 'the request and six answers');
  const asked = await atTheDesk(t, endless, { accept_existing_holds: false });
  let question = questionOf(await asked.place());
  for (let n = 1; n < 6; n += 1) question = questionOf(await asked.say(question, true));
  t.match(await faultOf(asked.say(question, true)), { kind: 'foreign' });
});

t.test('a refusal says why', async (t) => {
  const cases: [Said, string][] = [
    [step(1, 2, 1), 'pickup_place'],
    [step(1, 10, 1), 'age'],
    [step(1, 99, 1), 'other'],
    [{ json: { PAPIErrorCode: -4006 } }, 'not_found'],
    [{ json: { PAPIErrorCode: -4007 } }, 'pickup_place'],
    [{ status: 400, json: { PAPIErrorCode: -4020 } }, 'pickup_place'],
  ];
  for (const [said, reason] of cases) {
    const { place, dialogue } = await atTheDesk(t, [said, placed]);
    t.match(await place(), { outcome: 'refused', reason });
    t.equal(dialogue.length, 1, 'and is not tried again');
  }
});

t.test('a hold that nobody knows of is a fault that says so, sent once', async (t) => {
  for (const said of ['hang_up', { status: 500, text: '' }, { status: 200, text: '{"PAPI' }] as Said[]) {
    const { place, dialogue } = await atTheDesk(t, [said, placed]);
    t.equal((await faultOf(place())).mayHaveHappened, true);
    t.equal(dialogue.length, 1);
  }
  const lost = await atTheDesk(t, [step(3, 5, 1), 'hang_up', placed]);
  t.equal((await faultOf(lost.place())).mayHaveHappened, true);
  t.equal(lost.dialogue.length, 2);
  const unsigned = await atTheDesk(t, [{ status: 401, text: '' }, placed]);
  t.match(await faultOf(unsigned.place()), { kind: 'refused', mayHaveHappened: false });
  t.equal(unsigned.dialogue.length, 1);
});

t.test(
  'a wrong user or workstation in the settings is told to staff, a reply without sense to nobody',
  async (t) => {
    for (const code of [-4002, -8001, -4004]) {
      const { place } = await atTheDesk(t, [{ json: { PAPIErrorCode: code } }]);
      t.match(await faultOf(place()), {
        kind: 'refused',
        grant: /user and workstation/,
        mayHaveHappened: false,
      });
    }
    const failed = await atTheDesk(t, [{ json: { PAPIErrorCode: -9 } }]);
    t.match(await faultOf(failed.place()), { kind: 'broken', mayHaveHappened: true });
    const odd = await atTheDesk(t, [step(2, 9, 0)]);
    t.match(await faultOf(odd.place()), { kind: 'foreign', mayHaveHappened: true });
  },
);

t.test('as staff, a 401 has done nothing: with a new token the hold is sent again', async (t) => {
  const { place, dialogue } = await atTheDesk(t, [{ status: 401, text: '' }, placed], {
    ...staffAccount,
    patron_calls_as_staff: true,
  });
  t.match(await place(), { outcome: 'placed' });
  t.equal(dialogue.length, 2);
});

t.test('as staff who cannot sign in, nothing is sent, and the fault says so', async (t) => {
  const opened = await openScriptedPapi(
    t,
    (heard) =>
      heard.target.endsWith('/authenticator/staff')
        ? { status: 500, text: '' }
        : (signInAnswer(heard) ?? placed),
    { ...staffAccount, patron_calls_as_staff: true },
  );
  const signingIn = opened.ils.authenticate('CARD-0001', 'a-pin', { signal });
  t.match(await faultOf(signingIn), { kind: 'broken', mayHaveHappened: false });
});

t.test('who walks away leaves a request that is not repeated', async (t) => {
  const { ils, patron, dialogue } = await atTheDesk(t, ['silence', placed]);
  const leaving = new AbortController();
  const placing = ils.placeHold(patron, { record, pickupBranchId: '3' }, { signal: leaving.signal });
  placing.catch(() => undefined);
  while (dialogue.length === 0) await new Promise((resolve) => setImmediate(resolve));
  leaving.abort(new Error('gone'));
  await t.rejects(placing, { message: 'gone' });
  t.equal(dialogue.length, 1);
});

t.test('a place or a record that cannot be is refused without asking', async (t) => {
  const { place, dialogue } = await atTheDesk(t, [placed]);
  for (const pickupBranchId of ['0', '', 'MAIN', '-3'])
    t.match(await place({ pickupBranchId }), { outcome: 'refused', reason: 'pickup_place' }, pickupBranchId);
  t.match(await place({ record: bibOf('ocm12', 'Elsewhere') }), { outcome: 'refused', reason: 'not_found' });
  t.equal(dialogue.length, 0);
});

t.test('a hold on one copy goes by its barcode', async (t) => {
  const { place, dialogue } = await atTheDesk(t, [placed], staffAccount);
  t.match(await place({ itemId: '9001' }), { outcome: 'placed' });
  t.match(dialogue[0]?.body, '"ItemBarcode":"B-9001"');
  t.match(await place({ itemId: '9002' }), { outcome: 'refused', reason: 'not_holdable' });
  t.match(await place({ itemId: '9999' }), { outcome: 'refused', reason: 'not_found' });
  t.equal(dialogue.length, 1, 'never the title instead of the copy');
  const open = await atTheDesk(t, [placed]);
  t.match(await open.place({ itemId: 'B-1' }), { outcome: 'placed' });
  t.match(open.dialogue[0]?.body, '"ItemBarcode":"B-1"');
});

t.test('a question is answered by whom it was put to', async (t) => {
  const { place, ils, dialogue, say } = await atTheDesk(t, [step(3, 7, 1), placed]);
  const question = questionOf(await place());
  const other: IlsPatron = { id: '4712', homeBranchId: undefined };
  t.match(await ils.continueHold(other, question, true, { signal }), {
    outcome: 'refused',
    reason: 'not_yours',
  });
  t.equal(dialogue.length, 1);
  await t.rejects(say({ kind: 'fee', said: 'Made up?' }, true), TypeError);
  t.notMatch(JSON.stringify(question), /qualifier|7F279D6E/, 'it shows nothing of the dialogue');
});

t.test('pickup places are those of the patron’s own branch', async (t) => {
  const rows = [3, 4, 5].map((n) => ({
    OrganizationID: n,
    OrganizationCodeID: 3,
    DisplayName: `Branch ${n}`,
  }));
  const branches = {
    json: {
      PAPIErrorCode: 3,
      OrganizationsGetRows: [{ ...rows[0], OrganizationID: 2, OrganizationCodeID: 2 }, ...rows],
    },
  };
  for (const list of [
    [{ ID: 3 }, { ID: 5 }],
    [3, 5],
  ]) {
    const { ils, heard } = await openScriptedPapi(t, (one) => {
      if (one.target.endsWith('/organizations/branch')) return branches;
      if (one.target.endsWith('/pickupbranches'))
        return { json: { PAPIErrorCode: 0, PickupBranchesRows: list } };
      return signInAnswer(one) ?? { status: 404, text: '' };
    });
    const answer = await ils.authenticate('CARD-0001', 'a-pin', { signal });
    if (answer.outcome !== 'ok') return t.fail();
    t.same(await ils.pickupBranches(answer.patron, record, { signal }), [
      { id: '3', name: 'Branch 3', pickup: true },
      { id: '5', name: 'Branch 5', pickup: true },
    ]);
    t.ok(heard.some(({ target }) => target.endsWith('/1033/100/3/pickupbranches')));
    await ils.pickupBranches(answer.patron, record, { signal });
    t.equal(
      heard.filter(({ target }) => target.endsWith('/organizations/branch')).length,
      1,
      'names are remembered',
    );
  }
});

t.test('an older Polaris without such a list offers all branches', async (t) => {
  const { ils, patron } = await atTheDesk(t, []);
  t.same(await ils.pickupBranches(patron, record, { signal }), [{ id: '3', name: 'Main', pickup: true }]);
});
