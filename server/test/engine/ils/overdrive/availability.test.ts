import t from 'tap';
import { title } from '../../../simulators/overdrive/overdrive-state.js';
import { bibOf } from '../../../fakes/bibs.js';
import { faultOf, linkedTo, openBoth, signal, titles, withIsbn } from './an-overdrive.js';

t.test('what is available decides, whatever the counts say', async (t) => {
  const { ecopies } = await openBoth(t);
  t.match((await ecopies(linkedTo(titles.tide))).ecopies, [
    {
      id: titles.tide,
      lender: 'OverDrive',
      status: 'available',
      owned: 2,
      available: 2,
      holds: 0,
      format: 'ebook',
    },
  ]);
  t.match((await ecopies(linkedTo(titles.lichens))).ecopies, [{ status: 'checked_out', owned: 2, holds: 4 }]);
  const [letters] = (await ecopies(linkedTo(titles.letters))).ecopies;
  t.match(letters, { status: 'checked_out', rawStatus: 'Normal, available: false', owned: 2 });
  t.equal(letters?.available, undefined, 'no copy is in that cannot be had');
  const [always] = (await ecopies(linkedTo(titles.always))).ecopies;
  t.equal(always?.status, 'available');
  t.notOk(
    always && ('owned' in always || 'available' in always),
    'there is no count of what is always available',
  );
});

t.test('a title missing from the answer is unknown, never none and never available', async (t) => {
  const { ils, ecopies } = await openBoth(t);
  t.match((await ecopies(linkedTo(titles.east))).ecopies, [{ id: titles.east, status: 'unknown' }]);
  const both = await ils.availability([linkedTo(titles.east), linkedTo(titles.tide)], { signal });
  t.equal(both.get(titles.east)?.ecopies[0]?.status, 'unknown');
  t.equal(both.get(titles.tide)?.ecopies[0]?.status, 'available');
});

t.test('ids are the same in any case, and by number as well', async (t) => {
  const { simulator, ecopies } = await openBoth(t);
  for (const one of simulator.state.titles) one.reserveId = one.reserveId.toUpperCase();
  t.match((await ecopies(linkedTo(titles.tide.toUpperCase(), 'upper'))).ecopies, [
    { id: titles.tide, status: 'available' },
  ]);
  const titleId = simulator.state.titles[0]?.titleId ?? 0;
  const url = `https://example.overdrive.com/media/${titleId}`;
  const numbered = bibOf('numbered', 'A record', { links: [{ url }] });
  t.match((await ecopies(numbered)).ecopies, [
    { id: titles.tide, status: 'available', format: 'ebook', url },
  ]);
});

t.test('asks for 25 titles at a time and for each of them once', async (t) => {
  const { ils, simulator, paths } = await openBoth(t, { match_by_isbn: false });
  const ids = Array.from(
    { length: 30 },
    (_one, at) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
  );
  simulator.state.titles.push(...ids.map((id) => title(id, 'One of many', '', {})));
  const records = [...ids, ...ids].map((id, at) => linkedTo(id, `r${at}`));
  const answer = await ils.availability(records, { signal });
  t.equal(answer.size, 60);
  for (const { items, ecopies } of answer.values())
    t.ok(items.length === 0 && ecopies.length === 1 && ecopies[0]?.status === 'available');
  const asked = paths().filter((path) => path.includes('/availability?'));
  t.same(
    asked.map((path) => (path.split('products=')[1] ?? '').split(',').length),
    [25, 5],
  );
  t.ok(asked.every((path) => path.startsWith('/v2/')));
});

t.test('a link comes before an ISBN, and an ISBN is never stretched to a title', async (t) => {
  const { ecopies, paths } = await openBoth(t);
  t.match((await ecopies(withIsbn('9780306406157'))).ecopies, [
    {
      id: titles.tide,
      status: 'available',
      format: 'ebook',
      url: /^https:\/\/link\.overdrive\.com\?websiteID=100300&titleID=\d+$/,
    },
  ]);
  t.same((await ecopies(withIsbn('9781565921870', 'r1'))).ecopies.length, 1);
  const linked = { ...linkedTo(titles.lichens, 'r2'), isbns: ['9780306406157'] };
  t.same(
    (await ecopies(linked)).ecopies.map(({ id }) => id),
    [titles.lichens],
  );
  t.same((await ecopies(bibOf('r3', 'The tide tables'))).ecopies, [], 'not by its title');
  t.same(
    (await ecopies(withIsbn('9780804429511', 'r4'))).ecopies,
    [],
    'nor what the collection does not have',
  );
  t.notOk(
    paths().some((path) => path.includes('q=')),
    'nothing is searched for',
  );
});

