import { noteServerTime, serverNowMs } from './clock.js';
import { tellOtherPages, whenTold } from './other-pages.js';
import { Refused, refusalOf } from './refusal.js';

export const BASE = '/api/v1';

/** What an answer of the server says about who is signed in here: nobody any more, perhaps somebody else, or nothing. */
type Word = 'signed_out' | 'csrf_refused' | 'answered';

const listeners: Record<Word, Set<() => void>> = {
  signed_out: new Set(),
  csrf_refused: new Set(),
  answered: new Set(),
};
let lastReachedMs = serverNowMs();
// The pages of a browser share one visit: it is not idle while any of them is used.
whenTold('heard', () => (lastReachedMs = serverNowMs()));

/** Calls `listener` whenever an answer of the server says so; the answer stops that. */
export function whenServerSays(word: Word, listener: () => void): () => void {
  listeners[word].add(listener);
  return () => listeners[word].delete(listener);
}

/** When, by the server's clock, it last heard from this browser: a visit's idle time counts from here. */
export function lastHeardMs(): number {
  return lastReachedMs;
}

/** Fetches an address of this server; throws Refused for every answer that is not one. */
export async function reached(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new Refused({ kind: 'unreachable' }, { cause });
  }
  noteServerTime(response.headers.get('date'));
  lastReachedMs = serverNowMs();
  tellOtherPages('heard');
  if (response.ok) {
    say('answered');
    return response;
  }
  const body: unknown = await response.json().catch(() => undefined);
  throw refused(body, response.headers.get('retry-after'));
}

/** A refusal as the server wrote it, in an answer or in the middle of a stream; who listens for its word hears it. */
export function refused(body: unknown, retryAfter: string | null): Refused {
  const refusal = refusalOf(body, retryAfter);
  if (refusal.kind === 'problem' && (refusal.code === 'signed_out' || refusal.code === 'csrf_refused')) {
    say(refusal.code);
  }
  return new Refused(refusal);
}

function say(word: Word): void {
  listeners[word].forEach((listener) => listener());
}

/** The JSON answer of a GET below /api/v1. */
export async function get(path: string, signal: AbortSignal): Promise<unknown> {
  const response = await reached(BASE + path, { signal });
  return response.json();
}
