import { useEffect } from 'react';
import { whenTold } from '../api/other-pages.js';

/**
 * Why a visit ends: its patron is done, the server had ended it already, another page of this browser ends it, or
 * somebody else has signed in on one.
 */
export type Reason = 'done' | 'signed_out' | 'elsewhere' | 'replaced';

// Noted as it is told: the server may have heard before this page has put away what it shows.
let isEndingElsewhere = false;
whenTold('ending', () => (isEndingElsewhere = true));
whenTold('ended', () => (isEndingElsewhere = false));

/** Waits for the page that ends the visit; false when it has not said within `mostMs` that the server has heard. */
export function endedElsewhere(mostMs: number, signal: AbortSignal): Promise<boolean> {
  if (!isEndingElsewhere) return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (hasEnded: boolean): void => {
      stop();
      clearTimeout(timer);
      resolve(hasEnded);
    };
    const stop = whenTold('ended', () => settle(true));
    const timer = setTimeout(() => settle(false), mostMs);
    signal.addEventListener('abort', () => settle(false), { once: true });
  });
}

/** Ends this page's visit when another page of the browser ends it. */
export function useEndElsewhere(onEnding: () => void): void {
  useEffect(() => whenTold('ending', onEnding), [onEnding]);
}
