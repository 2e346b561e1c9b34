import t, { type Test } from 'tap';
import { OaiSettings } from '../../../engine/harvest/oai-settings.js';
import { openOaiFeed } from '../../../engine/harvest/oai.js';
import { openOaiSimulator, type OaiOptions } from '../../simulators/oai/oai.js';
import { followed, hurriedClock, keysOf, thrownBy } from './followed.js';

const signal = new AbortController().signal;

async function repository(t: Test, options: OaiOptions = {}, settings: Partial<OaiSettings> = {}) {
  const clock = hurriedClock(120_000);
  const server = await openOaiSimulator({ clock, ...options });
  const feed = openOaiFeed(OaiSettings.parse({ url: server.url, ...settings }), { clock });
  t.teardown(async () => {
    feed.close();
    await server.close();
  });
  const lists = () => server.asked.filter(({ parameters }) => parameters.get('verb') === 'ListRecords');
  return { clock, server, feed, lists };
}

t.test('a first harvest brings everything, page by page, in the format that was found out', async (t) => {
  const { server, feed, lists, clock } = await repository(t);
  const all = await followed(feed);
  t.strictSame(keysOf(all.records), ['1', '2', '3', '4', '5', '6', '7']);
  t.equal(all.pages, 3);
  t.equal(Date.parse(all.cursor), Math.floor(clock.now() / 1000) * 1000, 'the time of the repository');
  const first = all.records[0];
  t.ok(first?.deleted === false);
  t.match(first, { marcxml: /^<record xmlns="http:\/\/www.loc.gov\/MARC21\/slim">.*Book 1.*<\/record>$/ });
  const [begin, next] = lists();
  t.equal(begin?.parameters.get('metadataPrefix'), 'marcxml');
  t.equal(begin?.parameters.get('from'), null, 'no time in a full harvest');
  t.strictSame([...(next?.parameters.keys() ?? [])], ['verb', 'resumptionToken'], 'the token alone');
  t.match(next?.target, /%253D/, 'a token that looks encoded is encoded');
  t.equal(server.asked.length, 4, 'formats once, and a request for each page');
});

t.test('changes come from a little before the cursor, deletions among them', async (t) => {
  const { server, feed, lists, clock } = await repository(t);
  const { cursor } = await followed(feed);
  server.state.put('8', 'New');
  server.state.remove('2');
  const changes = await followed(feed, { since: cursor });
  t.strictSame(keysOf(changes.records).sort(), ['-2', '8']);
  const from = lists().at(-1)?.parameters.get('from');
  t.equal(from, new Date(clock.now() - 600_000).toISOString().replace(/\.\d+Z$/, 'Z'));
});

t.test('a repository that counts in days is asked for the day before', async (t) => {
  const { feed, lists } = await repository(t, { granularity: 'day' });
  await followed(feed, { since: '2026-03-04T00:05:00Z' });
  t.equal(lists()[0]?.parameters.get('from'), '2026-03-03');
});

t.test(
  'nothing new is a success with a cursor, whether it is said by a code or by an empty list',
  async (t) => {
    for (const emptyList of [false, true]) {
      const { feed } = await repository(t, { faults: { emptyList } });
      const { records, cursor } = await followed(feed, { since: '2026-03-04T15:00:00Z' });
      t.strictSame(records, []);
      t.match(cursor, /^2026-03-04T14:02:00/);
    }
  },
);

t.test('a set and a format that the library names are asked for', async (t) => {
  const { feed, lists, server } = await repository(t, {}, { set: 'fiction', metadata_prefix: 'marcxml' });
  t.strictSame(keysOf((await followed(feed)).records), ['1', '3', '5', '7']);
  t.equal(lists()[0]?.parameters.get('set'), 'fiction');
  t.notOk(server.asked.some(({ parameters }) => parameters.get('verb') === 'ListMetadataFormats'));
});

t.test('what the repository says of deletions decides whether changes are enough', async (t) => {
  for (const [deletedRecord, deletions] of [
    ['persistent', 'kept'],
    ['transient', 'lost'],
    ['no', 'lost'],
  ] as const) {
    const { feed } = await repository(t, { deletedRecord });
    t.strictSame(await feed.describe({ signal }), { deletions, changes: true });
  }
});

t.test('copies are preferred to bare records; no MARC at all is a sentence for staff', async (t) => {
  const { feed, lists } = await repository(t, {
    prefixes: ['oai_dc', 'marc21', 'marc21_withholdings', 'marcxml'],
  });
  await followed(feed);
  t.equal(lists()[0]?.parameters.get('metadataPrefix'), 'marc21_withholdings');
  const local = await repository(t, { prefixes: ['oai_dc', 'marc_local'] });
  await followed(local.feed);
  t.equal(local.lists()[0]?.parameters.get('metadataPrefix'), 'marc_local', 'known by its namespace');
  const bare = await repository(t, { prefixes: ['oai_dc'] });
  t.match(await thrownBy(followed(bare.feed)), {
    kind: 'not_offered',
    grant: 'The repository gives no MARC; it offers oai_dc.',
  });
  t.equal(bare.lists().length, 0);
});

