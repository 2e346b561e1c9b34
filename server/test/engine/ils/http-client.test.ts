import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { IlsFault } from '../../../engine/ils/ils-fault.js';
import { openHttpClient } from '../../../engine/ils/http-client.js';
import { createFakeClock } from '../../fakes/clock.js';
import { throwAwayCertificate } from '../../simulators/sip2/certificate.js';

const signal = new AbortController().signal;
const certificate = await throwAwayCertificate();

async function portOf(t: Test, server: http.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function faultOfPost(url: string): Promise<IlsFault> {
  const client = openHttpClient(url, { system: 'The system', sockets: 1 });
  try {
    await client.call({ method: 'POST', target: '/holds', body: '{}', signal });
  } catch (error) {
    if (error instanceof IlsFault) return error;
    throw error;
  } finally {
    client.close();
  }
  throw new Error('expected a fault');
}

t.test(
  'to a server that nobody vouches for nothing is sent, and nothing can have happened',
  { skip: certificate === undefined ? 'no openssl here' : false },
  async (t) => {
    let seen = 0;
    const server = https.createServer({ ...certificate }, () => (seen += 1));
    const port = await portOf(t, server);
    const fault = await faultOfPost(`https://127.0.0.1:${port}`);
    t.match(fault, {
      kind: 'unreachable',
      mayHaveHappened: false,
      grant: /vouches for the server’s certificate/,
    });
    t.equal(seen, 0);
  },
);

t.test('of a write that went out and had no answer nobody knows', async (t) => {
  const server = http.createServer((req) => req.socket.destroy());
  const port = await portOf(t, server);
  t.match(await faultOfPost(`http://127.0.0.1:${port}`), { kind: 'unreachable', mayHaveHappened: true });
});

t.test('where nobody listens, nothing can have happened', async (t) => {
  const server = http.createServer();
  const port = await portOf(t, server);
  await new Promise((resolve) => server.close(resolve));
  t.match(await faultOfPost(`http://127.0.0.1:${port}`), {
    kind: 'unreachable',
    mayHaveHappened: false,
    grant: /Nothing listens there/,
  });
});

t.test(
  'an address with https where plain http is spoken is told from one where nobody listens',
  async (t) => {
    const port = await portOf(t, http.createServer());
    t.match(await faultOfPost(`https://127.0.0.1:${port}`), {
      kind: 'unreachable',
      mayHaveHappened: false,
      grant: /does not seem to speak TLS/,
    });
  },
);

t.test(
  'an answer that keeps coming is waited for; a line without a byte is given up, and closed',
  async (t) => {
    const clock = createFakeClock();
    let out: http.ServerResponse | undefined;
    let gone = 0;
    const server = http.createServer((_request, response) => {
      out = response;
      response.on('close', () => (gone += 1));
      response.writeHead(200, { 'content-length': '6' });
      response.write('a');
    });
    const url = `http://127.0.0.1:${await portOf(t, server)}`;
    const client = openHttpClient(url, { system: 'The system', sockets: 1, quietMs: 60_000, clock });
    t.teardown(() => client.close());
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await clock.settle();
    };

    const slow = client.call({ method: 'GET', target: '/', signal });
    await until(() => out !== undefined);
    for (const letter of 'bcdef') {
      await clock.settle();
      await clock.advance(59_000);
      if (letter === 'f') out?.end(letter);
      else out?.write(letter);
      // A byte is on its way for a moment that no clock of ours moves.
      for (let n = 0; n < 20; n += 1) await clock.settle();
    }
    t.equal((await slow).body.toString(), 'abcdef', 'five minutes, and never one without a byte');
    await until(() => gone === 1);

    out = undefined;
    const stuck = client.call({ method: 'GET', target: '/', signal });
    stuck.catch(() => undefined);
    await until(() => out !== undefined);
    for (let n = 0; n < 20; n += 1) await clock.settle();
    await clock.advance(59_000);
    t.equal(gone, 1);
    await clock.advance(1000);
    await t.rejects(stuck, { name: 'IlsFault', kind: 'silent', mayHaveHappened: true });
    await until(() => gone === 2);

    out = undefined;
    const leaving = new AbortController();
    const left = client.call({ method: 'GET', target: '/', signal: leaving.signal });
    left.catch(() => undefined);
    await until(() => out !== undefined);
    leaving.abort(new Error('the caller has left'));
    await t.rejects(left, { message: 'the caller has left' });
  },
);
