import t, { type Test } from 'tap';
import { SruSettings } from '../../../engine/harvest/sru-settings.js';
import { openSruFeed } from '../../../engine/harvest/sru.js';
import { openSruSimulator, type SruOptions } from '../../simulators/sru/sru.js';
import { followed, hurriedClock, keysOf, thrownBy } from './followed.js';

const signal = new AbortController().signal;

async function server(t: Test, options: SruOptions = {}, settings: Partial<SruSettings> = {}) {
  const clock = hurriedClock(120_000);
  const sru = await openSruSimulator({ clock, ...options });
  const feed = openSruFeed(SruSettings.parse({ url: sru.url, ...settings }), { clock });
  t.teardown(async () => {
    feed.close();
    await sru.close();
  });
  return { clock, sru, feed };
}

const seven = ['1', '2', '3', '4', '5', '6', '7'];

t.test('everything comes in pages, in each version, in both packings', async (t) => {
  for (const version of ['1.1', '1.2', '2.0'] as const) {
    for (const faults of [{}, { alwaysString: true }, { noNextPosition: true, noPositions: true }]) {
      const { sru, feed } = await server(t, { versions: [version], faults }, { version });
      const { records, pages } = await followed(feed);
      t.strictSame(keysOf(records), seven, `${version} ${Object.keys(faults).join()}`);
      t.equal(pages, 3);
      t.equal(sru.asked.length, 3, 'a request for each page');
      const [first, second] = sru.asked;
      t.equal(first?.parameters.has('operation'), version !== '2.0');
      t.equal(second?.parameters.get('startRecord'), '4');
      t.match(records[0], { deleted: false, marcxml: /^<record xmlns=".*">.*Book 1.*<\/record>$/ });
    }
  }
});

t.test('a packing that is set is asked for under the name that the version has for it', async (t) => {
  for (const [version, name] of [
    ['1.1', 'recordPacking'],
    ['2.0', 'recordXMLEscaping'],
  ] as const) {
    const { sru, feed } = await server(t, { versions: [version] }, { version, record_packing: 'string' });
    t.strictSame(keysOf((await followed(feed)).records), seven);
    t.equal(sru.asked[0]?.parameters.get(name), 'string');
  }
});

t.test('deletions are never told; changes only where the library says how to ask for them', async (t) => {
  const { feed } = await server(t);
  t.strictSame(await feed.describe({ signal }), { deletions: 'lost', changes: false });
  const asking = await server(t, {}, { changes_query: 'rec.lastModified >= "{since}"' });
  t.strictSame(await asking.feed.describe({ signal }), { deletions: 'lost', changes: true });
  const since = new Date(asking.clock.now()).toISOString();
  asking.sru.state.put('8', 'New');
  t.ok(keysOf((await followed(asking.feed, { since })).records).includes('8'));
  t.match(asking.sru.asked.at(-1)?.parameters.get('query'), /^rec.lastModified >= "\d{4}-\d\d-\d\d"$/);
  const compact = await server(
    t,
    {},
    { changes_query: 'rec.lastModified >= {since}', since_format: 'compact' },
  );
  await thrownBy(followed(compact.feed, { since: '2026-03-04T12:00:00Z' }));
  t.equal(compact.sru.asked.at(-1)?.parameters.get('query'), 'rec.lastModified >= 20260303');
});

t.test('a harvest goes on at the position that was kept', async (t) => {
  const { feed, sru } = await server(t);
  const { resumes, cursor } = await followed(feed);
  const rest = await followed(feed, { resume: resumes[0] ?? '' });
  t.strictSame(keysOf(rest.records), ['4', '5', '6', '7']);
  const asked = sru.asked.length;
  t.match(await followed(feed, { resume: resumes[2] ?? '' }), { pages: 0, cursor });
  t.equal(sru.asked.length, asked, 'behind the end nothing is asked');
});

t.test('a result that shrinks while it is paged loses nothing', async (t) => {
  const { feed, sru } = await server(t);
  const pages = feed.harvest({ since: undefined }, { signal });
  await pages.next();
  sru.state.remove('1');
  sru.state.remove('2');
  const keys: string[] = [];
  for (let step = await pages.next(); !step.done; step = await pages.next()) {
    keys.push(...keysOf(step.value.records));
  }
  t.strictSame([...new Set(keys)].sort(), ['4', '5', '6', '7'], 'those that moved up are asked for again');
});

