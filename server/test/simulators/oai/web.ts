import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebAsked {
  method: string;
  path: string;
  /** Of the query, and of the body where it is a form. */
  parameters: URLSearchParams;
  /** Path and query as they came. */
  target: string;
  headers: IncomingHttpHeaders;
}

export interface WebAnswer {
  status: number;
  headers?: Record<string, string>;
  body: Buffer;
  /** Half of the body goes out, and then the connection ends. */
  isCut?: boolean;
}

/** An HTTP server on a free port of 127.0.0.1 that can go away. */
export interface Web {
  readonly host: string;
  readonly port: number;
  /** In the order they came. */
  readonly asked: WebAsked[];
  /** Resolves when that many requests have come in all. */
  heard(count: number): Promise<void>;
  /** Resolves when that many requests were left by the other side before they were answered. */
  leavings(count: number): Promise<void>;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** `answer` is given a signal that aborts when the other side hangs up. */
export async function openWeb(
  answer: (asked: WebAsked, signal: AbortSignal) => WebAnswer | Promise<WebAnswer>,
): Promise<Web> {
  const asked: WebAsked[] = [];
  let left = 0;
  const waits: { isMet: () => boolean; resolve: () => void }[] = [];
  const check = (): void => waits.filter(({ isMet }) => isMet()).forEach(({ resolve }) => resolve());
  const until = (isMet: () => boolean): Promise<void> =>
    isMet() ? Promise.resolve() : new Promise((resolve) => waits.push({ isMet, resolve }));

  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) left += 1;
      gone.abort();
      check();
    });
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const url = new URL(request.url ?? '/', 'http://localhost');
      const form = new URLSearchParams(Buffer.concat(parts).toString('utf8'));
      for (const [name, value] of form) url.searchParams.append(name, value);
      const one: WebAsked = {
        method: request.method ?? '',
        path: url.pathname,
        parameters: url.searchParams,
        target: request.url ?? '',
        headers: request.headers,
      };
      asked.push(one);
      check();
      const { status, headers, body, isCut } = await answer(one, gone.signal);
      response.writeHead(status, { 'content-length': String(body.length), ...headers });
      if (isCut !== true) return void response.end(body);
      response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
      // Who hangs up while the answer waits gets none.
    })().catch(() => response.destroy());
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    host: '127.0.0.1',
    port,
    asked,
    heard: (count) => until(() => asked.length >= count),
    leavings: (count) => until(() => left >= count),
    goAway: stop,
    comeBack: () => listen(port),
    close: stop,
  };
}
