import t from 'tap';
import { systemClock, within } from '../../../engine/cache/clock.js';
import { createSharedWork } from '../../../engine/cache/shared-work.js';
import { createFakeClock } from '../../fakes/clock.js';

const never = new AbortController().signal;

t.test('equal work in flight is done once', async (t) => {
  const shared = createSharedWork();
  let runs = 0;
  const work = () => new Promise<number>((resolve) => setImmediate(() => resolve((runs += 1))));
  t.strictSame(await Promise.all([shared.join('a', never, work), shared.join('a', never, work)]), [1, 1]);
  t.equal(await shared.join('a', never, work), 2, 'and done again once it is over');
});

t.test('one who leaves does not stop the work of one who stays', async (t) => {
  const shared = createSharedWork();
  const leaving = new AbortController();
  let stopped = false;
  let finish = (): void => undefined;
  const work = (signal: AbortSignal) =>
    new Promise<string>((resolve) => {
      signal.addEventListener('abort', () => (stopped = true));
      finish = () => resolve('done');
    });
  const left = shared.join('a', leaving.signal, work);
  const stays = shared.join('a', never, work);
  leaving.abort(new Error('walked away'));
  await t.rejects(left, { message: 'walked away' });
  t.equal(stopped, false);
  finish();
  t.equal(await stays, 'done');
});

t.test('when the last one leaves the work is stopped, and the next one starts afresh', async (t) => {
  const shared = createSharedWork();
  const leaving = new AbortController();
  let stopped = 0;
  const endless = (signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        stopped += 1;
        reject(new Error('stopped'));
      }),
    );
  const left = shared.join('a', leaving.signal, endless);
  leaving.abort('no error object');
  await t.rejects(left, { message: 'aborted' });
  t.equal(stopped, 1);
  t.equal(await shared.join('a', never, () => Promise.resolve('fresh')), 'fresh');
  await t.rejects(shared.join('a', leaving.signal, () => Promise.resolve('too late')));
});

t.test('work within a time limit ends when time is up, even if it does not listen', async (t) => {
  const clock = createFakeClock();
  const result = within(clock, 100, never, () => new Promise(() => undefined));
  const refused = t.rejects(result, { name: 'DeadlineError', afterMs: 100 });
  await clock.advance(100);
  await refused;
});

t.test('work within a time limit hears when its asker leaves', async (t) => {
  const clock = createFakeClock();
  const leaving = new AbortController();
  let heard: unknown;
  const result = within(clock, 100, leaving.signal, (signal) => {
    signal.addEventListener('abort', () => void (heard = signal.reason));
    return new Promise(() => undefined);
  });
  leaving.abort(new Error('gone'));
  await t.rejects(result, { message: 'gone' });
  t.match(heard, { message: 'gone' });
});

t.test('the machine’s clock waits, and stops waiting when told to', async (t) => {
  await systemClock.after(1);
  const stop = new AbortController();
  const waiting = systemClock.after(60_000, stop.signal);
  stop.abort(new Error('enough'));
  await t.rejects(waiting, { message: 'enough' });
  await t.rejects(systemClock.after(1, stop.signal), { message: 'enough' });
  t.equal(await within(systemClock, 1_000, never, () => Promise.resolve('in time')), 'in time');
});
