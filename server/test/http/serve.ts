import type { Express } from 'express';
import type { Test } from 'tap';
import { listen } from '../../http/listen.js';

/** Listens on a free loopback port until the test ends; answers the base address. */
export async function serve(t: Test, app: Express): Promise<string> {
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  t.teardown(() => server.close(0));
  return `http://127.0.0.1:${server.port}`;
}
