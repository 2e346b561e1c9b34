import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { IlsFault } from '../../../engine/ils/ils-fault.js';
import { HarvestTaken } from '../../../engine/harvest/harvests.js';
import { thrownBy } from './followed.js';
import { book, broken, gone, library } from './library.js';

const away = new IlsFault('unreachable', 'The feed');

t.test('a first harvest is a full import; the next asks for changes since its cursor', async (t) => {
  const { harvest, feed, noted, harvests } = await library(t);
  const end = await harvest([book('a'), book('b')], [book('c')]);
  t.match(end, { mode: 'full', records: 3, deleted: 0 });
  t.match(noted.started[0]?.request, { source: 'main', mode: 'full', files: [{ owned: true }] });
  t.strictSame(noted.ids(0), ['a', 'b', 'c']);
  t.match(noted.started[0]?.texts[0], /^<\?xml[^]*<collection [^]*<\/collection>\n$/, 'a file of its own');
  await harvest([book('b', 'Revised')]);
  t.match(noted.started[1]?.request, { mode: 'changes' });
  t.strictSame(noted.ids(1), ['b']);
  t.strictSame(
    feed.asked.map(({ since }) => since),
    [undefined, 'c1'],
  );
  t.match(await harvests.state('main'), { failures: 0, records: 1, cursorAgeMs: 0 });
});

t.test('nothing new starts no import, and neither does what came before to the letter', async (t) => {
  const { harvest, feed, noted } = await library(t);
  await harvest([book('a'), book('b')]);
  t.match(await harvest(), { records: 0, message: 'Nothing has changed.' });
  t.match(await harvest([book('a'), book('b')]), { records: 2, message: 'Nothing has changed.' });
  t.equal(noted.started.length, 1);
  await harvest([book('a'), book('b', 'Revised')]);
  t.strictSame(noted.ids(1), ['b'], 'of two, the one that changed');
  t.equal(feed.asked.at(-1)?.since, 'c3', 'the cursor moves all the same');
});

t.test('a deletion names the key, and the record goes by the id that it had', async (t) => {
  const { harvest, noted } = await library(t);
  await harvest([book('oai:1', 'One', 'r1'), book('oai:2', 'Two', 'r2')]);
  t.match(await harvest([gone('oai:1'), gone('oai:unknown')]), { deleted: 1 });
  t.strictSame(noted.ids(1), ['-r1'], 'of a key that never was, no word');
  await harvest([gone('oai:1')]);
  t.equal(noted.started.length, 2, 'told twice is done once');
  await harvest([book('oai:1', 'One', 'r1')]);
  t.strictSame(noted.ids(2), ['r1'], 'it may come back');
});

t.test('a record that is known under another id now does not stay behind', async (t) => {
  const { harvest, noted } = await library(t);
  await harvest([book('k1', 'One', 'r1'), book('k2', 'Two', 'r2'), book('k3', 'Three', 'r3')]);
  await harvest([book('k1', 'One', 'r9')]);
  t.strictSame(noted.ids(1), ['r9', '-r1']);
  await harvest([book('k2', 'Two', 'r3'), book('k3', 'Three', 'r2')]);
  t.strictSame(noted.ids(2), ['r3', 'r2'], 'two that change places: both stay');
  await harvest([book('k2', 'Two', 'r2')]);
  t.strictSame(noted.ids(3), ['r2', '-r3'], 'of two with one id, only what nobody has goes');
  await harvest([gone('k2')]);
  t.equal(noted.started.length, 4, 'the other key still has it');
});

t.test('what comes and goes within one harvest is gone in the end', async (t) => {
  const { harvest, noted } = await library(t);
  await harvest([book('a'), book('b', 'Two', 'b1')], [gone('a'), book('b', 'Two', 'b2')]);
  t.strictSame(noted.ids(0), ['a', 'b1', 'b2', '-a', '-b1']);
  await harvest([book('c')], [gone('c')], [book('c')]);
  t.strictSame(noted.ids(1), ['c', 'c'], 'and what comes again stays');
  await harvest([book('c', 'New')], [book('c')]);
  t.strictSame(noted.ids(2), ['c', 'c'], 'back to what it was: the last one counts');
});

