import t from 'tap';
import type { HarvestedRecord, HarvestPage } from '../../../../engine/harvest/feed.js';
import type { Ils } from '../../../../engine/ils/ils.js';
import { faultOf, method, openScriptedPapi, staffAccount, type Heard, type Said } from './scripted-papi.js';

const { signal } = new AbortController();
const xml = (n: number) => `<record><leader/><controlfield tag="001">${n}</controlfield></record>`;
const row = (n: number, more: object = {}) => ({
  BibliographicRecordID: n,
  IsDisplayInPAC: true,
  ModificationDate: '/Date(1772600000000-0500)/',
  BibliographicRecordXML: xml(n),
  ...more,
});
const page = (lastId: number, ...rows: unknown[]): Said => ({
  json: { PAPIErrorCode: rows.length, ErrorMessage: '', LastID: lastId, GetBibsPagedRows: rows },
});

async function openFeed(
  t: Parameters<typeof openScriptedPapi>[0],
  answer: (query: URLSearchParams, heard: Heard) => Said,
  more: Record<string, unknown> = {},
) {
  const opened = await openScriptedPapi(
    t,
    (heard) =>
      heard.target.endsWith('/authenticator/staff')
        ? { json: { PAPIErrorCode: 0, AccessToken: 'tok', AccessSecret: 'sec' } }
        : heard.target.includes('/deleted/') && !more['tells_deletions']
          ? { status: 404, text: '' }
          : answer(new URL(heard.target, 'http://host').searchParams, heard),
    { ...staffAccount, ...more },
  );
  const queries = () =>
    opened.heard
      .filter(({ target }) => target.includes('/MARCXML/paged'))
      .map(({ target }) => target.replace(/.*\?/, ''));
  return { ...opened, queries };
}

async function all(ils: Ils, from: { since: string | undefined; resume?: string }) {
  const records: HarvestedRecord[] = [];
  const resumes: string[] = [];
  if (!ils.feed) throw new Error('expected a feed');
  const pages = ils.feed.harvest(from, { signal });
  for (;;) {
    const next = await pages.next();
    if (next.done) return { records, resumes, cursor: next.value };
    records.push(...next.value.records);
    resumes.push(next.value.resume);
  }
}

t.test('everything, page by page, each from behind the last id of the one before', async (t) => {
  const { ils, heard, queries } = await openFeed(t, (query) => {
    if (query.get('lastid') === '0') return page(2, row(1), row(2));
    if (query.get('lastid') === '2') return page(7, row(7));
    return page(0);
  });
  const { records, cursor } = await all(ils, { since: undefined });
  t.strictSame(
    records,
    [1, 2, 7].map((n) => ({ key: String(n), deleted: false, marcxml: xml(n) })),
  );
  t.equal(cursor, '2026-03-04T14:02:00.000Z', 'the time at which it began');
  t.same(queries(), [
    'lastid=0&nrecs=100&includeItems=1',
    'lastid=2&nrecs=100&includeItems=1',
    'lastid=7&nrecs=100&includeItems=1',
  ]);
  t.equal(method(heard[1]?.target ?? '').replace(/\?.*/, ''), '/tok/synch/bibs/MARCXML/paged');
  t.match(heard[1]?.target, '/protected/');
});

t.test('a short page is not the end: only one without rows is', async (t) => {
  const { ils } = await openFeed(t, (query) => {
    const last = Number(query.get('lastid'));
    return last < 5 ? page(last + 1, row(last + 1)) : page(last);
  });
  t.equal((await all(ils, { since: undefined })).records.length, 5);
});

t.test('changes are asked for by both dates, in the library’s time, with an overlap', async (t) => {
  const { ils, queries } = await openFeed(t, () => page(0), { harvest_items: false, harvest_page: 50 });
  await all(ils, { since: '2026-03-03T12:00:00.000Z' });
  t.same(queries(), [
    'lastid=0&nrecs=50&startdatemodified=2026-03-03T06:45:00&startdatecreated=2026-03-03T06:45:00',
  ]);
  const guessed = await openFeed(t, () => page(0), { time_zone: undefined });
  await all(guessed.ils, { since: '2026-03-03T12:00:00.000Z' });
  const since = new URLSearchParams(guessed.queries()[0]).get('startdatemodified') ?? '';
  t.ok(
    Date.parse(`${since}Z`) <= Date.parse('2026-03-03T12:00:00Z') - 12 * 3_600_000,
    'a day where the zone is a guess',
  );
});

t.test(
  'changes end with what was deleted, where Polaris tells it; a full harvest does not ask',
  async (t) => {
    const ids = (...keys: number[]): Said => ({
      json: {
        PAPIErrorCode: keys.length,
        BibIDListRows: keys.map((key) => ({ BibliographicRecordID: key })),
      },
    });
    let isBroken = true;
    const { ils, heard } = await openFeed(
      t,
      (query, { target }) => {
        const last = query.get('lastid');
        if (!target.includes('/deleted/')) return last === '0' ? page(3, row(3)) : page(0);
        if (last === '0') return ids(4, 8);
        if (isBroken) return { status: 500, text: '' };
        return last === '8' ? ids(9) : ids();
      },
      { tells_deletions: true },
    );
    const since = '2026-03-03T12:00:00.000Z';
    const pages = ils.feed?.harvest({ since }, { signal });
    const seen: HarvestPage[] = [];
    for (let n = 0; n < 2; n += 1) {
      const next = await pages?.next();
      if (next?.done === false) seen.push(next.value);
    }
    t.match(await faultOf(pages?.next() ?? Promise.resolve()), { kind: 'broken' });
    t.strictSame(seen[1]?.records, [
      { key: '4', deleted: true },
      { key: '8', deleted: true },
    ]);
    isBroken = false;
    const { records, cursor } = await all(ils, { since, resume: seen[1]?.resume ?? '' });
    t.strictSame(records, [{ key: '9', deleted: true }], 'goes on among the deleted ones');
    t.equal(cursor, '2026-03-04T14:02:00.000Z');
    t.match(heard.at(-1)?.target, /deleted\/paged\?deletedate=2026-03-03T06:45:00&lastid=9&nrecs=100$/);
    const before = heard.length;
    await all(ils, { since: undefined });
    t.notOk(heard.slice(before).some(({ target }) => target.includes('/deleted/')));
  },
);

