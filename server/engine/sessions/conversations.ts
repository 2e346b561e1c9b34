import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Problem } from '../../contract/problems.js';
import { systemClock, type Clock } from '../cache/clock.js';
import { wipeInTime } from '../cache/wipe.js';

export interface ConversationsOptions {
  clock?: Clock;
  /** A conversation nobody continues is forgotten after this; default 24 h. */
  ttlMs?: number;
  /** Conversations held at once, the longest untouched leave first; default 20,000. */
  maxConversations?: number;
  /** How often conversations past their time are looked for and wiped; default a minute. */
  sweepMs?: number;
  /** Of one session, so that one visitor cannot push out all others; default 20. */
  maxPerSession?: number;
}

/**
 * Conversations of anonymous sessions, in memory only: nothing here is ever written down. A conversation is known by a
 * random id of 128 bits and opens only to the session it began in.
 */
export interface Conversations<T extends object> {
  /** Begins a conversation and answers its id. */
  begin(sessionId: string, value: T): string;
  /** The conversation; Problem('conversation_not_found') when it ended, expired or belongs to another session. */
  get(sessionId: string, id: string): T;
  /** Forgets one conversation; the same problem as `get`. */
  end(sessionId: string, id: string): void;
  /** Hands the conversations of a session on to the id that its browser has from now on; the old id opens none any more. */
  carryOver(before: string, now: string): void;
  /** Forgets everything of a session. */
  endVisit(sessionId: string): void;
  count(): number;
}

export function createConversations<T extends object>(options: ConversationsOptions = {}): Conversations<T> {
  const clock = options.clock ?? systemClock;
  const maxPerSession = options.maxPerSession ?? 20;
  const bySession = new Map<string, Set<string>>();
  const kept = new LRUCache<string, { sessionId: string; value: T }>({
    max: options.maxConversations ?? 20_000,
    ttl: options.ttlMs ?? 86_400_000,
    updateAgeOnGet: true,
    ttlResolution: 0,
    perf: { now: () => clock.now() },
    disposeAfter: ({ sessionId }, id) => {
      const ids = bySession.get(sessionId);
      ids?.delete(id);
      if (ids?.size === 0) bySession.delete(sessionId);
    },
  });

  const get = (sessionId: string, id: string): T => {
    // Looked at before it is touched: a stranger's try must not keep a conversation alive.
    const found = kept.peek(id);
    if (!found || found.sessionId !== sessionId) throw new Problem('conversation_not_found');
    kept.get(id);
    return found.value;
  };

  const wipeLater = wipeInTime(kept, options.sweepMs);

  return {
    begin(sessionId, value) {
      const ids = bySession.get(sessionId) ?? new Set();
      const [oldest] = ids;
      if (oldest !== undefined && ids.size >= maxPerSession) kept.delete(oldest);
      const id = randomBytes(16).toString('base64url');
      bySession.set(sessionId, ids.add(id));
      kept.set(id, { sessionId, value });
      wipeLater();
      return id;
    },
    get,
    end(sessionId, id) {
      get(sessionId, id);
      kept.delete(id);
    },
    carryOver(before, now) {
      const ids = bySession.get(before);
      if (!ids || before === now) return;
      bySession.delete(before);
      bySession.set(now, new Set([...(bySession.get(now) ?? []), ...ids]));
      for (const id of ids) {
        const one = kept.peek(id);
        if (one) one.sessionId = now;
      }
    },
    endVisit(sessionId) {
      for (const id of [...(bySession.get(sessionId) ?? [])]) kept.delete(id);
    },
    count: () => kept.size,
  };
}