t.test('records of the library’s own system carry its number, and no others do', async (t) => {
  const { harvest, feed, noted, source, harvests, signal } = await library(t);
  await harvest([book('1')]);
  t.notMatch(noted.started[0]?.texts[0], /999/);
  feed.keysAreIlsIds = true;
  feed.pages = [[book('7', 'Seven', '')]];
  await harvests.once({ ...source, source: 'koha' }, { signal });
  t.match(noted.started[1]?.texts[0], /tag="999" ind1=" " ind2=" "><subfield code="c">7<\/subfield>/);
});

t.test('a full harvest brings everything, but reads only what is new', async (t) => {
  const { harvest, feed, noted, imports } = await library(t);
  let asked = 0;
  const know = imports.marcKnowledge;
  imports.marcKnowledge = () => {
    asked += 1;
    return know();
  };
  await harvest([book('a'), book('b')]);
  t.equal(asked, 1);
  feed.changes = false;
  await harvest([book('a'), book('b')]);
  t.strictSame(noted.ids(1), ['a', 'b']);
  t.equal(asked, 1, 'two that are as they were');
  await harvest([book('a'), book('b')], [book('c', 'Three', 'c3')]);
  t.strictSame(noted.ids(2), ['a', 'b', 'c3']);
  t.equal(asked, 2);
});

t.test('where deletions are lost, a full harvest comes when it is time, and changes between', async (t) => {
  const { harvest, feed, clock, noted } = await library(t);
  feed.deletions = 'lost';
  const modes: unknown[] = [];
  for (const hours of [0, 1, 100, 68, 1]) {
    await clock.advance(hours * 3_600_000);
    await harvest([book('a', `After ${hours}`)]);
    modes.push(noted.started.at(-1)?.request.mode);
  }
  t.strictSame(modes, ['full', 'changes', 'changes', 'full', 'changes']);
  feed.changes = false;
  await harvest([book('a')]);
  t.equal(noted.started.at(-1)?.request.mode, 'full', 'who cannot tell changes is asked for everything');
});

t.test('a catalogue that is not what the cursor belongs to is filled anew', async (t) => {
  const { harvest, noted, database } = await library(t);
  noted.live = { number: 5 };
  await harvest([book('a')]);
  noted.live = { number: 4 };
  await harvest([book('a')]);
  t.equal(noted.started.at(-1)?.request.mode, 'full', 'it went back');
  await harvest([book('a', 'New')]);
  t.equal(noted.started.at(-1)?.request.mode, 'changes');
  const row = { mode: 'full' as const, files: '[]', imported_at: '' };
  await database.db
    .insertInto('source')
    .values({ name: 'main', job_id: 'by-hand', ...row })
    .execute();
  await harvest([book('a')]);
  t.equal(noted.started.at(-1)?.request.mode, 'full', 'staff put another file in');
  noted.live = undefined;
  await harvest([book('a')]);
  t.equal(noted.started.at(-1)?.request.mode, 'full', 'it is gone');
});

t.test('another feed behind the same name is fetched from its beginning', async (t) => {
  const { harvest, harvests, feed, source, signal } = await library(t);
  await harvest([book('a')]);
  feed.pages = [[book('b')]];
  await harvests.once({ ...source, feedId: 'another' }, { signal });
  t.strictSame(feed.asked.at(-1), { since: undefined, resume: undefined });
});

t.test('a harvest that breaks off imports nothing, and goes on where it was', async (t) => {
  const { harvest, feed, noted, harvests, database } = await library(t);
  t.equal(await thrownBy(harvest([book('a')], [book('b')], away)), away);
  t.equal(noted.started.length, 0, 'a full harvest without its end takes nothing away');
  t.match(await harvests.state('main'), {
    failures: 1,
    failure: 'The feed cannot be reached; the catalogue is as it was.',
    isRunning: false,
    cursorAgeMs: undefined,
    underWay: { mode: 'full', records: 2, importing: false },
  });
  await harvest([book('a')], [book('b')], [book('c')]);
  t.equal(feed.asked.at(-1)?.resume, '2');
  t.strictSame(noted.ids(0), ['a', 'b', 'c'], 'each once');
  t.match(await harvests.state('main'), { failures: 0, underWay: undefined });
  const left = await database.db.selectFrom('harvest_key').select(['run', 'key']).execute();
  t.strictSame(
    left.map(({ key }) => key),
    ['a', 'b', 'c'],
    'nothing is kept twice',
  );
});