t.test('what was set wrongly is a no that says what to change', async (t) => {
  const format = await repository(t, {}, { metadata_prefix: 'unknown' });
  t.match(await thrownBy(followed(format.feed)), { kind: 'not_offered', grant: /format that is set/ });
  const set = await repository(t, { sets: [] }, { set: 'fiction' });
  t.match(await thrownBy(followed(set.feed)), { kind: 'not_offered', grant: /no sets/ });
  const page = await repository(t);
  const elsewhere = openOaiFeed(
    OaiSettings.parse({ url: page.server.url.replace('/oai', '/nowhere') }),
    page,
  );
  t.teardown(() => elsewhere.close());
  t.match(await thrownBy(followed(elsewhere)), { kind: 'not_offered', grant: /nothing at this address/ });
});

t.test('an address with parameters of its own keeps them, and a login is sent', async (t) => {
  const { server, clock } = await repository(t);
  const settings = { url: `${server.url}?verb=Identify`, username: 'carrel', password: 'p:w' };
  const feed = openOaiFeed(OaiSettings.parse(settings), { clock });
  t.teardown(() => feed.close());
  t.match(await thrownBy(feed.describe({ signal })), { grant: /badVerb/ }, 'two verbs are one too many');
  t.match(server.asked[0], { target: '/oai?verb=Identify&verb=Identify' });
  const login = Buffer.from('carrel:p:w').toString('base64');
  t.equal(server.asked[0]?.headers.authorization, `Basic ${login}`);
});

t.test('a harvest goes on behind the page that was kept, without asking for the beginning', async (t) => {
  const { feed, lists } = await repository(t);
  const { resumes, cursor } = await followed(feed);
  const before = lists().length;
  const rest = await followed(feed, { resume: resumes[0] ?? '' });
  t.strictSame(keysOf(rest.records), ['4', '5', '6', '7']);
  t.equal(rest.cursor, cursor);
  t.ok(
    lists()
      .slice(before)
      .every(({ parameters }) => parameters.has('resumptionToken')),
  );
  const end = await followed(feed, { resume: resumes[2] ?? '' });
  t.strictSame({ ...end, resumes: 0 }, { records: [], pages: 0, resumes: 0, cursor }, 'nothing was left');
});

t.test('a list whose token is forgotten is begun again, three times and no more', async (t) => {
  const { feed, server, lists } = await repository(t);
  const { resumes } = await followed(feed);
  server.state.forgetTokens();
  const again = await followed(feed, { resume: resumes[0] ?? '', since: '2026-03-04T08:00:00Z' });
  t.strictSame(keysOf(again.records), ['2', '3', '4', '5', '6', '7'], 'the window of the beginning');
  const before = lists().length;
  const pages = feed.harvest({ since: undefined }, { signal });
  const endless = async () => {
    for (;;) {
      const { done } = await pages.next();
      server.state.forgetTokens();
      if (done) return;
    }
  };
  t.match(await thrownBy(endless()), { kind: 'broken' });
  t.equal(lists().length - before, 8, 'four beginnings, each followed by a token that was refused');
});

t.test('a list that grew shorter is begun again: what moved up would be missing', async (t) => {
  const { feed, server } = await repository(t, { deletedRecord: 'no', faults: { shifting: true } });
  const pages = feed.harvest({ since: undefined }, { signal });
  const first = await pages.next();
  t.equal(first.done, false);
  server.state.remove('1');
  const keys: string[] = [];
  for (let step = await pages.next(); !step.done; step = await pages.next()) {
    keys.push(...keysOf(step.value.records));
  }
  t.strictSame(
    keys,
    ['2', '3', '4', '5', '6', '7'],
    'number 4, which moved to the first page, is among them',
  );
});

t.test('a list that is suddenly empty has not come to its end: it is begun again', async (t) => {
  const { feed, server, lists } = await repository(t, { deletedRecord: 'no', faults: { shifting: true } });
  const pages = feed.harvest({ since: undefined }, { signal });
  await pages.next();
  for (const number of ['1', '2', '3', '4', '5', '6', '7']) server.state.remove(number);
  const { done } = await pages.next();
  t.equal(done, true, 'the list of the beginning is empty too, so there is nothing left');
  t.equal(lists().length, 3);
});

t.test('a token that comes twice is a loop, and pages that repeat a record are none', async (t) => {
  const loop = await repository(t, { faults: { tokenLoop: true } });
  t.match(await thrownBy(followed(loop.feed)), { kind: 'foreign', grant: /circle/ });
  t.ok(loop.lists().length <= 3);
  const repeating = await repository(t, { faults: { repeating: true } });
  t.equal(new Set(keysOf((await followed(repeating.feed)).records)).size, 7);
});

