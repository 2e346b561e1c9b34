import t from 'tap';
import { sipDates } from '../../../../engine/ils/sip2/dates.js';
import { textCode } from '../../../../engine/ils/sip2/encoding.js';
import { readItem } from '../../../../engine/ils/sip2/copy.js';
import { isConfirmed, saidIn } from '../../../../engine/ils/sip2/patron-word.js';
import { readReply, type Reply } from '../../../../engine/ils/sip2/reply.js';
import { answers, sipRequests } from '../../../../engine/ils/sip2/request.js';
import { checksumOf, readTrailer, withTrailer } from '../../../../engine/ils/sip2/trailer.js';
import { published, settingsOf } from './open-system.js';

const dates = sipDates({ zone: 'UTC', slash_dates: 'unread' });
const requestsOf = (change: Parameters<typeof settingsOf>[0] = {}) =>
  sipRequests(settingsOf(change), dates, () => published);
const requests = requestsOf();
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

function replyOf(message: string): Reply {
  const { body, isRight } = readTrailer(bytesOf(message));
  const reply = readReply(body.toString('latin1'), '|');
  if (!reply || isRight !== true) throw new Error(`no reply with a right checksum: ${message}`);
  return reply;
}

t.test('makes every published checksum', (t) => {
  const vectors = [
    ['9900802.00AY1AZ', 'FCA0'],
    ['9900302.00AY2AZ', 'FCA4'],
    ['941AY1AZ', 'FDFC'],
    ['97AZ', 'FEF5'],
    ['96AZ', 'FEF6'],
    ['9300CNlibrarian@test.com|CO123456|CPselfcheck_location|AY1AZ', 'EAEE'],
    ['9900302.0E|AY1AZ', 'FC14'],
    ['990 402.00AY1AZ', 'FCB4'],
    ['941AY0AZ', 'FDFD'],
    ['9300CNLoginUserID|COLoginPassword|CPLocationCode|AY5AZ', 'EC7B'],
    ['9300CNLoginUserID|COLoginPassword|CPLocationCode|AY8AZ', 'EC78'],
  ] as const;
  for (const [covered, sum] of vectors) {
    t.equal(checksumOf(bytesOf(covered)), sum, covered);
    t.equal(readTrailer(bytesOf(covered + sum)).isRight, true);
    t.equal(readTrailer(bytesOf(covered + sum.toLowerCase())).isRight, true, 'in either case');
  }
  const copied = bytesOf('9300CNLoginUserID|COLoginPassword|CPLocationCode|AY5AZEC78');
  t.equal(readTrailer(copied).isRight, false, 'the often copied one is wrong');
  t.end();
});

t.test('sums bytes as they are encoded, not letters', (t) => {
  const text = '1720260804    101500AOLIB|AB\u00e91|AC|';
  const sums = { 'utf-8': 'F577', latin1: 'F5FA', cp850: 'F661' } as const;
  for (const name of ['utf-8', 'latin1', 'cp850'] as const) {
    const body = textCode(name).encode(text) ?? Buffer.alloc(0);
    t.equal(withTrailer(body, 0).subarray(-4).toString(), sums[name], name);
    t.equal(textCode(name).decode(body), text, 'and back');
  }
  t.equal(textCode('ascii').encode(text), undefined, 'ASCII has no such letter');
  t.end();
});

t.test('a text that an encoding cannot carry is not sent as another', (t) => {
  t.equal(textCode('latin1').encode('\u20ac'), undefined);
  t.equal(textCode('cp850').encode('\u20ac'), undefined);
  t.equal(textCode('utf-8').encode('\ud800'), undefined, 'half a letter');
  t.same(textCode('cp850').encode('\u00d7\u00e6\u00a0'), Buffer.from([0x9e, 0x91, 0xff]));
  t.same(textCode('latin1').encode('e\u0301'), Buffer.from([0xe9]), 'composed first');
  t.end();
});

t.test('whatever bytes come, text comes of them', (t) => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  for (const name of ['utf-8', 'latin1', 'cp850', 'ascii'] as const)
    t.ok(textCode(name).decode(all).length >= 128);
  t.match(textCode('utf-8').decode(bytesOf('AJcut in a letter \xc3')), /letter \ufffd$/);
  t.equal(textCode('ascii').decode(Buffer.from([0x41, 0xe9])), 'A\ufffd');
  t.equal(
    textCode('latin1').decode(Buffer.from([0x80])),
    '\u0080',
    'ISO 8859-1, and not a code page of Windows',
  );
  t.end();
});

