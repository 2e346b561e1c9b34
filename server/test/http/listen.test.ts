import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import t, { type Test } from 'tap';
import { listen } from '../../http/listen.js';
import { openEventStream } from '../../http/sse.js';

/** A server that gives bodies 200 ms, and after that 1000 bytes a second. */
async function door(t: Test) {
  const app = express();
  app.get('/events', (req, res) => {
    const stream = openEventStream(req, res);
    setTimeout(() => {
      stream.send('late', {});
      stream.close();
    }, 700);
  });
  app.post('/refused', (_req, res) => void res.status(401).end());
  app.post('/', (req, res) => {
    let bytes = 0;
    req.on('data', (chunk: Buffer) => (bytes += chunk.length));
    req.on('end', () => res.json({ bytes }));
  });
  const bodyPace = { graceMs: 200, bytesPerSecond: 1000 };
  const server = await listen(app, { host: '127.0.0.1', port: 0, bodyPace });
  t.teardown(() => server.close(0));
  /** Sends a body of `length` bytes in pieces of `piece` every 50 ms; answers all that came back. */
  const send = async (
    path: string,
    length: number,
    piece: number,
  ): Promise<{ text: string; sent: number }> => {
    const socket = connect(server.port, '127.0.0.1');
    let text = '';
    let sent = 0;
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n`,
    );
    while (sent < length && !socket.destroyed && socket.writable) {
      socket.write(Buffer.alloc(piece));
      sent += piece;
      await sleep(50);
    }
    await closed;
    return { text, sent };
  };
  return { base: `http://127.0.0.1:${server.port}`, send };
}

t.test('a body that trickles in is cut off, whether or not anybody reads it', async (t) => {
  const { send } = await door(t);
  for (const path of ['/', '/refused']) {
    const { text, sent } = await send(path, 10_000, 1);
    t.ok(sent < 40, `${path}: ${sent} bytes were let in`);
    t.notMatch(text, '"bytes"');
  }
});

t.test('a long upload passes while it moves', async (t) => {
  const { send } = await door(t);
  const { text } = await send('/', 6000, 300);
  t.match(text, /"bytes":6000/);
});

t.test('an event stream may last, for its request is complete', async (t) => {
  const { base } = await door(t);
  t.match(await (await fetch(`${base}/events`)).text(), 'event: late');
});