t.test('a page of nothing but deletions is a page', async (t) => {
  const { feed, server } = await repository(t);
  const { cursor } = await followed(feed);
  for (const id of ['1', '2', '3', '4']) server.state.remove(id);
  const { records, pages } = await followed(feed, { since: cursor });
  t.strictSame(keysOf(records), ['-1', '-2', '-3', '-4']);
  t.equal(pages, 2);
});

t.test('a busy repository is left alone for as long as it asks, and not for ever', async (t) => {
  const { feed, server, clock } = await repository(t);
  server.faults.busy = 2;
  t.equal((await followed(feed)).records.length, 7);
  t.strictSame(clock.waits, [5000, 5000]);
  server.faults.busy = 1;
  server.faults.retryAfter = new Date(clock.now() + 9000).toUTCString();
  await followed(feed);
  t.equal(clock.waits.at(-1), 9000, 'a date');
  server.faults.busy = 50;
  const before = server.asked.length;
  t.match(await thrownBy(followed(feed)), { kind: 'busy' });
  t.equal(server.asked.length - before, 6);
  server.faults.retryAfter = '7200';
  const asked = server.asked.length;
  t.match(await thrownBy(followed(feed)), { kind: 'busy', retryAfterMs: 7_200_000 });
  t.equal(server.asked.length - asked, 1, 'two hours are not waited for here');
});

t.test('a wait ends when the asker leaves', async (t) => {
  const { feed, server } = await repository(t);
  server.faults.busy = 1;
  const leave = new AbortController();
  leave.abort(new Error('left'));
  t.match(await thrownBy(followed(feed, {}, leave.signal)), { message: 'left' });
  t.equal(server.asked.length, 0, 'nothing is asked any more');
});

t.test('however the XML is written, the records are the same', async (t) => {
  const plain = await repository(t, { count: 1 });
  plain.server.state.put('1', 'Café & Crème <1>');
  const [expected] = (await followed(plain.feed)).records;
  t.match(expected, { marcxml: /Café &amp; Crème &lt;1&gt;/ });
  for (const faults of [
    { oaiPrefix: 'oai' },
    { encoding: 'ISO-8859-1' as const },
    { encoding: 'UTF-16' as const },
    { paddedToken: true, noLastToken: true },
  ]) {
    const { feed, server } = await repository(t, { count: 1, faults });
    server.state.put('1', 'Café & Crème <1>');
    t.strictSame((await followed(feed)).records, [expected], Object.keys(faults).join());
  }
  for (const faults of [{ marcPrefix: 'marc' }, { marcPrefix: 'marc', collection: true }]) {
    const { feed } = await repository(t, { count: 1, faults });
    const marcxml = /^<marc:record xmlns:marc="http:\/\/www.loc.gov\/MARC21\/slim">.*<\/marc:record>$/;
    t.match((await followed(feed)).records[0], { marcxml }, 'with the namespace it needs, once');
  }
});

t.test('an answer that stops, is no XML or comes from a proxy is a fault and not a short list', async (t) => {
  for (const [faults, kind] of [
    [{ cutOff: 'connection' as const }, 'cut_off'],
    [{ cutOff: 'document' as const }, 'cut_off'],
    [{ html: true }, 'foreign'],
    [{ failing: 1 }, 'broken'],
  ] as const) {
    const { feed } = await repository(t, { faults });
    t.match(await thrownBy(followed(feed)), { kind }, JSON.stringify(faults));
  }
  const gone = await repository(t);
  await gone.server.goAway();
  t.match(await thrownBy(followed(gone.feed)), { kind: 'unreachable' });
});

t.test('XML that nobody can read is a fault, and an entity does not grow', async (t) => {
  for (const faults of [{ illFormed: true }, { greedyEntity: true }]) {
    const { feed } = await repository(t, { faults });
    t.match(await thrownBy(followed(feed)), { kind: 'foreign' });
  }
});

t.test('settings: a format or an address that cannot be is refused, a password is a secret', async (t) => {
  t.notOk(OaiSettings.safeParse({ url: 'ftp://library.example.org/oai' }).success);
  t.notOk(OaiSettings.safeParse({ url: 'https://library.example.org/oai', every_minutes: 0 }).success);
  t.match(OaiSettings.parse({ url: 'https://library.example.org/oai' }), {
    records_as: 'main',
    every_minutes: 60,
    sweep_every: 168,
  });
  t.equal(OaiSettings.shape.password.meta()?.['secret'], true);
  const silent = Object.entries(OaiSettings.shape).filter(([, field]) => !field.description);
  t.strictSame(silent, [], 'every setting says what it means');
});
