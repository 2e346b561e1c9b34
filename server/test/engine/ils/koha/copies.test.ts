import t from 'tap';
import type { Ils } from '../../../../engine/ils/ils.js';
import { bibOf } from '../../../fakes/bibs.js';
import { item } from '../../../simulators/koha/koha-library.js';
import { aKoha, faultOf } from './a-koha.js';

const asking = { signal: new AbortController().signal };
const titled = (ilsId: string) => bibOf(`sim${ilsId}`, 'A title', { keys: { ilsId, other: [] } });
const copiesOf = async (ils: Ils, ilsId: string) =>
  (await ils.availability([titled(ilsId)], asking)).get(`sim${ilsId}`)?.items ?? [];
const statuses = async (ils: Ils, ilsId: string) =>
  Object.fromEntries((await copiesOf(ils, ilsId)).map(({ itemId, status }) => [itemId, status]));

t.test('each copy has the status that its columns and what belongs to it make', async (t) => {
  const { ils } = await aKoha(t);
  t.same(await statuses(ils, '1'), {
    11: 'available',
    12: 'checked_out',
    13: 'in_transit',
    14: 'on_hold_shelf',
  });
  t.same(await statuses(ils, '2'), {
    21: 'lost',
    22: 'withdrawn',
    23: 'damaged',
    24: 'reference_only',
    25: 'on_order',
    26: 'reference_only',
    27: 'unknown',
    28: 'reference_only',
    29: 'available',
  });
  const [first, lent] = await copiesOf(ils, '1');
  t.match(first, {
    recordId: 'sim1',
    barcode: 'ITEM-0011',
    branchId: 'MAIN',
    branchName: 'Main Library',
    location: 'Open shelves',
    callNumber: '500 11',
  });
  t.equal(lent?.dueAt, '2026-03-20T23:59:00.000Z');
  t.equal(lent?.branchName, 'East Branch');
});

t.test('an older Koha embeds nothing: due dates and the hold shelf are asked for apart', async (t) => {
  const { ils, koha } = await aKoha(t, {}, { version: 'old' });
  const copies = await copiesOf(ils, '1');
  t.match(
    copies.map(({ itemId, status, dueAt }) => ({ itemId, status, dueAt })),
    [
      { itemId: '11', status: 'available' },
      { itemId: '12', status: 'checked_out', dueAt: '2026-03-20T23:59:00.000Z' },
      { itemId: '13', status: 'available' },
      { itemId: '14', status: 'on_hold_shelf' },
    ],
  );
  t.notOk(
    koha.asked.some(({ headers }) => headers['x-koha-embed'] !== undefined),
    'no embed that would be refused',
  );
  const { availability } = await ils.capabilities(asking);
  t.match(availability, { works: true, note: /on their way/ }, 'what it cannot tell is said');
  t.notMatch(availability, { note: /hold shelf/ }, 'and nothing else');
});

t.test(
  'holds are counted where the library wants it, and those of record 21 are not those of 2',
  async (t) => {
    const { ils, koha } = await aKoha(t, { count_holds: true });
    koha.state.biblios.push({ ...koha.state.biblios[0]!, biblio_id: 21 });
    koha.state.holds.push({ ...koha.state.holds[0]!, hold_id: 750, biblio_id: 21 });
    t.equal((await copiesOf(ils, '2'))[0]?.holds, 2);
    const { ils: silent, koha: unasked } = await aKoha(t);
    t.equal((await copiesOf(silent, '2'))[0]?.holds, undefined);
    t.notOk(unasked.asked.some(({ path }) => path.endsWith('/holds')));
  },
);

t.test('all copies are read, however many pages they fill', async (t) => {
  const { ils, koha } = await aKoha(t);
  for (let n = 0; n < 230; n += 1) koha.state.items.push(item(1000 + n, 4));
  koha.faults.betweenPages = () => koha.state.items.unshift(item(90, 4));
  const copies = await copiesOf(ils, '4');
  t.equal(copies.filter(({ itemId }) => Number(itemId) >= 1000).length, 230);
  t.equal(new Set(copies.map(({ itemId }) => itemId)).size, copies.length, 'none twice');
});

