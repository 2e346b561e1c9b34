const SWEEP_MS = 60_000;

/**
 * Sees to it that what is past its time leaves memory although nobody asks any more: call the answered function after
 * each value put in. It looks every minute (or `everyMs`) while anything is kept, and never holds the process open.
 */
export function wipeInTime(
  kept: { readonly size: number; purgeStale(): unknown },
  everyMs: number = SWEEP_MS,
): () => void {
  let waiting = false;
  const wait = (): void => {
    if (waiting) return;
    waiting = true;
    setTimeout(look, everyMs).unref();
  };
  const look = (): void => {
    waiting = false;
    kept.purgeStale();
    if (kept.size > 0) wait();
  };
  return wait;
}
