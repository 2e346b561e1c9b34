import { TextDecoder } from 'node:util';
import type { Clock } from '../cache/clock.js';
import { xmlDecoder } from '../catalogue/formats/xml-encoding.js';
import { openHttpClient } from '../ils/http-client.js';
import { IlsFault } from '../ils/ils-fault.js';

export interface FeedAddress {
  url: string;
  username?: string | undefined;
  password?: string | undefined;
  /** Without a byte; an answer that keeps coming may take longer. */
  timeout_seconds: number;
}

export interface FeedAnswer {
  text: string;
  /** When the other side's clock says that it answered. */
  date: number | undefined;
}

export type FeedDoor = ReturnType<typeof openFeedDoor>;

const MOST_BYTES = 64 * 1024 * 1024;
const HEAD_BYTES = 1024;
const MOST_WAITS = 5;
const UNSAID_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 10 * 60_000;

/**
 * The one address of a feed that answers in XML. A server that asks to be left alone for a while (503, 429) is waited
 * for, up to five times and ten minutes each. `root` is the element that makes a 4xx an answer of the protocol's own.
 * Throws IlsFault, and the signal's reason when it aborts.
 */
export function openFeedDoor(
  address: FeedAddress,
  deps: { system: string; root: RegExp; accept: string; clock: Clock },
) {
  const { system, clock } = deps;
  const base = new URL(address.url);
  const quietMs = address.timeout_seconds * 1000;
  const client = openHttpClient(address.url, { system, sockets: 1, quietMs, clock });
  const login =
    address.username === undefined
      ? undefined
      : Buffer.from(`${address.username}:${address.password ?? ''}`).toString('base64');
  const headers = {
    accept: deps.accept,
    ...(login !== undefined && { authorization: `Basic ${login}` }),
  };

  return {
    /** Sends the parameters after those that the address has already, each percent-encoded as it stands. */
    async ask(
      parameters: readonly (readonly [string, string])[],
      { signal }: { signal: AbortSignal },
    ): Promise<FeedAnswer> {
      const target = targetOf(base, parameters);
      for (let waits = 0; ; waits++) {
        const reply = await client.call({ method: 'GET', target, headers, signal, mostBytes: MOST_BYTES });
        const { status, headers: said, body } = reply;
        if (status === 503 || status === 429) {
          const waitMs = waitOf(said['retry-after'], clock.now()) ?? UNSAID_WAIT_MS;
          if (waits === MOST_WAITS || waitMs > LONGEST_WAIT_MS) {
            throw new IlsFault('busy', system, { retryAfterMs: waitMs });
          }
          await clock.after(waitMs, signal);
          continue;
        }
        const text = textOf(body);
        const isOwn = status >= 400 && status < 500 && deps.root.test(text.slice(0, HEAD_BYTES));
        if (status !== 200 && !isOwn) throw faultOfStatus(status, system);
        const date = Date.parse(said.date ?? '');
        return { text, date: Number.isNaN(date) ? undefined : date };
      }
    },
    close: () => client.close(),
  };
}

function targetOf(base: URL, parameters: readonly (readonly [string, string])[]): string {
  const pairs = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const before = base.search.replace(/^\?/, '');
  return `${base.pathname}?${[...(before === '' ? [] : [before]), ...pairs].join('&')}`;
}

/** By its byte order mark, else by what its XML declaration says. */
function textOf(body: Buffer): string {
  const mark = body.toString('hex', 0, 2);
  if (mark === 'fffe') return new TextDecoder('utf-16le').decode(body);
  if (mark === 'feff') return new TextDecoder('utf-16be').decode(body);
  return xmlDecoder(body.subarray(0, HEAD_BYTES))(body);
}

/** Milliseconds of a Retry-After header, seconds or a date; undefined when it says neither. */
function waitOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(1000, ms) : undefined;
}

function faultOfStatus(status: number, system: string): IlsFault {
  if (status === 401 || status === 403) {
    const grant = `The address answers ${status}: it wants a user name and a password, or to know this server’s address.`;
    return new IlsFault('refused', system, { grant });
  }
  if (status >= 300 && status < 400) {
    const grant = 'The address sends callers on to another one; please enter that one.';
    return new IlsFault('foreign', system, { grant });
  }
  if (status === 404 || status === 410) {
    return new IlsFault('not_offered', system, { grant: `There is nothing at this address (${status}).` });
  }
  return new IlsFault(status >= 500 ? 'broken' : 'foreign', system);
}