t.test('a place at which a harvest stops again and again is given up', async (t) => {
  const { harvest, feed, noted } = await library(t);
  const resumes: unknown[] = [];
  for (let attempt = 1; attempt <= 5; attempt++) {
    await thrownBy(harvest([book('a')], away));
    resumes.push(feed.asked.at(-1)?.resume);
  }
  t.strictSame(resumes, [undefined, '1', '1', '1', undefined], 'the fifth begins anew');
  await harvest([book('a')], [book('b')]);
  t.strictSame(noted.ids(0), ['a', 'b']);
});

t.test('an import that fails keeps the cursor; one that staff let through is honoured', async (t) => {
  const { harvest, feed, noted, harvests, dataDir } = await library(t);
  const spools = () => readdirSync(join(dataDir, 'harvests'));
  await harvest([book('a')]);
  noted.ends = { state: 'failed', message: 'The file lacks too much.' };
  const first = await thrownBy(harvest([book('b')]));
  t.match(first, { message: 'The file lacks too much.' });
  t.match(await harvests.state('main'), { failure: 'The file lacks too much.', failures: 1 });
  t.strictSame(spools(), ['main.2.records.xml'], 'its file waits for staff');
  await thrownBy(harvest([book('b')]));
  t.equal(feed.asked.at(-1)?.since, 'c1', 'from the cursor before');
  t.strictSame(noted.cancelled, ['job2'], 'one failed import is kept, not one for each hour');
  noted.list.at(-1)!.state = 'done';
  const asked = feed.asked.length;
  await harvest([book('x')]);
  t.equal(feed.asked.length, asked, 'what was gathered counts, and nothing is fetched for it');
  await harvest([book('a')]);
  t.equal(feed.asked.at(-1)?.since, 'c3');
});

t.test(
  'a full harvest that the import stopped is not fetched again the same day, nor one that asks for time',
  async (t) => {
    const { harvest, harvests, noted, clock } = await library(t);
    const hoursToWait = async () =>
      (Date.parse((await harvests.state('main'))?.dueAt ?? '') - clock.now()) / 3_600_000;
    noted.ends = { state: 'failed', message: 'The file lacks too much.' };
    await thrownBy(harvest([book('a')]));
    t.equal(await hoursToWait(), 24);
    await thrownBy(harvest(new IlsFault('busy', 'The feed', { retryAfterMs: 7_200_000 })));
    t.equal(await hoursToWait(), 2);
  },
);

t.test('a feed that suddenly has nothing at all is not believed', async (t) => {
  const { harvest, harvests, feed, noted } = await library(t);
  await harvest([book('a')]);
  feed.changes = false;
  t.match(await thrownBy(harvest()), { message: /not a single record/ });
  t.match(await thrownBy(harvest([gone('a')])), { message: /not a single record/ });
  t.equal(noted.started.length, 1);
  t.match(await harvests.state('main'), { failures: 2 });
});

t.test('broken records reach the import, even where nothing else came', async (t) => {
  const { harvest, noted } = await library(t);
  await harvest([book('a'), broken('b')]);
  t.match(noted.started[0]?.texts[0], /<record><leader\/><\/record>/);
  t.equal(noted.started[0]?.request.files.length, 1);
  t.match(await harvest([broken('a')]), { records: 1, deleted: 0 });
  t.strictSame(noted.ids(1), ['-carrel-harvest-nothing'], 'so that the file is not refused as a whole');
});

t.test('a harvest waits for another import, and leaves at once when told to', async (t) => {
  const { harvest, noted, clock, harvests } = await library(t);
  noted.busy = 2;
  const waiting = harvest([book('a')]);
  while (noted.started.length === 0) await clock.advance(1000);
  t.match(await waiting, { records: 1 });
  noted.busy = Infinity;
  const left = thrownBy(harvest([book('b')]));
  while ((await harvests.state('main'))?.underWay?.importing !== true) await clock.settle();
  await harvests.close();
  t.match(await left, { name: 'AbortError' });
  t.match(await harvests.state('main'), { failures: 0 }, 'a stop is no failure');
});