t.test('reads the collection’s list once a day, in pages, and remembers what is not in it', async (t) => {
  const { clock, simulator, ecopies, paths } = await openBoth(t, { titles_per_request: 2 });
  const lists = (): string[] => paths().filter((path) => path.includes('/products?'));
  await ecopies(withIsbn('9780306406157'));
  t.match(lists(), [/limit=2&offset=0$/, /limit=2&offset=2$/]);
  simulator.state.titles.push(title('00000000-0000-4000-8000-000000000001', 'New', '9780000000002', {}));
  t.same((await ecopies(withIsbn('9780000000002'))).ecopies, []);
  t.equal(lists().length, 2, 'a miss asks nobody');
  await clock.advance(86_400_000);
  t.same(
    (await ecopies(withIsbn('9780000000002'))).ecopies,
    [],
    'the old list serves while the new one is read',
  );
  while (lists().length < 5) await clock.settle();
  while ((await ecopies(withIsbn('9780000000002'))).ecopies.length === 0) await clock.settle();
  t.equal((await ecopies(withIsbn('9780000000002'))).ecopies.length, 1);
  t.equal(lists().length, 5);
});

t.test('bears with a list that ends and shifts as it likes', async (t) => {
  for (const tail of ['noProducts', 'emptyNext', 'plain'] as const) {
    const { simulator, ecopies } = await openBoth(t, { titles_per_request: 1 });
    Object.assign(simulator.faults, { tail, repeats: true });
    t.equal((await ecopies(withIsbn('9780804429573'))).ecopies.length, 1, tail);
  }
  const few = await openBoth(t, { most_titles: 1, titles_per_request: 1 });
  t.equal((await few.ecopies(withIsbn('9780306406157'))).ecopies.length, 1);
  t.same((await few.ecopies(withIsbn('9780804429573'))).ecopies, [], 'no more titles are kept than allowed');
});

t.test('reads the metadata of every title too where the library says so', async (t) => {
  const printed = [{ type: 'ISBN', value: '9780000000019' }];
  const record = withIsbn('9780000000019');
  const without = await openBoth(t);
  for (const one of without.simulator.state.titles) one.otherFormatIdentifiers = printed;
  t.same((await without.ecopies(record)).ecopies, [], 'this list names no printed book');
  t.match((await without.ils.capabilities({ signal })).availability, { works: true, note: /read_metadata/ });
  t.notOk(without.paths().some((path) => path.includes('metadata')));

  const { ils, simulator, ecopies, paths } = await openBoth(t, { read_metadata: true });
  const many = Array.from(
    { length: 30 },
    (_one, at) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
  );
  simulator.state.titles.push(...many.map((id) => title(id, 'One of many', '', {})));
  for (const one of simulator.state.titles.slice(0, 2)) one.otherFormatIdentifiers = printed;
  t.same(
    (await ecopies(record)).ecopies.map(({ id, status }) => [id, status]),
    [
      [titles.tide, 'available'],
      [titles.lichens, 'checked_out'],
    ],
  );
  t.equal(paths().filter((path) => path.includes('/bulkmetadata?')).length, 2, '25 titles a request');
  t.same((await ils.capabilities({ signal })).availability, { works: true });
});

t.test('an OverDrive that never answers does not hold the list up for ever', async (t) => {
  const { clock, ils, simulator } = await openBoth(t);
  simulator.faults.slowMs = Infinity;
  simulator.faults.only = ({ path }) => path.endsWith('/products');
  const ask = () => ils.availability([withIsbn('9780306406157')], { signal });
  const first = ask();
  while (!simulator.asked.some(({ path }) => path.endsWith('/products'))) await clock.settle();
  await clock.advance(1_000);
  t.equal((await first).size, 0);
  await clock.advance(59_000);
  t.match(await faultOf(ask()), { kind: 'silent' });
});

