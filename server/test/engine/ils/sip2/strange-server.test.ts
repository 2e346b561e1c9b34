import net from 'node:net';
import t, { type Test } from 'tap';
import { openSip2 } from '../../../../engine/ils/sip2/sip2.js';
import { createFakeClock } from '../../../fakes/clock.js';
import { faultOf, published, settingsOf, statusOf } from './open-system.js';

/** A server of a few lines, for what no server should do; what it is to write comes from `answer`. */
async function strangeServer(
  t: Test,
  answer: (text: string, socket: net.Socket) => void,
  change: Parameters<typeof settingsOf>[0] = {},
) {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => answer(bytes.toString('latin1'), socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clock = createFakeClock(published);
  const { port } = server.address() as net.AddressInfo;
  const plain = { login: 'none', sc_status: 'never', checksum: 'off' } as const;
  const ils = openSip2(settingsOf({ port, ...plain, ...change }), { clock });
  t.teardown(async () => {
    await ils.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { ils, clock };
}

const stamp = '20261121    023455';

t.test('a server without checksums is found out, and the setting named', async (t) => {
  const on = { checksum: 'on' } as const;
  const { ils } = await strangeServer(
    t,
    (_text, socket) => socket.write(`18030201${stamp}ABBAR-IN|AJThis|\r`),
    on,
  );
  t.match(await faultOf(statusOf(ils)), { kind: 'foreign', grant: /tolerant or off/ });
});

t.test('an answer without end is given up', async (t) => {
  const { ils } = await strangeServer(t, (_text, socket) =>
    socket.write(`18030201${stamp}AJ${'x'.repeat(70_000)}`),
  );
  t.match(await faultOf(statusOf(ils)), { kind: 'foreign' });
});

t.test('a flood of answers is given up', async (t) => {
  const { ils } = await strangeServer(t, (_text, socket) => socket.write(`98YY\r`.repeat(5_000)));
  t.match(await faultOf(statusOf(ils)), { kind: 'foreign' });
});

t.test('without numbers, an answer of another kind or about another copy is passed over', async (t) => {
  const { ils } = await strangeServer(t, (_text, socket) =>
    socket.write(
      `Welcome\r98YNNYNN600003${stamp}2.00|\r18120201${stamp}ABBAR-LOST|AJOther|\r18030201${stamp}ABBAR-IN|AJThis|\r`,
    ),
  );
  t.equal(await statusOf(ils), '03 available');
});

t.test('an answer about another copy says nothing about this one', async (t) => {
  const answer = `18030201${stamp}ABBAR-IN|AJOther|AY0AZ0000\r`;
  const { ils } = await strangeServer(t, (_text, socket) => socket.write(answer), { checksum: 'tolerant' });
  t.equal(await statusOf(ils, 'BAR-IN-2'), 'the system answered for another copy');
});

t.test('an answer that ends before its fixed part does is none', async (t) => {
  const { ils } = await strangeServer(t, (_text, socket) => socket.write(`1803\r`));
  t.match(await faultOf(statusOf(ils)), { kind: 'foreign' });
});

t.test('a web server is not taken for a library’s system', async (t) => {
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const { ils, clock } = await strangeServer(t, (_text, socket) => {
    socket.write('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
    answer();
  });
  const asking = faultOf(statusOf(ils));
  await answered;
  await clock.advance(8_000);
  t.match(await asking, { kind: 'silent' });
});

t.test('a machine that does not answer the door is not waited for longer than allowed', async (t) => {
  const clock = createFakeClock(published);
  // TLS is spoken to a server that knows none: it never comes to a greeting.
  const server = net.createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const ils = openSip2(settingsOf({ port, tls: true, connect_timeout_ms: 4_000 }), { clock });
  const knocked = new Promise<net.Socket>((resolve) => server.once('connection', resolve));
  const asking = faultOf(statusOf(ils));
  const socket = await knocked;
  await clock.advance(4_000);
  t.match(await asking, { kind: 'unreachable', mayHaveHappened: false });
  await ils.close();
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** Answers every 63 with these counts (six places of four), and lists nothing. */
async function accountWith(t: Test, counts: string) {
  const { ils } = await strangeServer(t, (_text, socket) =>
    socket.write(`64${' '.repeat(14)}000${stamp}${counts}AOUWOLS|AACARD-0001|BLY|CQY|\r`),
  );
  const signal = new AbortController().signal;
  const answer = await ils.authenticate('CARD-0001', '1234', { signal });
  if (answer.outcome !== 'ok') throw new Error('not signed in');
  const { loans, holds } = await ils.account(answer.patron, { signal });
  return { loans, holds };
}

t.test('an empty list is believed only where the count says the same', async (t) => {
  const none = await accountWith(t, '0000'.repeat(6));
  t.strictSame(none, { loans: [], holds: [] });
  const withheld = await accountWith(t, '000400000026000000000000');
  t.strictSame(withheld, { loans: undefined, holds: undefined }, 'counted, but not shown');
  const untold = await accountWith(t, ' '.repeat(24));
  t.strictSame(untold, { loans: undefined, holds: undefined }, 'neither counted nor shown');
  const unfetched = await accountWith(t, '000000000000000000000003');
  t.equal(unfetched.holds, undefined, 'three that cannot be fetched yet are not none');
  t.same(unfetched.loans, []);
});