t.test(
  'without catalogue the public endpoint answers, and the staff one is left alone for a while',
  async (t) => {
    const { ils, koha, clock } = await aKoha(t);
    koha.state.apiUser.permissions = ['borrowers'];
    t.equal((await statuses(ils, '1'))['11'], 'available');
    await ils.availability([titled('1'), titled('2'), titled('3')], asking);
    const staff = () => koha.asked.filter(({ path }) => /^\/api\/v1\/biblios\/\d+\/items$/.test(path)).length;
    t.equal(staff(), 1, 'asked once, refused once');
    t.notOk('29' in (await statuses(ils, '2')), 'what the OPAC hides stays hidden');
    await clock.advance(600_001);
    await copiesOf(ils, '1');
    t.equal(staff(), 2);
  },
);

t.test('where neither is granted it says what to grant', async (t) => {
  const { ils, koha } = await aKoha(t, {}, { without: ['GET /public/biblios/{biblio_id}/items'] });
  koha.state.apiUser.permissions = ['borrowers'];
  t.match(await faultOf(copiesOf(ils, '1')), { kind: 'refused', grant: 'Permission catalogue' });
});

t.test('a wrong API key does not close the public door', async (t) => {
  const { ils, koha } = await aKoha(t, { client_secret: 'wrong' });
  t.equal((await statuses(ils, '1'))['11'], 'available');
  t.ok((await ils.branches(asking)).length > 0);
  const tokens = koha.asked.filter(({ path }) => path.endsWith('/oauth/token'));
  t.equal(tokens.length, 1, 'the refusal is remembered');
  koha.state.sysprefs.RESTPublicAPI = false;
  t.match(await faultOf(copiesOf(ils, '1')), { kind: 'refused', grant: /RESTPublicAPI/ });
});

t.test('Koha’s number is the one it wrote into the record, or a record id that is a number', async (t) => {
  const { ils, koha } = await aKoha(t);
  const asked = [bibOf('1', 'By its id'), bibOf('ocm99', 'Nowhere'), titled('404')];
  const told = await ils.availability(asked, asking);
  t.equal(told.get('1')?.items.length, 4);
  t.same(told.get('ocm99'), { items: [], ecopies: [] });
  t.same(told.get('sim404'), { items: [], ecopies: [] }, 'unknown to Koha');
  t.notOk(koha.asked.some(({ path }) => path.includes('ocm99')));
});

t.test('no more is asked at a time than the library allows', async (t) => {
  const { ils, koha } = await aKoha(t, { concurrency: 2 });
  await ils.branches(asking);
  const before = koha.asked.length;
  koha.faults.slowMs = Infinity;
  const leaving = new AbortController();
  const records = Array.from({ length: 12 }, (_, n) => titled(String(n + 1)));
  const waiting = ils.availability(records, { signal: leaving.signal });
  while (koha.asked.length < before + 2) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  t.equal(koha.asked.length - before, 2);
  leaving.abort(new Error('gone'));
  await t.rejects(waiting, { message: 'gone' });
  t.equal(koha.asked.length - before, 2, 'and nothing more once nobody waits');
});

t.test('the first failure of many stops the rest', async (t) => {
  const { ils, koha } = await aKoha(t, { concurrency: 1 });
  await ils.branches(asking);
  const before = koha.asked.length;
  koha.faults.crash = true;
  t.equal((await faultOf(ils.availability([titled('1'), titled('2'), titled('3')], asking))).kind, 'broken');
  t.equal(koha.asked.length - before, 1);
});

t.test('an answer that is none is never an empty shelf', async (t) => {
  const { ils, koha } = await aKoha(t);
  await copiesOf(ils, '1');
  const kindOf = async () => (await faultOf(copiesOf(ils, '1'))).kind;
  koha.faults.errorInside = true;
  t.equal(await kindOf(), 'broken', '200 with an error inside');
  koha.faults.errorInside = false;
  koha.faults.proxyPage = 200;
  t.equal(await kindOf(), 'foreign', 'a page of a proxy');
  koha.faults.proxyPage = 404;
  t.equal(await kindOf(), 'foreign', 'a proxy’s 404 is not Koha’s');
  koha.faults.proxyPage = 0;
  koha.faults.half = true;
  t.equal(await kindOf(), 'cut_off');
  koha.faults.half = false;
  koha.state.maintenance = true;
  t.equal(await kindOf(), 'broken');
  koha.state.maintenance = false;
  koha.faults.wrongType = true;
  t.equal((await statuses(ils, '1'))['11'], 'available', 'the right words under a wrong type are read');
});
