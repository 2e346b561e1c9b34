import type { Response } from 'express';

/** Where an answer stands still until a test lets it go on, so that no test counts on time. */
export interface Gate {
  /** Waits to be let on; a reader who leaves waits no longer. */
  pass: (res: Response) => Promise<void>;
  /** Lets the one that waits go on, as soon as there is one. */
  open: () => Promise<void>;
}

/** A gate at which nobody waits yet. */
export function createGate(): Gate {
  const waiting: (() => void)[] = [];
  return {
    pass: (res) =>
      new Promise((resolve) => {
        if (res.destroyed) return resolve();
        waiting.push(resolve);
        res.once('close', () => {
          const at = waiting.indexOf(resolve);
          if (at >= 0) waiting.splice(at, 1);
          resolve();
        });
      }),
    open: async () => {
      while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      waiting.shift()?.();
    },
  };
}
