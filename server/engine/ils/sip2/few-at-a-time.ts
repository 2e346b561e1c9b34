/**
 * Does the work for each, in order, so many at a time. The first failure is thrown when what had begun has ended, and
 * nothing further is begun.
 */
export async function fewAtATime<T, R>(
  all: readonly T[],
  most: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < all.length && failures.length === 0; at = next++) {
      try {
        results[at] = await work(all[at] as T);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, all.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