t.test('a trailer is read at the very end only', (t) => {
  const none = readTrailer(bytesOf('1803AJA title with AY1AZFCA0 in it|'));
  t.match(none, { sequence: undefined, isRight: undefined });
  t.match(readTrailer(bytesOf('96AZFEF6')), { sequence: undefined, isRight: true });
  t.equal(readTrailer(bytesOf('96AZFEF6')).body.toString(), '96');
  t.match(readTrailer(bytesOf('941AY3AZ0000')), { sequence: 3, isRight: false });
  t.match(readTrailer(bytesOf('')), { isRight: undefined });
  t.match(readTrailer(bytesOf('AZ')), { isRight: undefined });
  t.equal(readTrailer(bytesOf('941AYxAZFDFD')).sequence, undefined, 'no number');
  t.end();
});

t.test('writes every published request to the byte', (t) => {
  const card = { card: 'djfiander', pin: '6789' };
  const other = { card: 'miker', pin: '6789' };
  const hold = { card: other, barcode: '0440242746', titleId: '', pickup: 'main', type: '2' } as const;
  const paged = requestsOf({ list_window: 5 });
  const until = Date.UTC(2026, 11, 31, 23, 59, 59);
  const days = (until - published) / 86_400_000;
  const dated = { ...settingsOf(), hold_days: days };
  const written = [
    [requests.login(), 0, '9300CNscclient|COclientpwd|CPmain|AY0AZF1E1'],
    [requests.status(), 1, '9900802.00AY1AZFCA0'],
    [
      requests.patronStatus(card, { again: false }),
      2,
      '2300020260804    101500AOUWOLS|AAdjfiander|AC|AD6789|AY2AZF03D',
    ],
    [
      requests.patronStatus({ ...card, pin: '0000' }, { again: false }),
      3,
      '2300020260804    101500AOUWOLS|AAdjfiander|AC|AD0000|AY3AZF05A',
    ],
    [
      requests.patronStatus({ card: 'nobody', pin: '0000' }, { again: false }),
      4,
      '2300020260804    101500AOUWOLS|AAnobody|AC|AD0000|AY4AZF175',
    ],
    [requests.item('1565921879'), 7, '1720260804    101500AOUWOLS|AB1565921879|AC|AY7AZF435'],
    [requests.item('nope'), 8, '1720260804    101500AOUWOLS|ABnope|AC|AY8AZF497'],
    [requests.item('1565921879'), 0, '1720260804    101500AOUWOLS|AB1565921879|AC|AY0AZF43C'],
    [
      paged.patronInformation(card, { part: 'charged', from: 1, again: true }),
      1,
      '6300020260804    101500  Y       AOUWOLS|AAdjfiander|AC|AD6789|BP1|BQ5|AY1AZEC3E',
    ],
    [
      sipRequests(dated, dates, () => published).placeHold(hold),
      2,
      '15+20260804    101500BW20261231    235959|BSmain|BY2|AOUWOLS|AAmiker|AD6789|AB0440242746|AJ|AC|BON|AY2AZE468',
    ],
    [
      requests.cancelHold(other, { barcode: '0440242746', titleId: '' }),
      5,
      '15-20260804    101500AOUWOLS|AAmiker|AD6789|AB0440242746|AY5AZF02B',
    ],
  ] as const;
  for (const [request, sequence, wanted] of written)
    t.equal(withTrailer(bytesOf(request.text), sequence).toString('latin1'), wanted);
  t.equal(withTrailer(bytesOf('97'), undefined).toString(), '97AZFEF5');
  t.end();
});

