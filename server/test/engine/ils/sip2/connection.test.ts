import t from 'tap';
import { faultOf, openSystem, published, statusOf, withCopies } from './open-system.js';

const signal = new AbortController().signal;
t.test('signs in once, and stays on the connection', async (t) => {
  const { ils, codes, server } = await openSystem(t);
  t.equal(server.connections.opened, 0, 'not before it is asked');
  t.equal(await statusOf(ils), '03 available');
  t.equal(await statusOf(ils, 'BAR-LOST'), '12 lost');
  t.same(codes(), ['93', '99', '17', '17']);
  t.equal(server.connections.opened, 1);
  const numbers = server.asked.map(({ bytes }) => /AY(\d)AZ/.exec(bytes.toString('latin1'))?.[1]);
  t.same(numbers, ['0', '1', '2', '3']);
});

t.test('numbers go from 9 to 0', async (t) => {
  const { ils, server } = await openSystem(t);
  for (let n = 0; n < 12; n += 1) t.equal(await statusOf(ils), '03 available');
  t.match(server.asked.at(-1)?.bytes.toString('latin1'), /AY3AZ/);
});

t.test('an answer in pieces is one answer', async (t) => {
  for (const fault of [{ byteByByte: true }, { half: 'then_rest' }] as const) {
    const { ils } = await openSystem(t, {}, { faults: fault });
    t.equal(await statusOf(ils), '03 available');
  }
});

t.test('an answer to nothing, before or after the right one, is passed over', async (t) => {
  for (const unasked of ['before', 'after'] as const) {
    const { ils, codes } = await openSystem(t, {}, { faults: { unasked } });
    t.equal(await statusOf(ils), '03 available');
    t.equal(await statusOf(ils, 'BAR-LOST'), '12 lost', 'and is not taken for the next one');
    t.same(codes(), ['93', '99', '17', '17']);
  }
});

t.test('an answer of another number is waited past, until the time is up', async (t) => {
  const { ils, server, clock } = await openSystem(t);
  await statusOf(ils);
  server.faults.wrongSequence = 'always';
  const asking = faultOf(statusOf(ils));
  await server.heard(4);
  await clock.advance(8_000);
  t.match(await asking, { kind: 'silent' });
});

t.test('every ending of a message is understood, and the chosen one sent', async (t) => {
  for (const terminator of ['\r', '\r\n', '\n'] as const) {
    const { ils } = await openSystem(t, { terminator: 'CRLF' }, { faults: { terminator } });
    t.equal(await statusOf(ils), '03 available');
    t.equal(await statusOf(ils, 'BAR-LOST'), '12 lost');
  }
});

t.test('letters beyond ASCII survive in each encoding', async (t) => {
  for (const encoding of ['utf-8', 'latin1', 'cp850'] as const) {
    const { ils, server } = await openSystem(
      t,
      { encoding, loan_text: '{title}' },
      { faults: { encoding, listsAs: 'title' } },
    );
    server.state.charge('BAR-ACCENT', 'miker', published);
    const answer = await ils.authenticate('miker', '6789', { signal });
    if (answer.outcome !== 'ok') return t.fail('not signed in');
    const { loans } = await ils.account(answer.patron, { signal });
    t.equal(loans?.[0]?.title, "Élégie à l'été, déjà lu", encoding);
  }
});

t.test('a wrong checksum is asked for again, and nothing is read from it', async (t) => {
  const { ils, server, codes } = await openSystem(t);
  await statusOf(ils);
  server.faults.badChecksum = 'once';
  t.equal(await statusOf(ils, 'BAR-LOST'), '12 lost');
  t.same(codes().slice(2), ['17', '17', '97']);
  server.faults.badChecksum = 'always';
  t.match(await faultOf(statusOf(ils)), { kind: 'foreign', grant: /wrong/ });
  t.same(codes().slice(5), ['17', '97', '97', '97'], 'three times, and no more');
});

t.test('a server that wants none gets no checksum; one that errs in it may be borne', async (t) => {
  const off = await openSystem(t, { checksum: 'off' });
  t.equal(await statusOf(off.ils), '03 available');
  for (const { bytes } of off.server.asked) t.notMatch(bytes.toString('latin1'), /AZ[0-9A-F]{4}$/);

  const tolerant = await openSystem(t, { checksum: 'tolerant' }, { faults: { badChecksum: 'always' } });
  t.equal(await statusOf(tolerant.ils), '03 available');
  t.match(tolerant.server.asked[0]?.bytes.toString('latin1'), /AY0AZ[0-9A-F]{4}$/);
  t.notOk(tolerant.codes().includes('97'));
});

