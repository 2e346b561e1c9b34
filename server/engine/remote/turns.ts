import { reasonOf } from '../cache/clock.js';

/** A bounded number of requests at a time; who waits is served in turn, client by client. */
export interface Turns {
  /** Resolves when it is this client's turn, with the function that ends it; rejects when the signal aborts. */
  take(client: string, signal: AbortSignal): Promise<() => void>;
  readonly waiting: number;
  readonly running: number;
}

export function createTurns({ most }: { most: number }): Turns {
  /** Clients in the order in which their next request is served, each with its own requests in order. */
  const lines = new Map<string, (() => void)[]>();
  let running = 0;
  let waiting = 0;

  const next = (): void => {
    const first = lines.entries().next().value;
    if (first === undefined || running >= most) return;
    const [client, line] = first;
    const start = line.shift();
    lines.delete(client);
    if (line.length > 0) lines.set(client, line);
    start?.();
  };
  const begin = (): (() => void) => {
    running += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      running -= 1;
      next();
    };
  };

  return {
    take(client, signal) {
      if (signal.aborted) return Promise.reject(reasonOf(signal));
      if (running < most) return Promise.resolve(begin());
      return new Promise((resolve, reject) => {
        const line = lines.get(client) ?? [];
        const start = (): void => {
          signal.removeEventListener('abort', leave);
          waiting -= 1;
          resolve(begin());
        };
        const leave = (): void => {
          waiting -= 1;
          const left = line.filter((one) => one !== start);
          line.splice(0, line.length, ...left);
          if (line.length === 0) lines.delete(client);
          reject(reasonOf(signal));
        };
        line.push(start);
        lines.set(client, line);
        waiting += 1;
        signal.addEventListener('abort', leave, { once: true });
      });
    },
    get waiting() {
      return waiting;
    },
    get running() {
      return running;
    },
  };
}
