import { useCallback, useRef, useState } from 'react';
import { Refused, type Refusal } from '../api/refusal.js';

/** Something that is done once for a patron, and how it went. `lost`: nobody here knows whether it was done. */
export type Deed<T> =
  | { phase: 'ready' }
  | { phase: 'busy' }
  | { phase: 'told'; answer: T }
  | { phase: 'refused'; refusal: Refusal }
  | { phase: 'lost' };

/** Does one thing at a time. A second call while the first is under way does nothing. */
export function useDeed<T>(): [Deed<T>, (work: () => Promise<T>) => Promise<Deed<T>>, () => void] {
  const [deed, setDeed] = useState<Deed<T>>({ phase: 'ready' });
  const busy = useRef(false);
  const act = useCallback(async (work: () => Promise<T>): Promise<Deed<T>> => {
    if (busy.current) return { phase: 'busy' };
    busy.current = true;
    setDeed({ phase: 'busy' });
    const done = await work().then((answer): Deed<T> => ({ phase: 'told', answer }), outcomeOf);
    busy.current = false;
    setDeed(done);
    return done;
  }, []);
  const reset = useCallback(() => setDeed({ phase: 'ready' }), []);
  return [deed, act, reset];
}

/** A server that said no did nothing; one that was cut off, or stumbled, may have. */
export function outcomeOf(error: unknown): { phase: 'refused'; refusal: Refusal } | { phase: 'lost' } {
  if (!(error instanceof Refused)) return { phase: 'lost' };
  const { refusal } = error;
  return refusal.kind === 'problem' && refusal.code !== 'internal'
    ? { phase: 'refused', refusal }
    : { phase: 'lost' };
}
