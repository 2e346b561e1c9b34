import t from 'tap';
import type { HistoryEntry } from '../../../contract/my-data.js';
import { MyData, MyDataExport, SavedList, SavedLists, type Choices } from '../../../contract/my-data.js';
import { cards } from './library.js';
import { bytesOf, openHouse, personal, type Browser } from './house.js';

async function signedIn(t: Parameters<typeof openHouse>[0], dataDir?: string) {
  const house = await openHouse(t, { ...(dataDir !== undefined && { dataDir }) });
  const page = house.browser();
  await page.signIn(cards.ada);
  return { ...house, page };
}
const choose = (page: Browser, choices: Choices) => page.send('PUT', '/me/choices', choices);
const all: Choices = { lists: true, history: true, keep_days: 30 };
const lists = async (page: Browser) => SavedLists.parse(await (await page.get('/me/lists')).json()).lists;
const history = async (page: Browser) =>
  ((await (await page.get('/me/history')).json()) as { entries: HistoryEntry[] }).entries;
const add = async (page: Browser, name: string, record_ids: string[]) =>
  SavedList.parse(await (await page.send('POST', '/me/lists', { name, record_ids })).json());

t.test('nothing is kept of who has chosen nothing', async (t) => {
  const { page, dataDir } = await signedIn(t);
  await page.get('/me/account');
  t.strictSame(await history(page), []);
  const refused = await page.send('POST', '/me/lists', { name: 'Summer', record_ids: ['l1'] });
  t.equal(await page.problem(refused), '409 not_chosen');
  const data = MyData.parse(await (await page.get('/me/data')).json());
  t.strictSame(data.choices, { lists: false, history: false, keep_days: 90 });
  const kept = Object.fromEntries(data.parts.map((part) => [part.part, part.kept]));
  t.match(kept, {
    session: 'memory',
    choices: 'nowhere',
    lists: 'nowhere',
    history: 'nowhere',
    never: 'nowhere',
  });
  t.notOk(bytesOf(dataDir).includes('v1.'), 'no sealed text is in the database');
});

t.test('lists are saved, changed and taken off by who has chosen to keep them', async (t) => {
  const { page, browser } = await signedIn(t);
  t.equal((await choose(page, all)).status, 200);
  const made = await add(page, 'Summer', ['l1', 'l3', 'l1', 'gone']);
  t.match(made, { name: 'Summer', changed_on: '2026-03-04' });
  t.match(made.records, [
    { record_id: 'l1', title: { text: 'The Keeper’s Year' }, author: { text: 'Marsh, Edith' } },
    { record_id: 'l3' },
    { record_id: 'gone', title: null, author: null },
  ]);
  const path = `/me/lists/${made.list_id}`;
  const renamed = await page.send('PUT', path, { name: 'Winter' });
  t.match(SavedList.parse(await renamed.json()), { name: 'Winter', records: { length: 3 } });
  const shorter = await page.send('PUT', path, { record_ids: ['l2'] });
  t.match(SavedList.parse(await shorter.json()), { name: 'Winter', records: [{ record_id: 'l2' }] });
  const elsewhere = browser();
  await elsewhere.signIn(cards.ada);
  t.equal((await lists(elsewhere)).length, 1, 'the same in the patron’s other browser');
  const stranger = browser();
  await stranger.signIn(cards.ben);
  t.strictSame(await lists(stranger), [], 'and nobody else’s');
  await choose(stranger, all);
  t.equal(await stranger.problem(await stranger.send('DELETE', path)), '404 list_not_found');
  t.equal((await page.send('DELETE', path)).status, 204);
  t.strictSame(await lists(page), []);
  t.equal(await page.problem(await page.send('PUT', path, { name: 'x' })), '404 list_not_found');
});

t.test('two lists saved at the same moment are both there', async (t) => {
  const { page } = await signedIn(t);
  await choose(page, all);
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => add(page, name, [])));
  t.strictSame((await lists(page)).map(({ name }) => name).sort(), ['a', 'b', 'c', 'd']);
});

t.test('a history holds the loans seen since it was chosen, each once', async (t) => {
  const { page, library, clock } = await signedIn(t);
  await page.get('/me/account');
  await choose(page, all);
  t.strictSame(await history(page), [], 'what was seen before is not in it');
  await page.get('/me/account');
  await page.get('/me/account');
  t.match(await history(page), [
    { title: 'Storm Glass', record_id: 'l3', seen_on: '2026-03-04' },
    { title: 'A borrowed map', record_id: null },
  ]);
  t.equal((await history(page)).length, 2);
  library.account = { ...library.account, loans: [] };
  await clock.advance(20_000);
  await page.get('/me/account');
  t.equal((await history(page)).length, 2, 'and keeps what was brought back');
});

t.test('a part that is switched off is erased at once, the other stays', async (t) => {
  const { page } = await signedIn(t);
  await choose(page, all);
  await add(page, 'Summer', ['l1']);
  await page.get('/me/account');
  await choose(page, { ...all, history: false });
  t.strictSame(await history(page), []);
  t.equal((await lists(page)).length, 1);
  await choose(page, all);
  t.strictSame(await history(page), [], 'and does not come back');
});

t.test('what is kept is sealed: the database alone tells neither who nor what', async (t) => {
  const { page, dataDir } = await signedIn(t);
  await choose(page, all);
  await add(page, 'A private name', ['l1']);
  await page.get('/me/account');
  const bytes = bytesOf(dataDir);
  t.ok(bytes.includes('v1.'), 'there is a sealed text');
  const words = [...personal, 'A private name', 'Marsh', 'loan-1', '"lists"', 'keepDays'];
  for (const word of words) t.notOk(bytes.includes(word), `no ${word}`);
});

