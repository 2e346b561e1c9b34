import { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { ModelThreadLost, openModelThreads } from '../../../engine/embedding/model-threads.js';
import { ModelUnusable } from '../../../engine/embedding/model-unusable.js';
import type { CountingTask } from './counting-thread.js';

const start = (workerData: { unusable?: boolean } = {}) =>
  new Worker(new URL('./counting-thread.js', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
const open = async (t: Test, threads: number, starting = start) => {
  const opened = await openModelThreads<CountingTask, string[]>({ start: () => starting(), threads });
  t.teardown(() => opened.close());
  return opened;
};

t.test('urgent work goes between the steps of what is done in the background', async (t) => {
  const threads = await open(t, 1);
  const slow = threads.run({ name: 'slow', steps: 50 });
  const waiting = threads.run({ name: 'waiting', steps: 1 });
  const asked = await threads.run({ name: 'asked', steps: 1 }, { urgent: true });
  t.equal(asked.at(-1), 'asked');
  t.ok(asked.filter((name) => name === 'slow').length < 25, 'it did not wait for the whole');
  t.notOk(asked.includes('waiting'), 'nor for what had waited before it');
  t.equal((await slow).filter((name) => name === 'slow').length, 50, 'and the whole was done all the same');
  t.equal((await waiting).at(-1), 'waiting');
});

t.test('who leaves is answered at once, and what is left of the work is not done', async (t) => {
  const threads = await open(t, 1);
  const leaving = new AbortController();
  const { signal } = leaving;
  const running = threads.run({ name: 'running', steps: 500 }, { signal });
  const waiting = threads.run({ name: 'waiting', steps: 1 }, { signal });
  const staying = threads.run({ name: 'staying', steps: 1 });
  await threads.run({ name: 'first', steps: 1 }, { urgent: true });
  leaving.abort(new Error('left'));
  await t.rejects(running, { message: 'left' });
  await t.rejects(waiting, { message: 'left' });
  await t.rejects(threads.run({ name: 'late', steps: 1 }, { signal }), { message: 'left' });
  const done = await staying;
  t.ok(done.filter((name) => name === 'running').length < 400);
  t.notOk(done.includes('waiting') || done.includes('late'));
});

t.test('background work goes to all threads', async (t) => {
  const threads = await open(t, 2);
  const both = await Promise.all(['a', 'b'].map((name) => threads.run({ name, steps: 20 })));
  t.strictSame(
    both.map((done) => new Set(done).size),
    [1, 1],
  );
});

for (const end of ['die', 'burst'] as const) {
  t.test(`a thread that ends by "${end}" costs the work in it alone, and is replaced`, async (t) => {
    const threads = await open(t, 1);
    const background = threads.run({ name: 'beside it', steps: 500 });
    const lost = threads.run({ name: 'last', steps: 1, end }, { urgent: true });
    const next = threads.run({ name: 'next', steps: 1 });
    await t.rejects(lost, ModelThreadLost);
    await t.rejects(background, ModelThreadLost);
    t.strictSame(await next, ['next'], 'what waited goes to the new thread, which knows nothing of the old');
  });
}

t.test('work that fails is told to the one who asked, and the thread goes on', async (t) => {
  const threads = await open(t, 1);
  await threads.run({ name: 'before', steps: 1 });
  await t.rejects(threads.run({ name: 'wrong', steps: 1, end: 'fail' }), { message: 'it went wrong' });
  t.strictSame(await threads.run({ name: 'after', steps: 1 }), ['before', 'after']);
});

t.test(
  'a model that cannot be used is told as a sentence, with what its library said as the cause',
  async (t) => {
    const error = await open(t, 2, () => start({ unusable: true })).catch((reason: unknown) => reason);
    t.ok(error instanceof ModelUnusable);
    t.match(error, { message: 'This one cannot be used.', cause: { message: 'the reason' } });
  },
);

t.test('opening can be given up', async (t) => {
  const stop = new AbortController();
  const opening = openModelThreads({ start, threads: 1, signal: stop.signal });
  stop.abort(new Error('given up'));
  await t.rejects(opening, { message: 'given up' });
  await t.rejects(openModelThreads({ start, threads: 1, signal: stop.signal }), { message: 'given up' });
});

t.test('closing rejects what waits and what comes later, and ends the threads', async (t) => {
  const workers: Worker[] = [];
  const threads = await openModelThreads<CountingTask, string[]>({
    start: () => {
      const worker = start();
      workers.push(worker);
      return worker;
    },
    threads: 2,
  });
  const running = threads.run({ name: 'running', steps: 500 });
  const ended = Promise.all(workers.map((worker) => new Promise((done) => worker.once('exit', done))));
  const closing = threads.close();
  await t.rejects(running, ModelThreadLost);
  await closing;
  t.strictSame(await ended, [0, 0], 'of themselves, not by force');
  await t.rejects(threads.run({ name: 'late', steps: 1 }), ModelThreadLost);
  t.equal(workers.length, 2, 'none was started in their place');
});
