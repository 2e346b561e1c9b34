import { noteServerTime, serverNowMs } from './clock.js';
import { Refused, refusalOf } from './refusal.js';

export const BASE = '/api/v1';

const signedOutListeners = new Set<() => void>();
let lastReachedMs = serverNowMs();

/** Calls `listener` whenever the server says that nobody is signed in here any more; the answer stops that. */
export function whenSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** When, by the server's clock, it last heard from this page: a visit's idle time counts from here. */
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
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => undefined);
  const refusal = refusalOf(body, response.headers.get('retry-after'));
  if (refusal.kind === 'problem' && refusal.code === 'signed_out') signedOutListeners.forEach((say) => say());
  throw new Refused(refusal);
}

/** The JSON answer of a GET below /api/v1. */
export async function get(path: string, signal: AbortSignal): Promise<unknown> {
  const response = await reached(BASE + path, { signal });
  return response.json();
}