t.test('what is not shown in the PAC is told as gone', async (t) => {
  const { ils } = await openFeed(t, (query) =>
    query.get('lastid') === '0' ? page(2, row(1, { IsDisplayInPAC: false }), row(2)) : page(2),
  );
  const { records } = await all(ils, { since: undefined });
  t.strictSame(records[0], { key: '1', deleted: true });
  t.match(records[1], { key: '2', deleted: false });
});

t.test('a harvest that broke off goes on where it was, and keeps the time at which it began', async (t) => {
  let isBroken = true;
  const { ils, clock, queries } = await openFeed(t, (query) => {
    if (query.get('lastid') === '0') return page(3, row(3));
    if (isBroken) return { status: 500, text: '' };
    return query.get('lastid') === '3' ? page(4, row(4)) : page(4);
  });
  const pages = ils.feed?.harvest({ since: undefined }, { signal });
  const first = await pages?.next();
  t.match(await faultOf(pages?.next() ?? Promise.resolve()), { kind: 'broken' });
  isBroken = false;
  await clock.advance(3_600_000);
  const resume = first?.done === false ? first.value.resume : '';
  const { records, cursor } = await all(ils, { since: undefined, resume });
  t.same(
    records.map(({ key }) => key),
    ['4'],
  );
  t.equal(cursor, '2026-03-04T14:02:00.000Z');
  t.equal(queries().filter((query) => query.startsWith('lastid=0&')).length, 1, 'not from the beginning');
});

t.test('pages that lead back, or have no list, end in a fault and not in a short harvest', async (t) => {
  const back = await openFeed(t, () => page(3, row(3)));
  t.match(await faultOf(all(back.ils, { since: undefined })), { kind: 'foreign' });
  const none = await openFeed(t, () => ({ json: { PAPIErrorCode: 0, LastID: 10 } }));
  t.match(await faultOf(all(none.ils, { since: undefined })), { kind: 'foreign' });
  const failing = await openFeed(t, () => ({ json: { PAPIErrorCode: -1, GetBibsPagedRows: null } }));
  t.match(await faultOf(all(failing.ils, { since: undefined })), { kind: 'broken' });
});

t.test('records whose MARC is none go on to be put aside; the others are not lost with them', async (t) => {
  const { ils } = await openFeed(t, (query) =>
    query.get('lastid') === '0' ? page(2, row(1, { BibliographicRecordXML: 'oops' }), row(2)) : page(2),
  );
  const { records } = await all(ils, { since: undefined });
  t.match(records, [
    { key: '1', marcxml: 'oops' },
    { key: '2', marcxml: xml(2) },
  ]);
});

t.test('takes the list by its other name, and without LastID', async (t) => {
  const { ils } = await openFeed(t, (query) => ({
    json: { PAPIErrorCode: 1, GetBibsByIDRows: query.get('lastid') === '0' ? [row(6)] : [] },
  }));
  t.same(
    (await all(ils, { since: undefined })).records.map(({ key }) => key),
    ['6'],
  );
});

t.test('deletions are lost, and without a staff account there is no feed', async (t) => {
  const { ils } = await openFeed(t, () => page(0));
  t.strictSame(await ils.feed?.describe({ signal }), { deletions: 'lost', changes: true });
  t.equal(ils.feed?.keysAreIlsIds, true, 'its keys are what copies and holds are asked for by');
  const open = await openScriptedPapi(t, () => page(0));
  t.equal(open.ils.feed, undefined);
});

t.test('a cursor of another feed is refused before anything is asked', async (t) => {
  const { ils, heard } = await openFeed(t, () => page(0));
  await t.rejects(all(ils, { since: 'page 7' }), TypeError);
  await t.rejects(all(ils, { since: undefined, resume: '2026-03-04T14:02:00.000Z bibs x' }), TypeError);
  const deleted = '2026-03-04T14:02:00.000Z deleted 7';
  await t.rejects(all(ils, { since: undefined, resume: deleted }), TypeError);
  t.equal(heard.length, 0);
});

t.test(
  'a page that hangs is given up after two minutes, and the harvest goes on behind the last',
  async (t) => {
    let hangs = true;
    const { ils, heard, clock } = await openFeed(t, (query) => {
      if (query.get('lastid') === '0') return page(2, row(1), row(2));
      if (query.get('lastid') === '2' && hangs) return 'silence';
      return query.get('lastid') === '2' ? page(3, row(3)) : page(0);
    });
    const pages = ils.feed?.harvest({ since: undefined }, { signal });
    const first = await pages?.next();
    const resume = first?.done === false ? first.value.resume : '';
    const second = pages?.next() ?? Promise.resolve();
    second.catch(() => undefined);
    while (!heard.some(({ target }) => target.includes('lastid=2&'))) await clock.settle();
    await clock.advance(120_000);
    t.match(await faultOf(second), { kind: 'silent' });
    hangs = false;
    const { records } = await all(ils, { since: undefined, resume });
    t.match(records, [{ key: '3' }]);
  },
);