t.test('reads every published reply', (t) => {
  const settings = settingsOf();
  t.equal(replyOf('941AY0AZFDFD').fixed, '1');
  const status = replyOf('98YNNYNN60000320261121    0234552.00AOUWOLS|BXYYYYYYYYYNYNYYYY|AY1AZEDDE');
  t.equal(status.first('BX'), 'YYYYYYYYYNYNYYYY');
  t.match(status.fixed, /2\.00$/);

  const right = replyOf(
    '24  Y           00020261121    023455AOUWOLS|AAdjfiander|AEDavid J. Fiander|BLY|CQY|AY2AZE7F6',
  );
  const wrong = replyOf(
    '24  Y           00020261121    023455AOUWOLS|AAdjfiander|AEDavid J. Fiander|BLY|CQN|AY3AZE800',
  );
  const nobody = replyOf('24YYYY          00020261121    023455AOUWOLS|AAnobody|AE|BLN|AY4AZEF32');
  t.equal(isConfirmed(right, 'djfiander', settings), true);
  t.equal(isConfirmed(wrong, 'djfiander', settings), false);
  t.equal(isConfirmed(nobody, 'nobody', settings), false);

  const inside = replyOf(
    '1803020120261121    023455AB1565921879|AJPerl 5 desktop reference|CK001|BGUWOLS|AY7AZE89D',
  );
  t.match(readItem(inside, settings, dates), {
    status: 'available',
    title: 'Perl 5 desktop reference',
    isFound: true,
  });
  const unknown = replyOf('1801010120261121    023455ABnope|AJ|AY8AZF60D');
  t.match(readItem(unknown, settings, dates), { status: 'unknown', isFound: false, title: undefined });
  const out = replyOf(
    '1804020120261121    023455AB1565921879|AJPerl 5 desktop reference|CK001|BGUWOLS|AH20261205    023455|AY0AZE459',
  );
  t.match(readItem(out, settings, dates), { status: 'checked_out', dueAt: '2026-12-05T02:34:55.000Z' });

  const account = replyOf(
    '64  Y           00020261121    023455000000000001000100000000AOUWOLS|AAdjfiander|AEDavid J. Fiander|BD2 Meadowvale Dr. St Thomas, ON|BEdjfiander@hotmail.com|BF(519) 555 1234|AQBeacock|AU1565921879|BLY|CQY|PA20501231|PB19640925|PCA|PIY|AY1AZBCEE',
  );
  t.same(account.all('AU'), ['1565921879']);
  t.equal(account.fixed.slice(35), '000000000001000100000000');
  t.equal(account.first('AQ'), 'Beacock');

  const placed = replyOf(
    '161N20261121    023455AAmiker|BR1|BSmain|AB0440242746|AJThe deep blue alibi|AOUWOLS|AY2AZE5EF',
  );
  t.equal(placed.first('BR'), '1');
  const cancelled = replyOf(
    '161Y20261121    023455AAmiker|AB0440242746|AJThe deep blue alibi|AOUWOLS|AFHold Cancelled.|AY5AZE385',
  );
  t.equal(saidIn(cancelled, settings), 'Hold Cancelled.');
  t.end();
});

t.test('blocking, enabling, lending, taking back and taking money cannot be said', (t) => {
  const codes = Object.keys(answers);
  for (const code of ['01', '25', '09', '11', '37', '65', '19']) t.notOk(codes.includes(code), code);
  const card = { card: '11|AO', pin: '37\r09N' };
  const all = [
    requests.login(),
    requests.status(),
    requests.patronStatus(card, { again: true }),
    requests.patronInformation(card, { part: 'fines', again: true }),
    requests.item('01\r01N'),
    requests.placeHold({ card, barcode: '\r11', titleId: '\n09', pickup: '\u000025', type: '3' }),
    requests.cancelHold(card, { barcode: '', titleId: '37' }),
    requests.renew(card, '\r\n37'),
    requests.endSession(card),
  ];
  t.same(Object.keys(requests).length, all.length, 'each kind of message is among those looked at');
  for (const { code, text } of all) {
    t.ok(codes.includes(code));
    t.ok(text.startsWith(code));
    // eslint-disable-next-line no-control-regex -- that none is left is what is tested
    t.notMatch(text, /[\u0000-\u001f]/, 'and no value ends a message to begin another');
  }
  t.end();
});

t.test('a value cannot end its field', (t) => {
  const { text } = requests.item('a|AA2\r\nb\u2028');
  t.equal(text, '1720260804    101500AOUWOLS|ABaAA2b|AC|');
  const caret = requestsOf({ delimiter: '^' }).item('a^b|c');
  t.equal(caret.text, '1720260804    101500AOUWOLS^ABabc^AC^');
  t.end();
});

