import { reasonOf } from '../cache/clock.js';

/**
 * Does the work of every value, at most `most` at a time, results in the values' order. The first failure stops the rest
 * and is thrown when what had begun has ended; so does the signal, with its reason.
 */
export async function atMost<Value, Result>(
  most: number,
  values: readonly Value[],
  signal: AbortSignal,
  work: (value: Value, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const leave = (): void => stop.abort(reasonOf(signal));
  signal.addEventListener('abort', leave, { once: true });
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < values.length && !stop.signal.aborted) {
      const at = next++;
      results[at] = await work(values[at] as Value, stop.signal);
    }
  };
  const workers = Array.from({ length: Math.min(most, values.length) }, worker);
  try {
    await Promise.all(workers);
    signal.throwIfAborted();
    return results;
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(workers);
    throw error;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
