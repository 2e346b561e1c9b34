import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import type { Test } from 'tap';
import { ConversationCreated } from '../../../contract/conversation.js';
import { ProblemBody } from '../../../contract/problems.js';
import { createDiscoveryRoutes } from '../../../desks/discovery/routes.js';
import { sendProblems } from '../../../http/problems.js';
import { anonymousSession, knownOpenSessionOf, openSessionOf, sessionOf } from '../../../http/session.js';
import { createTestDesk, type TestDesk } from '../../fakes/desk.js';

export interface Browser {
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<Response>;
}

/** The discovery desk over HTTP as the app mounts it, with browsers that keep their cookie. */
export async function serve(t: Test, test: TestDesk = createTestDesk()) {
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  const app = express();
  app.use(express.json({ limit: '64kb' }), anonymousSession({ secure: false }));
  app.use(createDiscoveryRoutes(test.desk, { sessionOf, openSessionOf, knownOpenSessionOf }));
  app.use(sendProblems(log));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = (): Browser => {
    let cookie = '';
    const send: Browser['send'] = async (method, path, body, headers = {}, signal) => {
      const response = await fetch(base + path, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(cookie && { cookie }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      });
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      return response;
    };
    return { send, get: (path, headers) => send('GET', path, undefined, headers) };
  };
  return { ...test, browser, logged };
}

/** Opens a conversation and answers its id. */
export const begin = async (browser: Browser): Promise<string> =>
  ConversationCreated.parse(await (await browser.send('POST', '/conversations')).json()).id;
export const problem = async (response: Response) => ProblemBody.parse(await response.json());
export const first = { text: 'books about lighthouses' };
