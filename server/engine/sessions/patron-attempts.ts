import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { systemClock, type Clock } from '../cache/clock.js';

/** So many failures in so long, and no further try is taken until the oldest of them is that old. */
export interface AttemptLimit {
  failures: number;
  windowMs: number;
}

export interface AttemptLimits {
  /** Below what the library's system locks an account at: Polaris does at 3. */
  card: AttemptLimit;
  /** For systems that count without end until a PIN is right, as Koha's FailedLoginAttempts does. */
  cardOfDay: AttemptLimit;
  /** One browser session. */
  device: AttemptLimit;
  /** One network address; a whole branch may share it, so it is generous. */
  address: AttemptLimit;
}

const MINUTE_MS = 60_000;

export const attemptLimits: AttemptLimits = {
  card: { failures: 2, windowMs: 5 * MINUTE_MS },
  cardOfDay: { failures: 4, windowMs: 24 * 60 * MINUTE_MS },
  device: { failures: 6, windowMs: 15 * MINUTE_MS },
  address: { failures: 30, windowMs: 15 * MINUTE_MS },
};

export interface Attempter {
  card: string;
  device: string;
  address: string;
}

/** `right`: the PIN was. `nobody_knows`: the system could not say, which counts against nobody. */
export type AttemptEnd = 'right' | 'wrong' | 'nobody_knows';

export type Attempt =
  { allowed: true; settle: (end: AttemptEnd) => void } | { allowed: false; retryAfterMs: number };

/** Times of failures, and how many tries are under way, which count as failures until they are settled. */
interface Tally {
  failures: number[];
  pending: number;
}

const KEPT = 50_000;

/**
 * Counts failed sign-ins per card, device and address before the library's system would lock the card. Cards and
 * addresses are remembered only as hashes under a key that lives as long as the process.
 */
export function createPatronAttempts(options: { limits?: AttemptLimits; clock?: Clock } = {}) {
  const limits = options.limits ?? attemptLimits;
  const clock = options.clock ?? systemClock;
  const key = randomBytes(32);
  const tallies = new LRUCache<string, Tally>({ max: KEPT });

  const keyOf = (kind: keyof AttemptLimits, value: string): string =>
    createHmac('sha256', key).update(`${kind}\n${value}`).digest('base64url');
  const tallyOf = (name: string, { windowMs }: AttemptLimit): Tally => {
    const tally = tallies.get(name) ?? { failures: [], pending: 0 };
    tally.failures = tally.failures.filter((at) => clock.now() - at < windowMs);
    return tally;
  };

  return {
    /** Takes a try, which must be settled, or says when one is taken again. Tries under way at once count together. */
    begin(who: Attempter): Attempt {
      const card = cardForm(who.card);
      const values = { card, cardOfDay: card, device: who.device, address: who.address };
      const counted = (Object.keys(values) as (keyof AttemptLimits)[]).map((kind) => {
        const name = keyOf(kind, values[kind]);
        return { kind, name, limit: limits[kind], tally: tallyOf(name, limits[kind]) };
      });
      const over = counted.filter(
        ({ tally, limit }) => tally.failures.length + tally.pending >= limit.failures,
      );
      if (over.length > 0) {
        const waits = over.map(({ tally, limit }) => {
          const [oldest] = tally.failures;
          return oldest === undefined ? 1000 : oldest + limit.windowMs - clock.now();
        });
        return { allowed: false, retryAfterMs: Math.max(...waits) };
      }
      // Not before: refused tries without end would push out what is known of others.
      for (const { tally, name } of counted) {
        tally.pending += 1;
        tallies.set(name, tally);
      }
      let settled = false;
      return {
        allowed: true,
        settle(end) {
          if (settled) return;
          settled = true;
          for (const { tally, kind, name } of counted) {
            tally.pending -= 1;
            if (end === 'wrong') tally.failures.push(clock.now());
            // A right PIN clears its own card alone: nobody earns tries at other cards with their own.
            if (end === 'right' && kind.startsWith('card')) tally.failures = [];
            if (tally.pending === 0 && tally.failures.length === 0 && tallies.peek(name) === tally) {
              tallies.delete(name);
            }
          }
        },
      };
    },
  };
}

export type PatronAttempts = ReturnType<typeof createPatronAttempts>;

const plainCharacters = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const { compare } = new Intl.Collator('en', { sensitivity: 'base' });

/**
 * All ways of writing a card that a system may take for the same count together: in either case, with spaces, hyphens
 * and other signs, with characters that do not show, and with the accents and foreign digits that a database's collation
 * (Koha's, say) does not tell from plain ones.
 */
function cardForm(card: string): string {
  return card
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(
      /[^0-9A-Z]/gu,
      (character) => plainCharacters.find((one) => compare(one, character) === 0) ?? character,
    );
}