t.test('asked to repeat, it sends the same bytes, three times at most', async (t) => {
  const { ils, server } = await openSystem(t);
  await statusOf(ils);
  server.faults.askAgain = 'once';
  t.equal(await statusOf(ils, 'BAR-LOST'), '12 lost');
  const [first, second] = server.asked.slice(-2);
  t.same(second?.bytes, first?.bytes);
  server.faults.askAgain = 'always';
  const before = server.asked.length;
  t.match(await faultOf(statusOf(ils)), { kind: 'foreign', mayHaveHappened: false });
  t.equal(server.asked.length - before, 4);
  t.equal(new Set(server.asked.slice(before).map(({ bytes }) => bytes.toString('hex'))).size, 1);
});

t.test('a server that says nothing is not asked twice, and its connection is given up', async (t) => {
  const { ils, server, clock, codes } = await openSystem(t);
  await statusOf(ils);
  server.faults.deafTo = ['17'];
  const asking = faultOf(statusOf(ils));
  await server.heard(4);
  await clock.advance(7_999);
  t.equal(server.connections.open, 1, 'not before its time');
  await clock.advance(1);
  t.match(await asking, { kind: 'silent', mayHaveHappened: true });
  await server.deserted();
  t.same(codes(), ['93', '99', '17', '17']);
  server.faults.deafTo = [];
  t.equal(await statusOf(ils), '03 available', 'over a new one');
  t.equal(server.connections.opened, 2);
});

t.test('a read that is cut off is asked once more over a new connection, and then no more', async (t) => {
  const { ils, server, codes } = await openSystem(t);
  await statusOf(ils);
  Object.assign(server.faults, { loseReplyTo: ['17'], loseBy: 'close' });
  t.match(await faultOf(statusOf(ils)), { kind: 'unreachable' });
  t.same(codes(), ['93', '99', '17', '17', '93', '99', '17']);
});

t.test('stopping in the middle of an answer is told from not answering', async (t) => {
  const { ils, server } = await openSystem(t, { login: 'none', sc_status: 'never' }, { login: 'none' });
  server.faults.half = 'then_close';
  t.match(await faultOf(statusOf(ils)), { kind: 'cut_off' });
});

t.test('a connection that the server has closed meanwhile is replaced without a word', async (t) => {
  const { ils, server } = await openSystem(t, {}, { faults: { dropAfter: 3 } });
  for (let n = 0; n < 4; n += 1) t.equal(await statusOf(ils), '03 available');
  t.equal(server.connections.opened, 4);
});

t.test('a server that is away is unreachable, and found again when it is back', async (t) => {
  const { ils, server } = await openSystem(t);
  await statusOf(ils);
  await server.goAway();
  t.match(await faultOf(statusOf(ils)), { kind: 'unreachable' });
  t.match(await faultOf(statusOf(ils)), { kind: 'unreachable', mayHaveHappened: false });
  await server.comeBack();
  t.equal(await statusOf(ils), '03 available', 'signed in anew');
});

t.test('a server that accepts and hangs up at once is unreachable', async (t) => {
  const { ils, server } = await openSystem(t, {}, { faults: { full: true } });
  t.match(await faultOf(statusOf(ils)), { kind: 'unreachable', mayHaveHappened: false });
  t.equal(server.connections.opened, 1, 'and is not pressed');
});

t.test('an account that the server does not want is refused, and says what to grant', async (t) => {
  const { ils, codes } = await openSystem(t, { login_password: 'wrong' });
  const fault = await faultOf(statusOf(ils));
  t.match(fault, { kind: 'refused', mayHaveHappened: false, grant: /SIP2 account/ });
  t.notMatch(JSON.stringify(fault) + fault.message, /wrong|scclient/);
  t.same(codes(), ['93'], 'and is not tried again');
});

t.test('a server without login is asked at once', async (t) => {
  const { ils, codes } = await openSystem(t, { login: 'none' }, { login: 'none' });
  t.equal(await statusOf(ils), '03 available');
  t.same(codes(), ['99', '17']);
});

t.test('a server with prompts is signed in to as at a terminal', async (t) => {
  const { ils, codes } = await openSystem(t, { login: 'telnet' }, { login: 'telnet' });
  t.equal(await statusOf(ils), '03 available');
  t.same(codes(), ['99', '17']);
  const wrong = await openSystem(t, { login: 'telnet', login_password: 'wrong' }, { login: 'telnet' });
  t.match(await faultOf(statusOf(wrong.ils)), { kind: 'refused', mayHaveHappened: false });
  t.same(wrong.codes(), []);
});

t.test('a prompt that never comes is waited for no longer than an answer', async (t) => {
  const { ils, clock, waiting } = await openSystem(
    t,
    { login: 'telnet', telnet_user_prompt: 'who goes there?' },
    { login: 'telnet' },
  );
  const asking = faultOf(statusOf(ils));
  await waiting(8_000);
  await clock.advance(8_000);
  t.match(await asking, { kind: 'silent', mayHaveHappened: false });
});

