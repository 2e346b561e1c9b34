import { setTimeout } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { serveModel } from '../../../engine/embedding/model-thread.js';
import { ModelUnusable } from '../../../engine/embedding/model-unusable.js';

/** A task of so many steps; `die` ends the thread in its first, `burst` takes all its memory, `fail` throws. */
export interface CountingTask {
  name: string;
  steps: number;
  end?: 'die' | 'burst' | 'fail';
}

/** What a counting thread answers: the names of all steps done in it so far, in order. */
const done: string[] = [];
const hoard: number[][] = [];
const { unusable } = workerData as { unusable?: boolean };

await serveModel<CountingTask, string[]>(
  () => {
    if (unusable) throw new ModelUnusable('This one cannot be used.', { cause: new Error('the reason') });
    return Promise.resolve({
      close: () => Promise.resolve(),
      async *begin({ name, steps, end }) {
        if (end === 'die') process.exit(7);
        while (end === 'burst') hoard.push(new Array<number>(1_000_000).fill(1.5));
        if (end === 'fail') throw new Error('it went wrong');
        for (let step = 0; step < steps; step++) {
          if (step > 0) yield;
          done.push(name);
          await setTimeout(2);
        }
        return [...done];
      },
    });
  },
  () => [],
);
