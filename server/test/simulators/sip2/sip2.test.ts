import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import t from 'tap';
import { createFakeClock } from '../../fakes/clock.js';
import { throwAwayCertificate } from './certificate.js';
import { checksumOf, decode, encode, sealed, unsealed, type Sip2Encoding } from './frame.js';
import { openSip2Simulator, type Sip2Options, type Sip2Simulator } from './sip2.js';

const published = Date.UTC(2026, 10, 21, 2, 34, 55);
const day = 86_400_000;

/** Writes bytes and reads whole lines, and knows nothing of the protocol. */
function talkOver(socket: Socket) {
  let kept = '';
  let hasEnded = false;
  let wake: () => void = () => undefined;
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    kept += String(text);
    wake();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    hasEnded = true;
    wake();
  });
  const until = async (isMet: () => boolean): Promise<void> => {
    while (!isMet()) await new Promise<void>((resolve) => (wake = resolve));
  };
  const reply = async (): Promise<string | undefined> => {
    await until(() => kept.includes('\r') || hasEnded);
    const end = kept.indexOf('\r');
    if (end < 0) return undefined;
    const line = kept.slice(0, end);
    kept = kept.slice(end + 1);
    return line;
  };
  const say = async (line: string): Promise<string | undefined> => {
    socket.write(`${line}\r`);
    return reply();
  };
  return {
    socket,
    say,
    reply,
    until,
    ended: () => until(() => hasEnded),
    left: () => kept,
    ask: (text: string, sequence = '0') => say(sealed(encode(text, 'utf-8'), sequence).toString('latin1')),
  };
}

async function setUp(t: Tap, options: Sip2Options = {}) {
  const clock = createFakeClock(published);
  const simulator = await openSip2Simulator({ clock, ...options });
  t.teardown(() => simulator.close());
  const dial = () => {
    const talk = talkOver(connect(simulator.port, simulator.host));
    t.teardown(() => talk.socket.destroy());
    return talk;
  };
  return { clock, simulator, dial };
}
type Tap = { teardown: (end: () => unknown) => void };

const login = '9300CNscclient|COclientpwd|CPmain|AY0AZF1E1';
const free = { login: 'none' } as const;

t.test('makes the published checksums', async (t) => {
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
  for (const [message, sum] of vectors) t.equal(checksumOf(Buffer.from(message)), sum, message);
  const accent = '1720260804    101500AOLIB|ABé1|AC|AY0AZ';
  const sums: [Sip2Encoding, string][] = [
    ['utf-8', 'F577'],
    ['latin1', 'F5FA'],
    ['cp850', 'F661'],
  ];
  for (const [encoding, sum] of sums) {
    t.equal(checksumOf(encode(accent, encoding)), sum, encoding);
    t.equal(decode(encode(accent, encoding), encoding), accent);
  }
  t.notOk(unsealed(Buffer.from('9900802.00AY1AZFCA1')).isRight);
  t.ok(unsealed(Buffer.from('9900802.00AY1AZfca0')).isRight, 'whatever the case');
});

