import t from 'tap';
import { readSpec, type KohaSpec } from '../../../../engine/ils/koha/spec.js';
import { createSpecReader } from '../../../../engine/ils/koha/spec-reader.js';
import { createFakeClock } from '../../../fakes/clock.js';

const asking = new AbortController().signal;

/** Readings that end when the test says so. */
function aReader() {
  const clock = createFakeClock();
  const readings: { signal: AbortSignal; end: (spec: KohaSpec) => void; fail: (error: Error) => void }[] = [];
  const reader = createSpecReader(
    (signal) => new Promise((end, fail) => readings.push({ signal, end, fail })),
    clock,
  );
  const aSpec = (): KohaSpec => readSpec({ paths: {} }) as KohaSpec;
  return { clock, readings, reader, aSpec };
}

t.test('a specification is read to its end when whoever asked first has left', async (t) => {
  const { readings, reader, aSpec } = aReader();
  const first = new AbortController();
  const left = reader.read(first.signal).catch((error: unknown) => error);
  first.abort(new Error('out of time'));
  t.match(await left, { message: 'out of time' });
  t.equal(readings[0]?.signal.aborted, false, 'the reading goes on');
  const second = reader.read(asking);
  t.equal(readings.length, 1, 'and is shared with the next one');
  const spec = aSpec();
  readings[0]?.end(spec);
  t.equal(await second, spec);
  t.equal(await reader.read(asking), spec);
  t.equal(readings.length, 1);
});

t.test('one that is an hour old serves until the next has come', async (t) => {
  const { clock, readings, reader, aSpec } = aReader();
  const [old, fresh] = [aSpec(), aSpec()];
  const first = reader.read(asking);
  readings[0]?.end(old);
  await first;
  await clock.advance(3_600_000);
  t.equal(await reader.read(asking), old);
  t.equal(readings.length, 2);
  readings[1]?.fail(new Error('away'));
  await clock.settle();
  t.equal(await reader.read(asking), old);
  t.equal(readings.length, 2, 'a reading that failed is not tried again at once');
  await clock.advance(60_000);
  await reader.read(asking);
  readings[2]?.end(fresh);
  await clock.settle();
  t.equal(await reader.read(asking), fresh);
});

t.test(
  'read anew, it is waited for by none but who wants it so; what takes too long or is closed ends',
  async (t) => {
    const { clock, readings, reader, aSpec } = aReader();
    const first = reader.read(asking);
    const known = aSpec();
    readings[0]?.end(known);
    await first;
    const slow = reader.readAnew(asking).catch((error: unknown) => error);
    t.equal(readings.length, 2);
    t.equal(await reader.read(asking), known, 'a Koha that says nothing holds up no one');
    await clock.advance(60_000);
    t.match(await slow, { name: 'DeadlineError' });
    t.equal(readings[1]?.signal.aborted, true);
    const last = reader.readAnew(asking).catch((error: unknown) => error);
    reader.close();
    t.match(await last, { message: 'closed' });
    t.equal(readings[2]?.signal.aborted, true, 'and nothing is left under way');
  },
);
