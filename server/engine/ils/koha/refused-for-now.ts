import type { Clock } from '../../cache/clock.js';
import { IlsFault } from '../ils-fault.js';
import type { Operation } from './operations.js';

const REMEMBERED_MS = 600_000;

/** What Koha refused to Carrel's account lately, so that it is not asked for at every turn. */
export interface RefusedForNow {
  /** The answer; or undefined where Koha refuses it, or did so in the last ten minutes. */
  unlessRefused<T>(operation: Operation, ask: () => Promise<T>): Promise<T | undefined>;
  forget(): void;
}

export function createRefusedForNow(clock: Clock): RefusedForNow {
  const until = new Map<Operation, number>();
  return {
    async unlessRefused(operation, ask) {
      if (clock.now() < (until.get(operation) ?? 0)) return undefined;
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof IlsFault) || error.kind !== 'refused') throw error;
        until.set(operation, clock.now() + REMEMBERED_MS);
        return undefined;
      }
    },
    forget: () => until.clear(),
  };
}