t.test('what a dead process began is gone on with: pages, and the import', async (t) => {
  const { harvests, feed, noted, source, signal, reopen, database } = await library(t);
  feed.pages = [[book('a')], [book('b')]];
  feed.holdAt = 1;
  const stopped = thrownBy(harvests.once(source, { signal }));
  await feed.held;
  await harvests.close();
  await stopped;
  feed.holdAt = Infinity;
  noted.ends = { state: 'interrupted', message: '' };
  const again = reopen();
  t.match(await thrownBy(again.once(source, { signal })), { name: 'HarvestStopped' });
  t.equal(feed.asked.at(-1)?.resume, '1');
  t.strictSame(noted.ids(0), ['a', 'b']);
  noted.ends = { state: 'done', message: '' };
  t.match(await again.once(source, { signal }), { records: 2 });
  t.strictSame(noted.resumed, ['job1']);
  t.equal(noted.started.length, 1, 'one import in all');
  const row = await database.db.selectFrom('harvest').select(['cursor', 'run', 'holder']).executeTakeFirst();
  t.strictSame(row, { cursor: 'c2', run: null, holder: null });
});

t.test(
  'never two at once: here they join, elsewhere the second is refused until the first is dead',
  async (t) => {
    const { harvests, feed, source, signal, reopen, clock, database } = await library(t);
    feed.pages = [[book('a')]];
    feed.holdAt = 0;
    const first = thrownBy(harvests.once(source, { signal }));
    const joined = thrownBy(harvests.once(source, { signal }));
    await feed.held;
    const elsewhere = reopen();
    t.ok((await thrownBy(elsewhere.once(source, { signal }))) instanceof HarvestTaken);
    t.match(await elsewhere.state('main'), { failures: 0 }, 'that is no failure');
    t.equal(feed.asked.length, 1);
    await database.db
      .updateTable('harvest')
      .set({ pid: 2 ** 22 + 1 })
      .execute();
    feed.holdAt = Infinity;
    t.match(await elsewhere.once(source, { signal }), { records: 1 }, 'a dead holder is no holder');
    await clock.advance(31_000);
    t.match(await first, { name: 'HarvestLost' });
    t.equal(await joined, await first);
  },
);

t.test('the schedule: from the end of one to the next, later and later while it fails', async (t) => {
  const { harvests, feed, source, clock, reopen, noted, faults } = await library(t);
  feed.pages = [[book('a')]];
  const asked = () => feed.asked.length;
  const until = async (count: number) => {
    const isOver = async () => (await harvests.state('main'))?.isRunning === false;
    while (asked() < count || !(await isOver())) await clock.settle();
    await clock.settle();
  };
  harvests.follow(source);
  t.throws(() => harvests.follow(source), { name: 'RangeError' });
  await clock.advance(4999);
  t.equal(asked(), 0, 'a start has other things to do first');
  await clock.advance(1);
  await until(1);
  await clock.advance(59 * 60_000);
  t.equal(asked(), 1);
  await clock.advance(60_000);
  await until(2);
  feed.pages = [away];
  const minutes: number[] = [];
  for (let failure = 1; failure <= 3; failure++) {
    const due = Date.parse((await harvests.state('main'))?.dueAt ?? '');
    minutes.push((due - clock.now()) / 60_000);
    await clock.advance(due - clock.now());
    // Its due time is noted after the failure, and before the harvest is let go.
    const isNoted = async () => {
      const state = await harvests.state('main');
      return state?.failures === failure && !state.isRunning;
    };
    while (!(await isNoted())) await clock.settle();
    await clock.settle();
  }
  t.strictSame(minutes, [60, 7.5, 15], 'half of each pause is chance, and here chance is nought');
  await harvests.close();
  const before = asked();
  await clock.advance(24 * 3_600_000);
  t.equal(asked(), before, 'closed is closed');
  const again = reopen();
  feed.pages = [];
  again.follow(source);
  await clock.advance(5000);
  await until(before + 1);
  t.equal(asked(), before + 1, 'what was due long ago comes once');
  t.equal(noted.started.length, 1);
  t.strictSame(faults, []);
  await again.leave('main');
  await clock.advance(24 * 3_600_000);
  t.equal(asked(), before + 1);
});

t.test('a fault that Carrel has no sentence for is told, and staff hear that it is ours', async (t) => {
  const { harvest, harvests, faults, dataDir } = await library(t);
  const odd = new TypeError('odd');
  t.equal(await thrownBy(harvest([book('a')], odd)), odd);
  t.strictSame(faults, [odd]);
  t.match((await harvests.state('main'))?.failure, /our side/);
  t.ok(existsSync(join(dataDir, 'harvests')));
});
