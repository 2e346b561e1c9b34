import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { IlsFault } from '../../../engine/ils/ils-fault.js';
import { openHttpClient } from '../../../engine/ils/http-client.js';
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
    t.match(fault, { kind: 'unreachable', mayHaveHappened: false });
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
  t.match(await faultOfPost(`http://127.0.0.1:${port}`), { kind: 'unreachable', mayHaveHappened: false });
});
