import { reasonOf, type Clock } from '../cache/clock.js';
import { LlmDeclined, type Estimate } from './llm.js';
import type { Work } from './speed.js';

/** Somebody who wants an answer. */
export interface Arrival {
  client: string;
  budgetMs: number;
  signal: AbortSignal;
  /** How long the answer takes with so many at once; undefined while nothing is known. */
  work: (atOnce: number) => Work | undefined;
}

/** A hand is at work for somebody, until `leave`. */
export interface Turn {
  /** The first word came. */
  began(): void;
  leave(): void;
}

/**
 * Who is served when. There are as many hands as answers that can be made at once. Those who wait are served client by
 * client, each client's requests in the order they came, so that one who asks much makes nobody else wait for all of it.
 */
export interface Admission {
  /**
   * Resolves when a hand is free. Throws LlmDeclined `busy` at once when the first word would come too late, and later
   * when the budget passes in the queue; the signal's reason when the asker leaves.
   */
  enter(arrival: Arrival): Promise<Turn>;
  /** When an answer to a client not yet waiting would begin and end. */
  estimate(work: Arrival['work']): Estimate | undefined;
  setHands(hands: number): void;
  /** Sends away everybody who waits. */
  refuse(error: Error): void;
  waiting(): number;
  busy(): number;
}

interface Waiting extends Arrival {
  admit: (turn: Turn) => void;
  refuse: (error: Error) => void;
}

interface Serving {
  work: Work | undefined;
  since: number;
  writingSince: number | undefined;
}

export function createAdmission(options: { clock: Clock; hands: number }): Admission {
  const { clock } = options;
  let hands = options.hands;
  const serving = new Set<Serving>();
  /** Clients in the order in which they are next; each has somebody waiting. */
  const lines = new Map<string, Waiting[]>();

  const waiting = (): number => [...lines.values()].reduce((sum, line) => sum + line.length, 0);
  const atOnce = (): number => Math.max(1, Math.min(hands, serving.size + waiting() + 1));

  const serve = (arrival: Arrival): Turn => {
    const one: Serving = {
      work: arrival.work(Math.min(hands, serving.size + 1)),
      since: clock.now(),
      writingSince: undefined,
    };
    serving.add(one);
    return {
      began() {
        one.writingSince ??= clock.now();
      },
      leave() {
        if (serving.delete(one)) callNext();
      },
    };
  };

  const callNext = (): void => {
    while (serving.size < hands) {
      const [client, line] = lines.entries().next().value ?? [];
      const next = line?.shift();
      if (client === undefined || line === undefined || next === undefined) return;
      // The client goes behind all others.
      lines.delete(client);
      if (line.length > 0) lines.set(client, line);
      next.admit(serve(next));
    }
  };

  const leaveLine = (one: Waiting): void => {
    const line = lines.get(one.client) ?? [];
    const left = line.filter((other) => other !== one);
    if (left.length > 0) lines.set(one.client, left);
    else lines.delete(one.client);
  };

  /** Everybody who would be served before a newcomer of this client, in order. */
  const before = (client: string | undefined): Waiting[] => {
    const rounds = [...lines].map(([name, line]) => ({ name, line: [...line] }));
    if (!rounds.some((round) => round.name === client)) rounds.push({ name: client ?? '', line: [] });
    const order: Waiting[] = [];
    for (;;) {
      const round = rounds.shift();
      const next = round?.line.shift();
      if (!round || (!next && round.name === (client ?? ''))) return order;
      if (!next) continue;
      order.push(next);
      rounds.push(round);
    }
  };

  const estimateFor = (client: string | undefined, work: Arrival['work']): Estimate | undefined => {
    const own = work(atOnce());
    if (!own) return undefined;
    const now = clock.now();
    const freeAt = Array.from({ length: hands }, () => 0);
    [...serving].forEach((one, i) => (freeAt[i] = leftOf(one, now)));
    for (const ahead of before(client)) {
      const soonest = freeAt.indexOf(Math.min(...freeAt));
      freeAt[soonest] = (freeAt[soonest] ?? 0) + wholeOf(ahead.work(hands));
    }
    const firstMs = Math.round(Math.min(...freeAt) + own.readMs);
    return { firstMs, wholeMs: Math.round(firstMs + own.writeMs) };
  };

  return {
    async enter(arrival) {
      const { client, budgetMs, signal } = arrival;
      signal.throwIfAborted();
      const estimate = estimateFor(client, arrival.work);
      if (estimate && estimate.firstMs > budgetMs)
        throw new LlmDeclined('busy', { waitMs: estimate.firstMs });
      if (serving.size < hands) return serve(arrival);

      const done = new AbortController();
      const enteredAt = clock.now();
      try {
        return await new Promise<Turn>((resolve, reject) => {
          const one: Waiting = { ...arrival, admit: resolve, refuse: reject };
          const line = lines.get(client);
          if (line) line.push(one);
          else lines.set(client, [one]);
          const go = (error: Error): void => {
            leaveLine(one);
            reject(error);
          };
          signal.addEventListener('abort', () => go(reasonOf(signal)), { once: true, signal: done.signal });
          clock.after(budgetMs, done.signal).then(
            () => {
              const more = estimateFor(client, arrival.work)?.firstMs ?? 0;
              go(new LlmDeclined('busy', { waitMs: clock.now() - enteredAt + more }));
            },
            // Admitted or gone before.
            () => undefined,
          );
        });
      } finally {
        done.abort();
      }
    },
    estimate: (work) => estimateFor(undefined, work),
    setHands(count) {
      hands = count;
      callNext();
    },
    refuse(error) {
      const everybody = [...lines.values()].flat();
      lines.clear();
      for (const one of everybody) one.refuse(error);
    },
    waiting,
    busy: () => serving.size,
  };
}

function wholeOf(work: Work | undefined): number {
  return work ? work.readMs + work.writeMs : 0;
}

/** What is still to do for somebody; work that takes longer than expected is always about to end. */
function leftOf(one: Serving, now: number): number {
  if (!one.work) return 0;
  const { readMs, writeMs } = one.work;
  if (one.writingSince !== undefined) return Math.max(0, writeMs - (now - one.writingSince));
  return Math.max(0, readMs - (now - one.since)) + writeMs;
}