t.test('SC status comes before login, after it, or never', async (t) => {
  const early = await openSystem(t, { sc_status: 'before_login' }, { statusBeforeLogin: true });
  t.equal(await statusOf(early.ils), '03 available');
  t.same(early.codes(), ['99', '93', '17']);
  const none = await openSystem(t, { sc_status: 'never' });
  t.equal(await statusOf(none.ils), '03 available');
  t.same(none.codes(), ['93', '17']);
  const wrong = await openSystem(t, { sc_status: 'before_login' });
  t.match(await faultOf(statusOf(wrong.ils)), { kind: 'unreachable' }, 'most servers hang up on that');
});

t.test('a server that answers only the first message gets a connection for each', async (t) => {
  const { ils, server } = await openSystem(
    t,
    { reconnect_per_message: true, sc_status: 'never' },
    { faults: { onlyFirst: true } },
  );
  t.equal(await statusOf(ils), '03 available');
  t.equal(await statusOf(ils, 'BAR-LOST'), '12 lost');
  t.equal(server.connections.opened, 2);
  await server.deserted();
});

t.test('never more connections than the settings allow, however much is asked', async (t) => {
  for (const connections of [1, 2]) {
    const { ils, server } = await openSystem(t, { connections });
    const barcodes = Array.from({ length: 12 }, (_, n) => `NO-${n}`);
    const asking = [0, 1, 2].map(() => ils.availability([withCopies(...barcodes)], { signal }));
    for (const answer of await Promise.all(asking)) t.equal(answer.get('r')?.items.length, 12);
    t.equal(server.connections.opened, connections);
    t.equal(server.asked.filter(({ code }) => code === '17').length, 36);
  }
});

t.test('a patron does not wait behind everyone who asks about copies', async (t) => {
  const { ils, codes } = await openSystem(t, { connections: 1 });
  const shelves = ['NO-1', 'NO-2', 'NO-3', 'NO-4', 'NO-5'].map((barcode) => statusOf(ils, barcode));
  const patron = ils.authenticate('miker', '6789', { signal });
  await Promise.all([...shelves, patron]);
  t.same(codes(), ['93', '99', '17', '17', '63', '17', '17', '17']);
});

t.test('an idle connection is kept open for a while, and then given up', async (t) => {
  const { ils, server, clock, codes, waiting } = await openSystem(t, {
    keep_alive_seconds: 50,
    idle_close_minutes: 2,
  });
  await statusOf(ils);
  await clock.advance(49_999);
  t.same(codes(), ['93', '99', '17']);
  await clock.advance(1);
  await waiting(50_000, 2);
  t.same(codes().slice(3), ['99'], 'in less than a minute');
  await clock.advance(50_000);
  await waiting(50_000, 3);
  await clock.advance(50_000);
  await server.deserted();
  t.same(codes().slice(3), ['99', '99'], 'nobody has asked anything for two minutes');
  t.equal(await statusOf(ils), '03 available');
  t.equal(server.connections.opened, 2);
});

t.test('an idle connection need not be kept open', async (t) => {
  const { ils, server, clock, codes } = await openSystem(t, { keep_alive_seconds: 0, idle_close_minutes: 3 });
  await statusOf(ils);
  await clock.advance(180_000);
  await server.deserted();
  t.same(codes(), ['93', '99', '17']);
});

t.test('who leaves is not waited for, and takes the connection along', async (t) => {
  const { ils, server } = await openSystem(t);
  await statusOf(ils);
  server.faults.deafTo = ['17'];
  const leaving = new AbortController();
  const asking = statusOf(ils, 'BAR-IN', leaving.signal);
  await server.heard(4);
  leaving.abort(new Error('gone'));
  await t.rejects(asking, { message: 'gone' });
  await server.deserted();
  server.faults.deafTo = [];
  t.equal(await statusOf(ils, 'BAR-LOST'), '12 lost', 'no late answer is taken for another’s');
});

t.test('who leaves while waiting for a turn gives it up', async (t) => {
  const { ils, server } = await openSystem(t, { connections: 1 });
  server.faults.deafTo = ['17'];
  const first = new AbortController();
  const waiting = new AbortController();
  const asking = statusOf(ils, 'BAR-IN', first.signal);
  await server.heard(3);
  const behind = statusOf(ils, 'BAR-LOST', waiting.signal);
  waiting.abort(new Error('gone'));
  await t.rejects(behind, { message: 'gone' });
  t.equal(server.connections.opened, 1);
  first.abort(new Error('gone too'));
  await t.rejects(asking, { message: 'gone too' });
});

t.test('closing ends what is under way and leaves no connection', async (t) => {
  const { ils, server } = await openSystem(t);
  await statusOf(ils);
  server.faults.deafTo = ['17'];
  const asking = statusOf(ils);
  await server.heard(4);
  await ils.close();
  await t.rejects(asking);
  await server.deserted();
  await t.rejects(statusOf(ils), 'nothing is asked afterwards');
  t.equal(server.connections.opened, 1);
});