t.test('waits for a busy OverDrive while it reads the list', async (t) => {
  const { clock, ils, simulator } = await openBoth(t);
  await ils.availability([linkedTo(titles.tide)], { signal });
  Object.assign(simulator.faults, { tooMany: 1, retryAfter: '7' });
  const asking = ils.availability([withIsbn('9780306406157')], { signal });
  while (simulator.faults.tooMany > 0) await clock.settle();
  await clock.advance(1_000);
  t.equal((await asking).size, 0, 'nothing is said as yet');
  const lists = (): number => simulator.asked.filter(({ path }) => path.endsWith('/products')).length;
  while (lists() < 2) await clock.advance(100);
  const later = await ils.availability([withIsbn('9780306406157')], { signal });
  t.equal(later.get('9780306406157')?.ecopies.length, 1);
  t.equal(lists(), 2, 'and asks again once');
});

t.test('while the list is being read nothing is said of records that need it', async (t) => {
  const { clock, ils, simulator } = await openBoth(t);
  simulator.faults.slowMs = Infinity;
  simulator.faults.only = ({ path }) => path.endsWith('/products');
  const records = [withIsbn('9780306406157'), linkedTo(titles.tide)];
  const asking = ils.availability(records, { signal });
  while (!simulator.asked.some(({ path }) => path.endsWith('/products'))) await clock.settle();
  await clock.advance(1_000);
  const answer = await asking;
  t.same([...answer.keys()], [titles.tide], 'not even that there is none');
});

t.test('a list that cannot be read does not keep linked records from being answered', async (t) => {
  const { clock, ils, simulator, ecopies } = await openBoth(t);
  simulator.faults.proxyPage = 500;
  simulator.faults.only = ({ path }) => path.endsWith('/products');
  const isbn = withIsbn('9780306406157');
  t.match(await faultOf(ils.availability([isbn], { signal })), { kind: 'broken' });
  const answer = await ils.availability([isbn, linkedTo(titles.tide)], { signal });
  t.same([...answer.keys()], [titles.tide]);
  const lists = simulator.asked.filter(({ path }) => path.endsWith('/products')).length;
  t.equal(lists, 1, 'and is not asked for again at once');
  simulator.faults.proxyPage = 0;
  await clock.advance(60_000);
  t.equal((await ecopies(isbn)).ecopies.length, 1);
});

t.test('says what is wrong when there is no usable answer', async (t) => {
  const { ils, simulator } = await openBoth(t);
  const ask = () => ils.availability([linkedTo(titles.tide)], { signal });
  await ask();
  const { faults } = simulator;
  Object.assign(faults, { tooMany: 1, retryAfter: '7' });
  t.match(await faultOf(ask()), { kind: 'busy', retryAfterMs: 7_000 });
  faults.errorInside = true;
  t.match(await faultOf(ask()), { kind: 'broken' }, 'an error under status 200 is not an empty answer');
  faults.errorInside = false;
  for (const [status, kind] of [
    [200, 'foreign'],
    [302, 'foreign'],
    [503, 'broken'],
  ] as const) {
    faults.proxyPage = status;
    t.match(await faultOf(ask()), { kind });
  }
  faults.proxyPage = 0;
  faults.half = true;
  t.match(await faultOf(ask()), { kind: 'cut_off' });
  faults.half = false;
  await simulator.leave();
  t.match(await faultOf(ask()), { kind: 'unreachable' });
  await simulator.comeBack();
  t.equal((await ask()).size, 1);
});

t.test('stands at no branch and knows no patron', async (t) => {
  const { ils, simulator } = await openBoth(t);
  const refused = { kind: 'not_offered', mayHaveHappened: false };
  t.match(await faultOf(ils.branches({ signal })), refused);
  t.match(await faultOf(ils.authenticate('CARD-0001', '1234', { signal })), refused);
  t.equal(ils.feed, undefined);
  t.same(simulator.asked, [], 'no card and no PIN ever reach OverDrive');
});
