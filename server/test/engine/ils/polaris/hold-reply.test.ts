import t from 'tap';
import { readHoldReply } from '../../../../engine/ils/polaris/hold-reply.js';
import type { PapiReply } from '../../../../engine/ils/polaris/reply.js';

function said(type: number, value: number, more: Record<string, unknown> = {}, code = 0): PapiReply {
  const ids = {
    RequestGUID: '7F279D6E-CFDE-4AE3-BE96-EE12305CDF11',
    TxnGroupQualifer: 'BQeK9WLrNew_0BRKISzr2G',
    TxnQualifier: '496QYG6MMKss1C6nagTGkG',
  };
  const reply = {
    PAPIErrorCode: code,
    ...ids,
    StatusType: type,
    StatusValue: value,
    Message: 'So it is.',
    ...more,
  };
  return { code, reply };
}

t.test('type and value together say what a reply is', (t) => {
  t.match(readHoldReply(said(2, 1, { QueuePosition: 2, QueueTotal: 5 })), {
    is: 'placed',
    queue: { queuePosition: 2, queueTotal: 5 },
  });
  t.same(readHoldReply(said(2, 1, { QueuePosition: 0, QueueTotal: 0 })), { is: 'placed', queue: {} });
  t.match(readHoldReply(said(2, 0)), { is: 'refused', reason: 'other', said: 'So it is.' });
  t.match(readHoldReply(said(1, 2)), { is: 'refused', reason: 'pickup_place' });
  t.match(readHoldReply(said(1, 3)), { is: 'refused', reason: 'blocked' }, '3 is an error here...');
  t.match(readHoldReply(said(3, 3)), { is: 'question', kind: 'local_copy' }, '...and a question here');
  t.match(readHoldReply(said(1, 10)), { is: 'refused', reason: 'age' });
  t.match(readHoldReply(said(1, 77)), { is: 'refused', reason: 'other', said: 'So it is.' });
  t.match(readHoldReply(said(1, 1)), { is: 'refused' }, 'an error with value 1 is not placed');
  t.match(readHoldReply(said(3, 1)), { is: 'question', kind: 'other' }, 'nor is a question with value 1');
  t.end();
});

t.test('the state of an answer is the question’s value less two', (t) => {
  const kinds = ['local_copy', 'interlibrary_loan', 'existing_holds', 'no_copies', 'fee'];
  for (const [index, kind] of kinds.entries()) {
    t.match(readHoldReply(said(3, index + 3)), { is: 'question', kind, dialogue: { state: index + 1 } });
  }
  t.end();
});

t.test('takes the qualifier in both spellings', (t) => {
  t.match(readHoldReply(said(3, 5)), { dialogue: { groupQualifier: 'BQeK9WLrNew_0BRKISzr2G' } });
  const corrected = said(3, 5, { TxnGroupQualifer: undefined, TxnGroupQualifier: 'right' });
  t.match(readHoldReply(corrected), { dialogue: { groupQualifier: 'right' } });
  t.end();
});

t.test('a question that cannot be answered, and a reply without a type, are not understood', (t) => {
  t.match(readHoldReply(said(3, 5, { RequestGUID: null })), { is: 'foreign' });
  t.match(readHoldReply(said(3, 5, { TxnQualifier: '' })), { is: 'foreign' });
  t.match(readHoldReply(said(0, 0)), { is: 'foreign' });
  t.match(readHoldReply(said(2, 4)), { is: 'foreign' }, 'never placed by a guess');
  t.match(readHoldReply({ code: 0, reply: {} }), { is: 'foreign' });
  t.end();
});

t.test('only negative codes are errors', (t) => {
  t.match(readHoldReply(said(2, 1, {}, 1)), { is: 'placed' });
  t.match(readHoldReply(said(0, 0, {}, -4006)), { is: 'refused', reason: 'not_found' });
  t.match(readHoldReply(said(0, 0, {}, -4007)), { is: 'refused', reason: 'pickup_place' });
  t.match(readHoldReply(said(0, 0, {}, -1)), { is: 'refused', reason: 'other', said: 'So it is.' });
  t.match(readHoldReply(said(2, 1, {}, -4100)), { is: 'refused' }, 'whatever else the reply says');
  t.match(readHoldReply(said(0, 0, { Message: '' }, -4104)), { said: 'Invalid state' }, 'words for none');
  t.match(readHoldReply(said(0, 0, {}, -9)), { is: 'failed', code: -9 });
  t.match(readHoldReply(said(0, 0, {}, -4004)), { is: 'setup', code: -4004 });
  t.end();
});