t.test('erased is gone, from the files too', async (t) => {
  const { page, dataDir, kept } = await signedIn(t);
  await choose(page, all);
  await add(page, 'Summer', ['l1']);
  await page.get('/me/account');
  const sealed = /v1\.[\w-]{200}/.exec(bytesOf(dataDir).toString('latin1'))?.[0] ?? '';
  t.not(sealed, '');
  t.equal((await page.send('DELETE', '/me/data')).status, 204);
  t.notOk(bytesOf(dataDir).includes('v1.'), 'no sealed text, old or new, is left');
  t.equal(await kept.find(cards.ada.id), undefined);
  t.strictSame(await lists(page), []);
  t.strictSame(await history(page), []);
  const data = MyData.parse(await (await page.get('/me/data')).json());
  t.strictSame(data.choices, { lists: false, history: false, keep_days: 90 }, 'the choice too');
});

t.test('the file to take away holds all that is kept', async (t) => {
  const { page } = await signedIn(t);
  await choose(page, all);
  const list = await add(page, 'Summer', ['l1', 'l2']);
  await page.get('/me/account');
  const response = await page.get('/me/data/export');
  t.equal(response.headers.get('content-disposition'), 'attachment; filename="carrel-my-data.json"');
  const file = MyDataExport.parse(await response.json());
  t.strictSame(file.choices, all);
  t.strictSame(file.lists, [list]);
  t.strictSame(file.history, await history(page));
  t.equal(file.history.length, 2);
  t.equal(file.kept_until, '2026-04-03');
  t.match(file.session.signed_in_at, /^2026-03-04T14:02/);
});

t.test('what is held is said in plain words, in the patron’s language', async (t) => {
  const { page } = await signedIn(t);
  await choose(page, all);
  await add(page, 'Summer', []);
  await page.get('/me/account');
  const tell = async (locale: string) => {
    const { parts } = MyData.parse(await (await page.get(`/me/data?locale=${locale}`)).json());
    return Object.fromEntries(parts.map((part) => [part.part, part]));
  };
  const english = await tell('en');
  t.match(english, {
    lists: { sentence: 'One saved list, encrypted.', count: 1, kept: 'encrypted', until: '2026-04-03' },
    history: { sentence: '2 titles you borrowed, encrypted.', count: 2 },
    library_system: { kept: 'elsewhere' },
  });
  t.match((await tell('es'))['lists']?.sentence, 'Una lista guardada, cifrada.');
});

t.test('after the days that the patron chose it is gone by itself, without their coming back', async (t) => {
  const { page, clock, kept, dataDir, browser } = await signedIn(t);
  await choose(page, all);
  await add(page, 'Summer', ['l1']);
  await clock.advance(29 * 86_400_000);
  const again = browser();
  await again.signIn(cards.ada);
  t.equal((await lists(again)).length, 1);
  await clock.advance(29 * 86_400_000);
  t.match(await kept.find(cards.ada.id), { until: '2026-05-02' }, 'it lasts from its last use');
  await clock.advance(2 * 86_400_000);
  t.equal(await kept.find(cards.ada.id), undefined);
  while (bytesOf(dataDir).includes('v1.')) await clock.advance(1);
  t.notOk(bytesOf(dataDir).includes('v1.'), 'not merely hidden');
});

t.test('a loan older than the patron chose is erased when anything of theirs is looked at', async (t) => {
  const { page, clock, kept, browser, dataDir } = await signedIn(t);
  const loans = async () => (await kept.find(cards.ada.id))?.account.history.length;
  await choose(page, { ...all, keep_days: 90 });
  await page.get('/me/account');
  await clock.advance(40 * 86_400_000);
  const again = browser();
  await again.signIn(cards.ada);
  t.equal((await lists(again)).length, 0);
  t.equal(await loans(), 2, 'not before');
  await clock.advance(51 * 86_400_000);
  const later = browser();
  await later.signIn(cards.ada);
  const before = /v1\.[\w-]{200}/.exec(bytesOf(dataDir).toString('latin1'))?.[0] ?? '';
  await lists(later);
  t.equal(await loans(), 0);
  t.not(before, '');
  t.notOk(bytesOf(dataDir).includes(before), 'from the files too');
});

t.test('fewer days chosen count at once for what is kept already', async (t) => {
  const { page, clock, kept, browser } = await signedIn(t);
  await choose(page, { ...all, keep_days: 90 });
  await page.get('/me/account');
  await clock.advance(31 * 86_400_000);
  const again = browser();
  await again.signIn(cards.ada);
  await choose(again, all);
  t.strictSame((await kept.find(cards.ada.id))?.account.history, []);
});

t.test('a history that cannot be written is a fault, and the account shows all the same', async (t) => {
  const broken = () => Promise.reject(new Error('the disk is full'));
  const kept = {
    find: broken,
    use: broken,
    change: broken,
    erase: broken,
    count: broken,
    close: () => Promise.resolve(),
  };
  const { browser, faults } = await openHouse(t, { kept });
  const page = browser();
  await page.signIn(cards.ada);
  const account = await page.get('/me/account');
  t.equal(account.status, 200);
  t.match(await account.json(), { state: 'known' });
  t.equal(faults.length, 1);
  t.equal((await page.get('/me/history')).status, 500, 'but nobody is told that nothing is kept');
});
