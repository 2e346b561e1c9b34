import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** What goes wrong with a file, each once or always. */
export interface Faults {
  /** Ends the connection after so many bytes of body, this often. */
  cutAfter?: { bytes: number; times: number };
  /** Answers these statuses first, one a request. */
  statuses?: { status: number; retryAfter?: string }[];
  ignoresRange?: boolean;
  /** Says another digest than the file has. */
  wrongDigest?: boolean;
  /** Says another length in the redirect. */
  wrongLength?: number;
  /** Says nothing more after the first bytes. */
  silentAfter?: number;
  /** Answers a web page. */
  page?: boolean;
  /** Sends where a download must not go. */
  redirectTo?: string;
  /** Gives no headers of Hugging Face, as a plain mirror. */
  plain?: boolean;
}

export interface HubStandIn {
  url: string;
  /** Requests for bytes, in order: path, status and the range asked for. */
  asked: { path: string; range: string | undefined; status: number }[];
  files: Map<string, Buffer>;
  faults: Map<string, Faults>;
}

/**
 * A hub on this machine that speaks as Hugging Face does: `/{repo}/resolve/{revision}/{file}` answers a redirect with
 * x-linked-etag, x-linked-size and x-repo-commit for large files, whose bytes another address gives by range; small
 * files come at once, with git's digest as their etag.
 */
export async function openHubStandIn(t: Test, repo: string, largeFrom = 4096): Promise<HubStandIn> {
  const hub: HubStandIn = { url: '', asked: [], files: new Map(), faults: new Map() };
  const commit = 'c0ffee'.padEnd(40, '0');
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://hub');
    const match = new RegExp(`^/(?:cdn/)?${repo}/resolve/([^/]+)/(.+)$`).exec(url.pathname);
    const path = match?.[2] ?? '';
    const bytes = hub.files.get(path);
    const faults = hub.faults.get(path) ?? {};
    const answer = (status: number, headers: Record<string, string | number> = {}): void => {
      hub.asked.push({ path, range: request.headers.range, status });
      response.writeHead(status, headers);
    };
    const status = faults.statuses?.shift();
    if (status !== undefined) {
      answer(status.status, status.retryAfter === undefined ? {} : { 'retry-after': status.retryAfter });
      response.end('busy');
      return;
    }
    if (bytes === undefined) {
      answer(404);
      response.end('Entry not found');
      return;
    }
    if (faults.page === true) {
      answer(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<title>Please sign in</title>');
      return;
    }
    const isCdn = url.pathname.startsWith('/cdn/');
    if (!isCdn && faults.plain !== true && bytes.length >= largeFrom) {
      const digest = faults.wrongDigest === true ? 'ab'.repeat(32) : sha256(bytes);
      response.writeHead(302, {
        location: faults.redirectTo ?? `${hub.url}/cdn${url.pathname}`,
        'x-linked-etag': `"${digest}"`,
        'x-linked-size': faults.wrongLength ?? bytes.length,
        'x-repo-commit': commit,
      });
      response.end();
      return;
    }
    const small = !isCdn && faults.plain !== true;
    const etag = small ? `"${gitSha1(bytes)}"` : `"${sha256(bytes).slice(0, 16)}"`;
    send(request, response, {
      bytes,
      faults,
      etag,
      answer,
      headers: small ? { 'x-repo-commit': commit } : {},
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return hub;
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  file: {
    bytes: Buffer;
    faults: Faults;
    etag: string;
    headers: Record<string, string>;
    answer: (status: number, headers?: Record<string, string | number>) => void;
  },
): void {
  const { bytes, faults, etag } = file;
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const same = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  const ranged = from > 0 && same && faults.ignoresRange !== true;
  if (ranged && from >= bytes.length) {
    file.answer(416, { 'content-range': `bytes */${bytes.length}` });
    response.end();
    return;
  }
  const body = ranged ? bytes.subarray(from) : bytes;
  file.answer(ranged ? 206 : 200, {
    ...file.headers,
    etag,
    'content-length': body.length,
    ...(ranged && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
  });
  if (faults.silentAfter !== undefined) {
    response.write(body.subarray(0, faults.silentAfter));
    return;
  }
  if (faults.cutAfter !== undefined && faults.cutAfter.times > 0) {
    faults.cutAfter.times -= 1;
    response.write(body.subarray(0, faults.cutAfter.bytes));
    // Time for what was written to be read: a stream that breaks throws away what nobody took yet.
    setTimeout(() => response.socket?.destroySoon(), 100);
    return;
  }
  response.end(body);
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function gitSha1(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
