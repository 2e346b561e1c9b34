import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { STALE_MS, type Lease } from './lease.js';

const BEAT_MS = 2000;
const STEP_ASIDE_MS = 20_000;

export interface HeldLease {
  holder: string;
  /** Aborts when the lease was lost, or when a holder that yields is asked to step aside. */
  lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Takes the lease and keeps it alive until released. Asks a holder that yields (a training, an embedding) to step aside and waits for
 * it; undefined when somebody else keeps the lease.
 */
export async function holdLease(options: {
  lease: Lease;
  jobId: string | null;
  yields?: boolean;
  /** How long to wait for a holder that yields. Default: 20 seconds, and not at all for one that yields itself. */
  patienceMs?: number;
  beatMs?: number;
}): Promise<HeldLease | undefined> {
  const { lease, jobId, yields = false } = options;
  const holder = randomUUID();
  const patience = Date.now() + (options.patienceMs ?? (yields ? -1 : STEP_ASIDE_MS));
  while (!(await lease.take({ holder, jobId, yields }))) {
    if (Date.now() > patience || !(await lease.want())) return undefined;
    await sleep(100);
  }

  const lost = new AbortController();
  let lastBeat = Date.now();
  let beating: Promise<void> = Promise.resolve();
  const beat = async (): Promise<void> => {
    try {
      const held = await lease.beat(holder);
      if (held === undefined || held.wanted) lost.abort();
      else lastBeat = Date.now();
    } catch {
      // A full disk or a locked database may pass; only a heart that has stopped for too long is lost.
      if (Date.now() - lastBeat > STALE_MS) lost.abort();
    }
  };
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, options.beatMs ?? BEAT_MS);

  return {
    holder,
    lost: lost.signal,
    async release() {
      clearInterval(timer);
      await beating;
      await lease.release(holder);
    },
  };
}
