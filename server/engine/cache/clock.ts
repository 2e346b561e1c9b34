/** Time as the engine's ages and waits see it, so that a test enters time instead of sleeping through it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  after(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(reasonOf(signal));
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      const stop = (): void => {
        clearTimeout(timer);
        reject(reasonOf(signal));
      };
      signal?.addEventListener('abort', stop, { once: true });
    }),
};

/** The work did not answer in the time it was given. */
export class DeadlineError extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`no answer after ${afterMs} ms`);
    this.afterMs = afterMs;
    this.name = 'DeadlineError';
  }
}

/**
 * Runs `work` for at most `ms`. Rejects with DeadlineError when time is up and with the signal's reason when it
 * aborts; in both cases the signal handed to the work aborts too, and the wait ends even if the work ignores it.
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const stopWork = new AbortController();
  const stopTimer = new AbortController();
  const leave = (): void => stopWork.abort(reasonOf(signal));
  signal.addEventListener('abort', leave, { once: true });
  const gone = new Promise<never>((_resolve, reject) => {
    stopWork.signal.addEventListener('abort', () => reject(reasonOf(stopWork.signal)), { once: true });
  });
  const working = work(stopWork.signal);
  clock.after(ms, stopTimer.signal).then(
    () => stopWork.abort(new DeadlineError(ms)),
    () => undefined,
  );
  try {
    return await Promise.race([working, gone]);
  } finally {
    signal.removeEventListener('abort', leave);
    stopTimer.abort();
    working.catch(() => undefined);
    gone.catch(() => undefined);
  }
}

/**
 * Runs `work` for as long as it shows life: it calls `alive` with each sign of it. Rejects with DeadlineError after
 * `quietMs` without one, and with the signal's reason when it aborts; in both cases the signal handed to the work aborts.
 */
export async function whileAlive<T>(
  clock: Clock,
  quietMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const quiet = new AbortController();
  const over = new AbortController();
  let last = clock.now();
  const watch = async (): Promise<void> => {
    for (let left = quietMs; left > 0; left = last + quietMs - clock.now())
      await clock.after(left, over.signal);
    quiet.abort(new DeadlineError(quietMs));
  };
  // Ends with the work: the wait is then left, which is no news.
  watch().catch(() => undefined);
  try {
    return await work(AbortSignal.any([signal, quiet.signal]), () => {
      last = clock.now();
    });
  } finally {
    over.abort();
  }
}

/** Settles as the work does, or rejects at once when its asker leaves; the work then goes on. */
export async function unlessLeft<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let leave = (): void => undefined;
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(reasonOf(signal));
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener('abort', leave);
    work.catch(() => undefined);
  }
}

/** Why a signal was aborted, always as an Error. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
