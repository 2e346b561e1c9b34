import type { Clock } from '../../../engine/cache/clock.js';
import type { Feed, HarvestedRecord } from '../../../engine/harvest/feed.js';
import { createFakeClock } from '../../fakes/clock.js';

/** A clock on which answers are never late and every other wait is over at once, but noted in `waits`. */
export function hurriedClock(timeoutMs: number): Clock & { waits: number[] } {
  const clock = createFakeClock();
  const waits: number[] = [];
  return {
    waits,
    now: () => clock.now(),
    after(ms, signal) {
      if (ms === timeoutMs) return clock.after(ms, signal);
      signal?.throwIfAborted();
      waits.push(ms);
      return Promise.resolve();
    },
  };
}

export interface Followed {
  records: HarvestedRecord[];
  pages: number;
  resumes: string[];
  cursor: string;
}

/** A feed followed to its end. */
export async function followed(
  feed: Feed,
  from: { since?: string; resume?: string } = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Followed> {
  const { since, ...resume } = from;
  const pages = feed.harvest({ since, ...resume }, { signal });
  const all: Followed = { records: [], pages: 0, resumes: [], cursor: '' };
  for (;;) {
    const step = await pages.next();
    if (step.done) return { ...all, cursor: step.value };
    all.records.push(...step.value.records);
    all.resumes.push(step.value.resume);
    all.pages += 1;
  }
}

/** Last parts of the keys, those of deletions with a minus before them. */
export function keysOf(records: readonly HarvestedRecord[]): string[] {
  return records.map(({ key, deleted }) => `${deleted ? '-' : ''}${key.split(':').at(-1)}`);
}

/** What a promise was rejected with. Throws when it was not. */
export async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
