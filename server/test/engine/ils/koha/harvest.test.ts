import t, { type Test } from 'tap';
import type { Feed, HarvestPage } from '../../../../engine/harvest/feed.js';
import { biblio } from '../../../simulators/koha/koha-library.js';
import { aKoha, faultOf, type AKoha } from './a-koha.js';

const asking = { signal: new AbortController().signal };

function feedOf({ ils }: AKoha): Feed {
  if (!ils.feed) throw new Error('no feed');
  return ils.feed;
}

async function whole(feed: Feed, from: Parameters<Feed['harvest']>[0] = { since: undefined }) {
  const pages: HarvestPage[] = [];
  const run = feed.harvest(from, asking);
  for (;;) {
    const step = await run.next();
    if (step.done)
      return { pages, cursor: step.value, keys: pages.flatMap((page) => page.records.map(({ key }) => key)) };
    pages.push(step.value);
  }
}

async function aLibrary(t: Test, count: number, more: Record<string, unknown> = {}): Promise<AKoha> {
  const both = await aKoha(t, { harvest_page_size: 10, ...more });
  both.koha.state.biblios = Array.from({ length: count }, (_, n) =>
    biblio(n + 1, `Title ${n + 1}`, null, null),
  );
  return both;
}
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => String(from + n));

t.test('everything comes once, in the order of Koha’s numbers, as MARCXML', async (t) => {
  const both = await aLibrary(t, 25);
  t.same(await feedOf(both).describe(asking), { deletions: 'lost', changes: true });
  const { keys, pages } = await whole(feedOf(both));
  t.same(keys, numbers(1, 25));
  t.equal(pages.length, 3);
  const [first] = pages[0]?.records ?? [];
  t.match(first, {
    key: '1',
    deleted: false,
    marcxml: /^<record [^>]*xmlns="http:\/\/www.loc.gov\/MARC21\/slim"/,
  });
  const lists = both.koha.asked.filter(({ path }) => path === '/api/v1/biblios');
  const types = lists.map(({ headers }) => headers.accept);
  t.same(types, [...Array<string>(4).fill('application/marcxml+xml'), 'application/json'], 'one type alone');
});

t.test('records that come and go meanwhile shift nothing', async (t) => {
  const both = await aLibrary(t, 30);
  let next = 100;
  both.koha.faults.betweenPages = (state) => {
    state.biblios.shift();
    if (next < 105) state.biblios.push(biblio(next++, 'New', null, null));
  };
  const { keys } = await whole(feedOf(both));
  t.same(
    keys.filter((key) => Number(key) <= 30),
    numbers(1, 30),
    'none was passed over',
  );
  t.equal(new Set(keys).size, keys.length, 'none came twice');
});

t.test('a harvest goes on where it stopped, and keeps the time at which it began', async (t) => {
  const both = await aLibrary(t, 25);
  const { pages, cursor } = await whole(feedOf(both));
  await both.clock.advance(3_600_000);
  const rest = await whole(feedOf(both), { since: undefined, resume: pages[0]?.resume ?? '' });
  t.same(rest.keys, numbers(11, 25));
  t.equal(rest.cursor, cursor);
});

t.test('changes are those since the last harvest began, with hours to spare for time zones', async (t) => {
  const both = await aLibrary(t, 25, { changes_overlap_hours: 2 });
  const { cursor } = await whole(feedOf(both));
  t.same((await whole(feedOf(both), { since: cursor })).keys, []);
  const began = both.clock.now();
  const changed = (id: number, ms: number) => {
    const row = both.koha.state.biblios.find((one) => one.biblio_id === id);
    if (row) row.timestamp = new Date(began + ms).toISOString();
  };
  changed(3, 60_000);
  changed(7, -3_600_000);
  changed(9, -3 * 3_600_000);
  t.same((await whole(feedOf(both), { since: cursor })).keys, ['3', '7']);
});

t.test('what was deleted since is told before what has changed', async (t) => {
  const both = await aLibrary(t, 25, { changes_overlap_hours: 2 });
  const { koha, clock } = both;
  const at = (ms: number) => new Date(clock.now() + ms).toISOString();
  koha.state.deletedBiblios = Array.from({ length: 12 }, (_, n) => ({
    biblio_id: 101 + n,
    title: 'Gone',
    deleted_on: at(60_000),
  }));
  koha.state.deletedBiblios.push({ biblio_id: 50, title: 'Long gone', deleted_on: at(-3 * 3_600_000) });
  const { cursor, pages: everything } = await whole(feedOf(both));
  t.notOk(
    everything.some(({ records }) => records.some(({ deleted }) => deleted)),
    'a full harvest needs no word of it',
  );
  // One of them has been brought back.
  koha.state.biblios.push({ ...biblio(105, 'Back again', null, null), timestamp: at(120_000) });
  const { pages, keys } = await whole(feedOf(both), { since: cursor });
  t.same(keys, [...numbers(101, 112), '105']);
  const [first, , last] = pages.map(({ records }) => records[0]);
  t.same(first, { key: '101', deleted: true });
  t.match(last, { key: '105', deleted: false });
  const resumed = await whole(feedOf(both), { since: cursor, resume: pages[2]?.resume ?? '' });
  t.same(resumed.keys, [], 'behind the deleted it is not told again');
});