t.test('answers the published exchanges byte for byte', async (t) => {
  const { simulator, dial } = await setUp(t);
  const { say } = dial();
  const same = async (request: string, answer: string): Promise<void> => {
    t.equal(await say(request), answer);
  };
  await same(login, '941AY0AZFDFD');
  await same(
    '9900802.00AY1AZFCA0',
    '98YNNYNN60000320261121    0234552.00AOUWOLS|BXYYYYYYYYYNYNYYYY|AY1AZEDDE',
  );
  await same(
    '2300020260804    101500AOUWOLS|AAdjfiander|AC|AD6789|AY2AZF03D',
    '24  Y           00020261121    023455AOUWOLS|AAdjfiander|AEDavid J. Fiander|BLY|CQY|AY2AZE7F6',
  );
  await same(
    '2300020260804    101500AOUWOLS|AAdjfiander|AC|AD0000|AY3AZF05A',
    '24  Y           00020261121    023455AOUWOLS|AAdjfiander|AEDavid J. Fiander|BLY|CQN|AY3AZE800',
  );
  await same(
    '2300020260804    101500AOUWOLS|AAnobody|AC|AD0000|AY4AZF175',
    '24YYYY          00020261121    023455AOUWOLS|AAnobody|AE|BLN|AY4AZEF32',
  );
  await same(
    '1720260804    101500AOUWOLS|AB1565921879|AC|AY7AZF435',
    '1803020120261121    023455AB1565921879|AJPerl 5 desktop reference|CK001|BGUWOLS|AY7AZE89D',
  );
  await same(
    '1720260804    101500AOUWOLS|ABnope|AC|AY8AZF497',
    '1801010120261121    023455ABnope|AJ|AY8AZF60D',
  );
  simulator.state.charge('1565921879', 'djfiander', published + 14 * day);
  await same(
    '1720260804    101500AOUWOLS|AB1565921879|AC|AY0AZF43C',
    '1804020120261121    023455AB1565921879|AJPerl 5 desktop reference|CK001|BGUWOLS|AH20261205    023455|AY0AZE459',
  );
  await same(
    '6300020260804    101500  Y       AOUWOLS|AAdjfiander|AC|AD6789|BP1|BQ5|AY1AZEC3E',
    '64  Y           00020261121    023455000000000001000100000000AOUWOLS|AAdjfiander|AEDavid J. Fiander|' +
      'BD2 Meadowvale Dr. St Thomas, ON|BEdjfiander@hotmail.com|BF(519) 555 1234|AQBeacock|AU1565921879|BLY|CQY|' +
      'PA20501231|PB19640925|PCA|PIY|AY1AZBCEE',
  );
  await same(
    '15+20260804    101500BW20261231    235959|BSmain|BY2|AOUWOLS|AAmiker|AD6789|AB0440242746|AJ|AC|BON|AY2AZE468',
    '161N20261121    023455AAmiker|BR1|BSmain|AB0440242746|AJThe deep blue alibi|AOUWOLS|AY2AZE5EF',
  );
  t.same(simulator.state.items.get('0440242746')?.holds, [{ card: 'miker', pickup: 'main' }]);
  await same(
    '15-20260804    101500AOUWOLS|AAmiker|AD6789|AB0440242746|AY5AZF02B',
    '161Y20261121    023455AAmiker|AB0440242746|AJThe deep blue alibi|AOUWOLS|AFHold Cancelled.|AY5AZE385',
  );
  t.same(simulator.state.items.get('0440242746')?.holds, []);
  const again = await say('97AZFEF5');
  t.match(again, /^161Y20261121 {4}023455AAmiker\|.*\|AFHold Cancelled\.\|AY0AZ[0-9A-F]{4}$/);
  t.ok(unsealed(Buffer.from(again ?? '')).isRight);
  await same('9900802.00AY1AZ0000', '96AZFEF6');
});

t.test('lets nobody do anything before login, and ends the connection at the third wrong one', async (t) => {
  const { simulator, dial } = await setUp(t);
  t.equal(await dial().ask('9900802.00'), undefined, 'status comes after login');
  t.equal(await dial().ask('1720260804    101500AOUWOLS|AB1565921879|AC|'), undefined);
  const wrong = dial();
  for (const sequence of ['0', '1', '2'])
    t.match(await wrong.ask('9300CNscclient|COwrong|CPmain|', sequence), /^940AY/);
  await wrong.ended();
  await simulator.deserted();
  t.equal(simulator.connections.opened, 3);
});

t.test('ends the connection at a message it does not know, acts of circulation among them', async (t) => {
  const { simulator, dial } = await setUp(t, free);
  for (const code of ['00', '01', '09', '11', '25', '37'])
    t.equal(await dial().ask(`${code}whatever`), undefined);
  t.same(
    simulator.asked.map(({ code }) => code),
    ['00', '01', '09', '11', '25', '37'],
  );
});

t.test('detects errors only as long as the other side does', async (t) => {
  const { dial } = await setUp(t, free);
  const { say, ask } = dial();
  t.notMatch(await say('9900802.00'), /AY/);
  t.match(await ask('9900802.00', '5'), /AY5AZ/);
  t.notMatch(await say('9900802.00'), /AY/);
  t.equal(await say('9900802.00AY5AZ1234'), '96AZFEF6');
});

