import type { ItemStatus } from '../../contract/vocabulary.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const LOAN_DAYS = [14, 21, 21, 28] as const;

/** What a simulated copy is doing at a moment; `dueAt` (ISO 8601) only while it is out. */
export interface Circulation {
  status: ItemStatus;
  dueAt?: string;
}

/**
 * Where a copy is at `nowMs`, as a pure function of its id and the clock: it rests on the shelf for days or weeks, goes
 * out for 14 to 28 days, and now and then comes back by van or waits a few days for someone on the hold shelf.
 */
export function circulationOf(itemId: string, nowMs: number): Circulation {
  const seed = hash(itemId);
  const loanMs = pick(LOAN_DAYS, seed) * DAY_MS;
  const returning = pick(['home', 'home', 'home', 'van', 'hold'] as const, seed >>> 4);
  const returnMs = { home: 0, van: DAY_MS, hold: 3 * DAY_MS }[returning];
  const restMs = (10 + ((seed >>> 8) % 75)) * DAY_MS;
  const cycleMs = loanMs + returnMs + restMs;
  const offsetMs = ((seed >>> 14) % 97) * DAY_MS + (9 + ((seed >>> 21) % 9)) * HOUR_MS;
  const intoCycle = (((nowMs - offsetMs) % cycleMs) + cycleMs) % cycleMs;
  if (intoCycle < loanMs) {
    return { status: 'checked_out', dueAt: new Date(nowMs - intoCycle + loanMs).toISOString() };
  }
  if (intoCycle < loanMs + returnMs) return { status: returning === 'van' ? 'in_transit' : 'on_hold_shelf' };
  return { status: 'available' };
}

function pick<T>(from: readonly T[], seed: number): T {
  return from[seed % from.length] as T;
}

/** FNV-1a with a final mix (murmur3's), so that neighbouring ids do not circulate together. Unsigned 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