t.test('a Koha that keeps no list of the deleted, or shows none, is harvested all the same', async (t) => {
  const without = await aKoha(t, {}, { without: ['GET /deleted/biblios'] });
  const first = await whole(feedOf(without));
  t.same((await whole(feedOf(without), { since: first.cursor })).keys, []);
  t.notOk(without.koha.asked.some(({ path }) => path.endsWith('/deleted/biblios')));
  const failing = await aKoha(t);
  const { cursor } = await whole(feedOf(failing));
  failing.koha.faults.proxyPage = 500;
  failing.koha.faults.only = ({ path }) => path.endsWith('/deleted/biblios');
  t.same((await whole(feedOf(failing), { since: cursor })).keys, []);
  failing.koha.faults.proxyPage = 0;
  failing.koha.faults.half = true;
  t.equal(
    (await faultOf(whole(feedOf(failing), { since: cursor }))).kind,
    'cut_off',
    'the line is another matter',
  );
});

t.test('rows that are there and do not show are no end', async (t) => {
  const both = await aLibrary(t, 5);
  for (const one of both.koha.state.biblios) one.marcxml = '';
  t.equal((await faultOf(whole(feedOf(both)))).kind, 'broken');
});

t.test('a library that keeps no number in its records is asked for the numbers', async (t) => {
  const both = await aLibrary(t, 12);
  for (const one of both.koha.state.biblios)
    one.record.fields = one.record.fields.filter((field) => !('999' in field));
  const { keys, pages } = await whole(feedOf(both));
  t.same(keys, numbers(1, 12));
  t.match(pages[1]?.records[0], { key: '11', marcxml: /Title 11/ });
});

t.test('a broken record is handed on and stops nothing', async (t) => {
  const both = await aLibrary(t, 12);
  const [, second] = both.koha.state.biblios;
  if (second)
    second.marcxml = '<record><leader>00000nam a2200000 a 4500</leader><datafield tag="245"></record>';
  const { keys, pages } = await whole(feedOf(both));
  t.same(keys, numbers(1, 12));
  t.match(pages[0]?.records[1], { key: '2', marcxml: /<datafield tag="245"><\/record>/ });
});

t.test('a record that Koha cannot write as MARC keeps none of the others back', async (t) => {
  const both = await aLibrary(t, 25);
  both.koha.faults.unwritable.add(13);
  const { keys, pages } = await whole(feedOf(both));
  t.same(keys, numbers(1, 25));
  const records = pages.flatMap((page) => page.records);
  t.match(records[12], { key: '13', deleted: false, marcxml: '' }, 'for the import to put aside');
  t.match(records[13], { key: '14', marcxml: /Title 14/ });
  const lists = both.koha.asked.filter(({ path }) => path === '/api/v1/biblios');
  t.ok(lists.length < 20, `${lists.length} requests`);
  both.koha.faults.crash = true;
  t.equal(
    (await faultOf(whole(feedOf(both)))).kind,
    'broken',
    'a Koha that fails altogether is not worn down',
  );
});

t.test('an empty catalogue is a catalogue', async (t) => {
  const both = await aLibrary(t, 0);
  t.same((await whole(feedOf(both))).keys, []);
});

t.test('trouble ends a harvest with a fault, and what came before stands', async (t) => {
  const both = await aLibrary(t, 25);
  const run = feedOf(both).harvest({ since: undefined }, asking);
  const first = await run.next();
  t.equal(first.done, false);
  both.koha.faults.half = true;
  t.equal((await faultOf(run.next())).kind, 'cut_off');
  both.koha.faults.half = false;
  both.koha.state.apiUser.permissions = ['borrowers'];
  t.match(await faultOf(whole(feedOf(both))), { kind: 'refused', grant: 'Permission catalogue' });
});

t.test('a Koha without a list of records is not harvested', async (t) => {
  const both = await aKoha(t, {}, { version: 'old' });
  t.equal((await faultOf(feedOf(both).describe(asking))).kind, 'not_offered');
  t.equal((await faultOf(whole(feedOf(both)))).kind, 'not_offered');
  const { harvest, renew } = await both.ils.capabilities(asking);
  t.match(harvest, { works: false, because: /GET \/biblios/ });
  t.same(renew, { works: true });
});