t.test('a blocked card, an empty PIN and a card without PIN are told as servers tell them', async (t) => {
  const { simulator, dial } = await setUp(t, free);
  const { ask } = dial();
  const asking = (card: string, pin: string) => ask(`2300020260804    101500AOUWOLS|AA${card}|AC|AD${pin}|`);
  t.match(await asking('CARD-0001', '1234'), /^24 {14}.*\|BLY\|CQY\|/);
  t.match(await asking('CARD-0001', ''), /\|BLY\|CQN\|/);
  simulator.faults.cqYesWithoutPin = true;
  t.match(await asking('CARD-0001', ''), /\|BLY\|CQY\|/);
  simulator.faults.cqAbsent = true;
  t.notMatch(await asking('CARD-0001', '1234'), /\|CQ/);
  simulator.faults.cqAbsent = false;
  t.match(await asking('CARD-BLOCKED', '1234'), /^24YYYY {10}.*\|BLY\|CQY\|AFCard blocked\.\|/);
  t.match(await asking('CARD-NO-PIN', '99'), /\|CQY\|/);
  t.match(await ask('2300020260804    101500AOUWOLS|AACARD-0001|'), /^96/, 'AC and AD must be there');
});

t.test('gives the list asked for in a 63, from BP to BQ', async (t) => {
  const { simulator, dial } = await setUp(t, free);
  const { ask } = dial();
  const list = async (summary: string, range = '') => {
    const text = `6300020260804    101500${summary.padEnd(10)}AOUWOLS|AACARD-0001|AC|AD1234|${range}`;
    const answer = (await ask(text)) ?? '';
    return { counts: answer.slice(37, 61), found: answer.match(/(?<=\|)(AS|AT|AU|AV|BU|CD)[^|]*/g) ?? [] };
  };
  t.same(await list(''), { counts: '000100010002000200000001', found: [] });
  t.same((await list('Y')).found, ['ASBAR-HELD']);
  t.same((await list(' Y')).found, ['ATBAR-OVERDUE']);
  t.same((await list('  Y')).found, ['AUBAR-OUT', 'AUBAR-OVERDUE']);
  t.same((await list('  Y', 'BP2|BQ2|')).found, ['AUBAR-OVERDUE']);
  t.same((await list('   Y')).found, ['AV3.00 A copy not brought back', 'AV1.20 Copies']);
  t.same((await list('     Y')).found, ['CDBAR-RECALLED']);
  simulator.faults.paddedLists = true;
  t.same((await list('Y', 'BP1|BQ3|')).found, ['ASBAR-HELD', 'AS', 'AS']);
  simulator.faults.holdsAsHash = true;
  t.match((await list('Y')).found, [/^ASHASH\(0x/]);
  simulator.faults.listsAs = 'composite';
  simulator.faults.paddedLists = false;
  t.same((await list(' Y')).found, ['ATBAR-OVERDUE A copy not brought back 20261118    023455']);
});

t.test('refuses a hold or a renewal with words, and changes nothing', async (t) => {
  const { simulator, dial } = await setUp(t, free);
  const { ask } = dial();
  const hold = (mode: string, card: string, barcode: string, pin = '1234') =>
    ask(`15${mode}20260804    101500BSEAST|AOUWOLS|AA${card}|AD${pin}|AB${barcode}|AC|`);
  t.match(await hold('+', 'CARD-0001', 'BAR-IN', '0000'), /^160N.*AFInvalid patron password\./);
  t.match(await hold('+', 'CARD-0009', 'BAR-IN'), /^160N.*AFInvalid patron barcode\./);
  t.match(await hold('+', 'CARD-0001', 'nope'), /^160N.*AFNo such item\./);
  t.match(await hold('+', 'CARD-0001', 'BAR-DESK'), /^160N.*AFItem cannot be held\./);
  t.match(await hold('-', 'CARD-0002', 'BAR-HELD'), /^160N.*AFNo such hold\./);
  t.match(await hold('+', 'CARD-BLOCKED', 'BAR-IN'), /^160N/);
  t.same(simulator.state.items.get('BAR-IN')?.holds, []);
  t.match(await hold('+', 'CARD-0001', 'BAR-IN'), /^161N.*\|BR1\|BSEAST\|/);
  t.match(await hold('+', 'CARD-0001', 'BAR-IN'), /^160N.*already has a hold/);
  t.match(await hold('+', 'CARD-0002', 'BAR-IN'), /^161N.*\|BR2\|/);

  const renew = (barcode: string) =>
    ask(`29NN20260804    101500${' '.repeat(18)}AOUWOLS|AACARD-0001|AD1234|AB${barcode}|`);
  t.match(await renew('BAR-OUT'), /^301YNY.*\|AH20261212 {4}023455\|/);
  t.match(await renew('BAR-OVERDUE'), /^300NUN.*\|AH\|AFMaximum renewals exceeded\./);
  t.match(await renew('BAR-IN'), /^300NUN.*not checked out to patron/);
  const all = await ask('6520260804    101500AOUWOLS|AACARD-0001|AD1234|');
  t.match(all, /^6610001000120261121.*\|BMBAR-OUT\|BNBAR-OVERDUE\|/);
  t.match(await ask('3520260804    101500AOUWOLS|AACARD-0001|AC|AD1234|'), /^36Y/);
});

t.test('a hold may succeed although its reply never comes', async (t) => {
  const { simulator, dial } = await setUp(t, { ...free, faults: { loseReplyTo: ['15'], loseBy: 'close' } });
  const request = '15+20260804    101500BSEAST|AOUWOLS|AACARD-0002|AD1234|ABBAR-IN|AC|';
  t.equal(await dial().ask(request), undefined);
  t.same(simulator.state.items.get('BAR-IN')?.holds, [{ card: 'CARD-0002', pickup: 'EAST' }]);
  simulator.faults.loseBy = 'silence';
  const { ask, socket, left } = dial();
  const silent = ask(request.replace('BAR-IN', 'BAR-LOST'));
  await simulator.heard(2);
  t.equal(left(), '');
  t.equal(simulator.state.items.get('BAR-LOST')?.holds.length, 1);
  socket.destroy();
  t.equal(await silent, undefined);
});

t.test('misbehaves as told, one fault at a time', async (t) => {
  const { clock, simulator, dial } = await setUp(t, free);
  const { faults } = simulator;
  const talk = dial();
  const { ask, say, reply } = talk;
  const whole = await ask('9900802.00', '1');

  faults.byteByByte = true;
  t.equal(await ask('9900802.00', '1'), whole);
  faults.byteByByte = false;
  faults.half = 'then_rest';
  t.equal(await ask('9900802.00', '1'), whole);
  faults.half = 'no';
  faults.unasked = 'before';
  t.match(await ask('9900802.00', '1'), /AY8AZ/);
  t.equal(await reply(), whole);
  faults.unasked = 'no';
  faults.badChecksum = 'once';
  t.match(await ask('9900802.00', '1'), /AY1AZ0000$/);
  t.equal(await say('97AZFEF5'), whole?.replace(/AY1AZ.*/, 'AY0AZEDDF'), 'right when asked again');
  faults.wrongSequence = 'once';
  t.match(await ask('9900802.00', '1'), /AY4AZ/);
  faults.askAgain = 'once';
  t.equal(await ask('9900802.00', '1'), '96AZFEF6');
  t.equal(await ask('9900802.00', '1'), whole);
  Object.assign(faults, { version: '2.0E', paddedAo: true });
  t.match(await ask('9900802.00', '1'), /2\.0EAOUWOLS {7}\|/);
  Object.assign(faults, { encoding: 'cp850', paddedAo: false });
  t.match(await ask('1720260804    101500AOUWOLS|ABBAR-ACCENT|AC|'), /AJ\x90l\x82gie/);
  faults.encoding = 'latin1';
  t.match(await ask('1720260804    101500AOUWOLS|ABBAR-ACCENT|AC|'), /AJÉlégie/);
  faults.encoding = 'utf-8';
  faults.mojibake = true;
  t.match(await ask('1720260804    101500AOUWOLS|ABBAR-ACCENT|AC|'), /AJ\xc3\x83\xc2/);
  faults.mojibake = false;
  faults.extraFields = true;
  t.match(await ask('2300020260804    101500AOUWOLS|AACARD-0001|AC|AD1234|'), /\|XAVIS\|AF.*\|AF.*\|ZZ\|/);
  faults.terminator = '\r\n';
  await ask('9900802.00', '1');
  t.match(await ask('9900802.00', '1'), /^\n98/, 'the line feed of the one before');
  faults.terminator = '\r';

  faults.slowMs = 5_000;
  const slow = ask('9900802.00', '1');
  await simulator.heard(simulator.asked.length + 1);
  t.equal(talk.left().replace('\n', ''), '');
  await clock.advance(5_000);
  t.match(await slow, /98Y/);
  faults.slowMs = 0;
  faults.half = 'then_close';
  t.equal(await ask('9900802.00', '1'), undefined);
  t.match(talk.left(), /^98Y/);
});

t.test('ends connections after so many replies, or answers only the first, or lets nobody in', async (t) => {
  const { simulator, dial } = await setUp(t, { ...free, faults: { dropAfter: 2 } });
  const { faults } = simulator;
  const two = dial();
  await two.ask('9900802.00');
  t.match(await two.ask('9900802.00'), /^98/);
  await two.ended();
  faults.dropAfter = Infinity;
  faults.deafTo = ['17'];
  const deaf = dial();
  t.match(await deaf.ask('9900802.00'), /^98/);
  void deaf.ask('1720260804    101500AOUWOLS|ABBAR-IN|AC|');
  await simulator.heard(4);
  t.equal(deaf.left(), '');
  faults.onlyFirst = true;
  const first = dial();
  t.match(await first.ask('9900802.00'), /^98/);
  void first.ask('9900802.00');
  await simulator.heard(6);
  t.equal(first.left(), '');
  faults.full = true;
  t.equal(await dial().reply(), undefined);
});

t.test('goes away and comes back on the same port, with what it knew', async (t) => {
  const { simulator, dial } = await setUp(t, free);
  const before = dial();
  await before.ask('15+20260804    101500BSEAST|AOUWOLS|AACARD-0001|ABBAR-IN|AC|');
  await simulator.goAway();
  await before.ended();
  t.equal(await dial().ask('9900802.00'), undefined);
  await simulator.comeBack();
  t.match(await dial().ask('1720260804    101500AOUWOLS|ABBAR-IN|AC|'), /\|CF1\|/);
});

t.test('asks for a name and a password as a terminal does', async (t) => {
  const { dial } = await setUp(t, { login: 'telnet' });
  const { socket, ask, until, left } = dial();
  await until(() => left() === 'login: ');
  socket.write('scclient\r\n');
  await until(() => left() === 'login: password: ');
  socket.write('wrong\r\n');
  await until(() => left().endsWith('Invalid login\r\nlogin: '));
  socket.write('scclient\r\n');
  await until(() => left().endsWith('login: password: ') && left().includes('Invalid'));
  socket.write('clientpwd\r\n');
  await until(() => left().endsWith('Initiating SIP\r\n'));
  void ask('9900802.00', '3');
  await until(() => /98Y.*AY3AZ/.test(left()));
  t.pass('and then speaks the protocol');
});

t.test('speaks the same over TLS', async (t) => {
  const tls = await throwAwayCertificate();
  if (!tls) {
    t.comment('not tested: this machine has no openssl command');
    return;
  }
  const simulator: Sip2Simulator = await openSip2Simulator({ clock: createFakeClock(published), tls });
  t.teardown(() => simulator.close());
  const dial = (ca: string | undefined) =>
    connectTls({ host: simulator.host, port: simulator.port, ...(ca !== undefined && { ca }) });
  const { say, socket } = talkOver(dial(tls.cert));
  t.equal(await say(login), '941AY0AZFDFD');
  socket.destroy();
  const refused = await new Promise<Error>((resolve) => dial(undefined).on('error', resolve));
  t.match(
    refused,
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    'who does not know the certificate does not trust it',
  );
});
