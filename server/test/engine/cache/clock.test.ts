import t from 'tap';
import { unlessLeft } from '../../../engine/cache/clock.js';

t.test('who has left, before or meanwhile, waits for nothing; the work goes on', async (t) => {
  const leaving = new AbortController();
  let fail: (error: Error) => void = () => undefined;
  const work = new Promise<string>((_resolve, reject) => (fail = reject));
  const waiting = unlessLeft(leaving.signal, work);
  leaving.abort(new Error('left'));
  await t.rejects(waiting, { message: 'left' });
  await t.rejects(unlessLeft(leaving.signal, work), { message: 'left' });
  fail(new Error('heard by nobody'));
  await t.rejects(work, { message: 'heard by nobody' });
});

t.test('who stays gets what the work comes to', async (t) => {
  const { signal } = new AbortController();
  t.equal(await unlessLeft(signal, Promise.resolve('done')), 'done');
  await t.rejects(unlessLeft(signal, Promise.reject(new Error('failed'))), { message: 'failed' });
});
