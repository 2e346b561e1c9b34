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

t.test('a Koha that said nothing at the start is heard as soon as it speaks', async (t) => {
  const { clock, readings, reader, aSpec } = aReader();
  const early = reader.read(asking);
  await clock.advance(3_999);
  reader.read(asking).catch(() => undefined);
  t.equal(readings.length, 1, 'one that is young is shared');
  await clock.advance(1);
  const given = reader.read(asking).catch((error: unknown) => error);
  t.equal(readings.length, 2, 'one that may hang is not waited for alone');
  await clock.advance(4_000);
  const later = reader.read(asking);
  t.match(await given, { kind: 'silent' });
  t.strictSame(
    readings.map(({ signal }) => signal.aborted),
    [false, true, false],
    'never more than two, and the first keeps its time',
  );
  const spec = aSpec();
  readings[2]?.end(spec);
  t.equal(await later, spec);
  t.equal(await reader.read(asking), spec);
  const slow = aSpec();
  readings[0]?.end(slow);
  t.equal(await early, slow, 'a Koha that is merely slow is waited for');
  t.equal(readings.length, 3);
});

t.test('a reading that fails late takes nothing from what another has brought', async (t) => {
  const { clock, readings, reader, aSpec } = aReader();
  const early = reader.read(asking).catch((error: unknown) => error);
  await clock.advance(5_000);
  const later = reader.read(asking);
  const spec = aSpec();
  readings[1]?.end(spec);
  await later;
  await clock.advance(55_000);
  t.match(await early, { name: 'DeadlineError' });
  await clock.advance(600_000);
  t.equal(await reader.read(asking), spec);
  t.equal(readings.length, 2, 'it is fresh for its hour');
  reader.close();
});
