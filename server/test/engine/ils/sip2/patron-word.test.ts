import t from 'tap';
import { sipDates } from '../../../../engine/ils/sip2/dates.js';
import { blocksOf, isConfirmed, standing } from '../../../../engine/ils/sip2/patron-word.js';
import { readReply, type Reply } from '../../../../engine/ils/sip2/reply.js';
import { published, settingsOf } from './open-system.js';

const dates = sipDates({ zone: 'UTC', slash_dates: 'unread' });

function patron(fields: string, status = ''): Reply {
  const reply = readReply(`24${status.padEnd(14)}000${' '.repeat(18)}${fields}`, '|');
  if (!reply) throw new Error('no reply');
  return reply;
}

t.test('a patron is let in only by BL=Y, CQ=Y and the card that was asked about', (t) => {
  const isIn = (fields: string, change = {}): boolean =>
    isConfirmed(patron(fields), 'CARD-0001', settingsOf(change));
  t.equal(isIn('AACARD-0001|BLY|CQY|'), true);
  t.equal(isIn('AA card-0001 |CQY|BLY|'), true, 'in any case, and padded');
  t.equal(isIn('AACARD-0001|BLY|CQN|'), false, 'a wrong PIN');
  t.equal(isIn('AACARD-0001|BLN|CQY|'), false, 'no such patron');
  t.equal(isIn('AACARD-0001|CQY|'), false, 'nothing said of the patron');
  t.equal(isIn('AACARD-0001|BLY|'), false, 'nothing said of the PIN');
  t.equal(isIn('AACARD-0001|BLY|CQ|'), false, 'nor in an empty field');
  t.equal(isIn('AACARD-0002|BLY|CQY|'), false, 'another patron');
  t.equal(isIn('BLY|CQY|'), false, 'nobody named');
  t.equal(isIn('AACARD-0001|BLy|CQy|'), false);
  t.end();
});

t.test('settings bend the rule for servers that cannot keep it, and no further', (t) => {
  const isIn = (fields: string, change: object): boolean =>
    isConfirmed(patron(fields), 'CARD-0001', settingsOf(change));
  t.equal(isIn('AACARD-0001|BLY|', { missing_cq: 'accept' }), true);
  t.equal(isIn('AACARD-0001|BLY|CQN|', { missing_cq: 'accept' }), false, 'a no stays a no');
  t.equal(isIn('AACARD-0001|BLY|CQ|', { missing_cq: 'accept' }), false, 'an empty word is not a missing one');
  t.equal(isIn('AA0007|BLY|CQY|', { card_in_answer: 'any' }), true);
  t.equal(isIn('AA0007|BLY|CQN|', { card_in_answer: 'any' }), false);
  t.end();
});

t.test('tells blocked from expired from well', (t) => {
  const of = (status: string, fields = '', change = {}) =>
    standing(patron(fields, status), settingsOf(change), dates, published);
  t.equal(of(''), 'ok');
  t.equal(of('  Y'), 'ok', 'recall alone is no block');
  t.equal(of('YY Y'), 'blocked');
  t.equal(of('YYYY'), 'blocked');
  t.equal(of('Y'), 'ok', 'who may still renew and hold may come in');
  t.equal(of('    Y'), 'blocked', 'a lost card');
  t.equal(of('YYYY      Y'), 'ok', 'fines can be looked at');
  t.equal(of('YYYY  Y'), 'ok', 'and so can what is late');
  t.equal(of('YYYY     Y'), 'blocked', 'not what was lost');
  t.equal(of('YYYY  Y', '', { blocked_when: 'denied_even_for_fines' }), 'blocked');
  t.equal(of('YYYY       Y', '', { blocked_when: 'denied_even_for_fines' }), 'blocked');
  t.equal(of('YYYYY', '', { blocked_when: 'never' }), 'ok');
  t.equal(of('YYYY', 'PA20200131|'), 'expired');
  t.equal(of('', 'PA20260804|'), 'ok', 'the last day counts');
  t.equal(of('', 'PA20260803|'), 'expired');
  t.equal(of('', 'PA20200131|', { pa_is_expiry: false }), 'ok', 'where PA is something else');
  t.equal(of('', 'PAadult|'), 'ok');
  t.end();
});

t.test('says why a patron may not borrow, and nothing where they may', (t) => {
  const of = (status: string, fields = ''): string[] => blocksOf(patron(fields, status), settingsOf());
  t.same(of('', 'AFWelcome.|'), [], 'a greeting is no block');
  t.same(of('YY Y', 'AFCard blocked.|'), ['Card blocked.']);
  t.same(of('YYYY      Y', 'AFPlease pay.|'), ['Please pay.', 'excessive outstanding fines']);
  t.same(of('     Y'), ['too many items charged']);
  t.same(of('Y'), ['charge privileges denied'], 'where no cause is named');
  t.end();
});