t.test('writes messages as one server wants them', (t) => {
  const card = { card: 'CARD-0001', pin: '1234' };
  const hold = { card, barcode: '', titleId: 'T9', pickup: 'MAIN', type: '2' } as const;
  t.notMatch(requestsOf({ send_terminal_password: false }).item('b').text, /AC/);
  t.match(requestsOf({ send_terminal_password: false, terminal_password: 'tp' }).item('b').text, /\|ACtp\|$/);
  t.match(requestsOf({ institution: '' }).item('b').text, /AO\|AB/, 'AO is there, and empty');
  t.match(requestsOf({ language: '008' }).patronStatus(card, { again: false }).text, /^23008/);
  t.notMatch(
    requestsOf({ list_window: 0 }).patronInformation(card, { part: 'holds', again: true }).text,
    /BP|BQ/,
  );
  t.notMatch(requests.patronInformation(card, { again: true }).text, /BP|BQ/, 'no window without a list');
  t.match(
    requests.patronInformation(card, { part: 'holds', from: 51, again: true }).text,
    /\|BP51\|BQ100\|$/,
  );
  t.notMatch(requestsOf({ hold_type_field: false }).placeHold(hold).text, /BY/);
  t.notMatch(requests.placeHold(hold).text, /BW/, 'no day of expiry unless one is set');
  t.match(requests.placeHold(hold).text, /\|BON\|$/, 'no fee is accepted');
  t.match(requests.cancelHold(card, { barcode: '', titleId: 'T9' }).text, /\|AB\|AJT9\|$/);
  t.match(requests.renew(card, 'b').text, /^29NN20260804 {4}101500 {18}AOUWOLS\|/);
  const bare = { ...settingsOf() };
  delete bare.location;
  t.notMatch(sipRequests(bare, dates, () => published).login().text, /CP/);
  t.end();
});

t.test('which messages may be asked twice', (t) => {
  const card = { card: 'CARD-0001', pin: '1234' };
  const hold = { card, barcode: 'b', titleId: '', pickup: 'MAIN', type: '2' } as const;
  for (const one of [
    requests.placeHold(hold),
    requests.cancelHold(card, { barcode: 'b', titleId: '' }),
    requests.renew(card, 'b'),
    requests.patronStatus(card, { again: false }),
    requests.patronInformation(card, { again: false }),
  ])
    t.equal(one.sent, 'once', one.text.slice(0, 3));
  for (const one of [
    requests.status(),
    requests.item('b'),
    requests.patronInformation(card, { again: true }),
  ])
    t.equal(one.sent, 'again', one.code);
  t.end();
});

t.test('reads fields in any order, repeated, escaped, padded and unknown ones', (t) => {
  const reply = readReply(
    `18040201${' '.repeat(18)}XAodd|AJA &#124; B|AF one |AF||AFtwo|AB 77 |ZZ|zzlower|A|CQ`,
    '|',
  );
  t.equal(reply?.first('AJ'), 'A | B');
  t.same(reply?.all('AF'), ['one', 'two']);
  t.equal(reply?.first('AB'), '77');
  t.equal(reply?.first('ZZ'), '');
  t.equal(reply?.first('CQ'), '', 'there, and empty');
  t.equal(reply?.first('AH'), undefined, 'not there');
  t.equal(readReply(`18040201${' '.repeat(18)}AJx^AB1^`, '^')?.first('AB'), '1');
  t.end();
});

t.test('what is too short or of another code is no reply', (t) => {
  for (const text of ['', '9', '94', '98YNN', '18', '1803020120261121', '12345', 'Login OK', '__proto__'])
    t.equal(readReply(text, '|'), undefined, text);
  t.equal(readReply('940', '|')?.fixed, '0');
  t.end();
});

t.test('takes HTML out of messages where the setting says so', (t) => {
  const of = (text: string, html_messages: boolean): string =>
    saidIn(readReply(`36Y${' '.repeat(18)}AF${text}|`, '|') ?? (t.fail() as never), { html_messages });
  t.equal(of('<b>Hold</b> placed<br/>&amp; kept', true), 'Hold placed & kept');
  t.equal(of('a < b', true), 'a < b', 'what is no tag stays');
  t.equal(of('<b>Hold</b>', false), '<b>Hold</b>');
  t.equal(of('&amp;lt;script>', true), '&lt;script>', 'undone once, not twice');
  t.equal(of('<'.repeat(20_000), true).length, 20_000, 'in time, however many are opened');
  t.end();
});
