import type { Clock } from '../cache/clock.js';

/**
 * Counts failures in a row. After `failures` of them it refuses for `openMs`, then lets one attempt through: its
 * success closes the breaker, its failure refuses for another `openMs`.
 */
export interface Breaker {
  /** True when an attempt may be made now; whoever is told true must report back with `succeeded` or `failed`. */
  allows(): boolean;
  succeeded(): void;
  failed(): void;
  /** The attempt was given up by its asker and says nothing about the other side. */
  abandoned(): void;
  isOpen(): boolean;
}

export function createBreaker(options: { clock: Clock; failures: number; openMs: number }): Breaker {
  let inARow = 0;
  let openedAt: number | undefined;
  let probing = false;

  const cooling = (): boolean => openedAt !== undefined && options.clock.now() - openedAt < options.openMs;
  return {
    allows() {
      if (openedAt === undefined) return true;
      if (cooling() || probing) return false;
      probing = true;
      return true;
    },
    succeeded() {
      inARow = 0;
      openedAt = undefined;
      probing = false;
    },
    failed() {
      inARow += 1;
      probing = false;
      if (inARow >= options.failures) openedAt = options.clock.now();
    },
    abandoned() {
      probing = false;
    },
    isOpen: () => openedAt !== undefined && cooling(),
  };
}
