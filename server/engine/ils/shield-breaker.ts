import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  isBrokenCircuitError,
  type IBackoff,
} from 'cockatiel';
import type { Clock } from '../cache/clock.js';
import { isOutage } from './ils-fault.js';

/** Nothing was asked: the system is left alone for a moment, or too many wait for it already. */
export class LeftAlone extends Error {
  constructor() {
    super('the system is left alone for the moment');
    this.name = 'LeftAlone';
  }
}

/** The asker left before an answer came, which says nothing about the system. */
export class Abandoned extends Error {}

/**
 * After `failures` outages in a row a system is left alone for `openMs`; then one call is let through, whose success
 * ends it and whose failure leaves the system alone for as long again.
 */
export interface ShieldBreaker {
  /** Rejects with LeftAlone instead of calling. Who comes while the one call is out waits for how it ends. */
  call<T>(work: () => Promise<T>): Promise<T>;
  /** True from the failure that opened it until a call has succeeded. */
  isAway(): boolean;
  /** True when a call would go out now, be it as the one that tries whether the system is back. */
  allows(): boolean;
}

export function createShieldBreaker(options: {
  clock: Clock;
  failures: number;
  openMs: number;
}): ShieldBreaker {
  const { clock, openMs } = options;
  let openedAt = 0;
  const isCooling = (): boolean => clock.now() - openedAt < openMs;
  // Cockatiel measures with the machine's clock; a length that is endless until ours says otherwise makes it use ours.
  const untilOurs: IBackoff<unknown> = {
    get duration() {
      return isCooling() ? Infinity : -Infinity;
    },
    next: () => untilOurs,
  };
  const policy = circuitBreaker(
    // A call that tries whether the system is back and is given up by its asker has not shown that it is.
    handleWhen((error) =>
      error instanceof Abandoned ? policy.state === CircuitState.HalfOpen : isOutage(error),
    ),
    { halfOpenAfter: untilOurs, breaker: new ConsecutiveBreaker(options.failures) },
  );
  policy.onBreak(() => (openedAt = clock.now()));

  return {
    async call(work) {
      try {
        return await policy.execute(work);
      } catch (error) {
        if (isBrokenCircuitError(error)) throw new LeftAlone();
        throw error;
      }
    },
    isAway: () => policy.state !== CircuitState.Closed,
    allows: () =>
      policy.state === CircuitState.Closed || (policy.state === CircuitState.Open && !isCooling()),
  };
}