t.test(
  'a result whose last page vanished ends, and a server that caps its results is an error',
  async (t) => {
    const { feed, sru } = await server(t, {}, { page_size: 3 });
    const pages = feed.harvest({ since: undefined }, { signal });
    await pages.next();
    await pages.next();
    sru.state.remove('7');
    const rest: string[] = [];
    for (let step = await pages.next(); !step.done; step = await pages.next()) {
      rest.push(...keysOf(step.value.records));
    }
    t.notOk(rest.includes('7'));
    const capped = await server(t, { deepest: 4 }, { page_size: 3 });
    t.match(await thrownBy(followed(capped.feed)), { kind: 'cut_off', grant: /fewer records than it says/ });
    t.ok(capped.sru.asked.length < 8, 'it is not asked for ever');
  },
);

t.test('a server that stands still is an error and not a catalogue of three books', async (t) => {
  const { feed, sru } = await server(t, { faults: { standingStill: true } });
  t.match(await thrownBy(followed(feed)), { kind: 'foreign', grant: /same records again/ });
  t.equal(sru.asked.length, 2);
});

t.test('diagnostics at the top and inside records say what to change', async (t) => {
  const index = await server(t, {}, { query: 'local.nothing=1' });
  t.match(await thrownBy(followed(index.feed)), { kind: 'not_offered', grant: /no index.*16/ });
  for (const schemaToldInRecords of [false, true]) {
    const schema = await server(t, { faults: { schemaToldInRecords } }, { record_schema: 'mods' });
    t.match(await thrownBy(followed(schema.feed)), { kind: 'not_offered', grant: /schema.*66/ });
  }
  const version = await server(t, { versions: ['1.1'] }, { version: '1.2' });
  t.match(await thrownBy(followed(version.feed)), { kind: 'not_offered', grant: /version/ });
  const away = await server(t, { faults: { unavailable: true } });
  t.match(await thrownBy(followed(away.feed)), { kind: 'busy' });
});

t.test('a record that cannot be had just now stops a full harvest: it is not gone', async (t) => {
  const { feed } = await server(t, { faults: { hidden: [5] } });
  t.match(await thrownBy(followed(feed)), { kind: 'busy', grant: /one of the records/ });
});

t.test('however the XML is written, the records are the same', async (t) => {
  for (const faults of [
    { sruPrefix: '' },
    { marcPrefix: 'marc' },
    { collection: true },
    { encoding: 'ISO-8859-1' as const },
    { encoding: 'UTF-16' as const },
  ]) {
    const { feed } = await server(t, { faults });
    t.strictSame(keysOf((await followed(feed)).records), seven, Object.keys(faults).join());
  }
});

t.test('nothing found is a success; what is cut, foreign or away is a fault', async (t) => {
  const empty = await server(t, { count: 0 });
  t.match(await followed(empty.feed), { records: [], cursor: /^\d{4}-/ });
  for (const [faults, kind] of [
    [{ cutOff: 'connection' as const }, 'cut_off'],
    [{ cutOff: 'document' as const }, 'cut_off'],
    [{ html: true }, 'foreign'],
    [{ failing: 1 }, 'broken'],
  ] as const) {
    const { feed } = await server(t, { faults });
    t.match(await thrownBy(followed(feed)), { kind }, JSON.stringify(faults));
  }
  const gone = await server(t);
  await gone.sru.goAway();
  t.match(await thrownBy(followed(gone.feed)), { kind: 'unreachable' });
});

t.test('settings: a query for changes must say where the day belongs', async (t) => {
  const url = 'https://library.example.org/sru';
  t.notOk(SruSettings.safeParse({ url, changes_query: 'rec.lastModified >= 2026' }).success);
  t.equal(SruSettings.shape.password.meta()?.['secret'], true);
  const silent = Object.entries(SruSettings.shape).filter(([, field]) => !field.description);
  t.strictSame(silent, [], 'every setting says what it means');
});
