import type { BrowserContextOptions, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { openChromium, skipWithoutChromium } from './chromium.js';
import { focused, openVisit, sheet, signIn, type Visit } from './fake-visit.js';
import { overflow, violations } from './page-checks.js';

const skip = skipWithoutChromium;
const browser = skip === false ? await openChromium() : undefined;
t.teardown(() => browser?.close());

/** Script errors and breaches of the content policy, from every page of every test. */
const faults: string[] = [];
const open = (t: Test, path?: string, options?: BrowserContextOptions): Promise<Visit> =>
  openVisit(t, browser, faults, path, options);

/** Signs in and goes on to what Carrel holds. */
async function toMyData(page: Page): Promise<void> {
  await signIn(page);
  await page.getByRole('link', { name: 'My data' }).click();
  await page.locator('.data-parts').waitFor();
}

const lists = (page: Page) => page.getByRole('checkbox', { name: 'Keep lists of books for me' });

t.test('what Carrel holds is told, and nothing is kept until it is chosen', { skip }, async (t) => {
  const { page, patrons } = await open(t);
  await toMyData(page);
  t.match(await page.locator('.data-parts').textContent(), /Never kept.*never written down/);
  t.notOk(await lists(page).isChecked());
  t.equal(await page.getByRole('heading', { name: 'My lists' }).count(), 0);
  t.equal(await page.getByText('How long').count(), 0, 'no time is asked for while nothing is kept');
  await lists(page).check();
  await page.getByText('Your choice is kept.').waitFor();
  await page.getByText('No list yet.').waitFor();
  t.match(patrons.kept.choices, { lists: true, history: false, keep_days: 90 });
  await page.getByRole('radio', { name: '30 days' }).check();
  await page.getByText('Your choice is kept.').waitFor();
  t.match(patrons.sent.at(-1), { lists: true, history: false, keep_days: 30 });
});

t.test('what could not be fetched or made is not told as none', { skip }, async (t) => {
  const { page, patrons } = await open(t);
  patrons.kept.choices = { lists: true, history: true, keep_days: 90 };
  await page.route('**/api/v1/me/lists', (route) => route.abort());
  await page.route('**/api/v1/me/history', (route) => route.abort());
  await toMyData(page);
  const away = page.getByRole('alert').filter({ hasText: 'can’t reach the library’s server' });
  await away.nth(1).waitFor();
  t.equal(await page.getByText('No list yet').count(), 0);
  await page.getByLabel('Name of a new list').fill('Ships');
  await page.keyboard.press('Enter');
  await page.getByText('That did not go through').waitFor();
  t.equal(await page.getByLabel('Name of a new list').inputValue(), 'Ships', 'what was typed is still there');
  await page.unroute('**/api/v1/me/lists');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Ships' }).waitFor();
  t.equal(await page.getByLabel('Name of a new list').inputValue(), '');
});

t.test('a title is put on a list from its page, and taken off again', { skip }, async (t) => {
  const { page, patrons } = await open(t);
  await signIn(page);
  await page.getByRole('link', { name: 'The nine tailors' }).click();
  await page.getByRole('heading', { level: 1, name: 'The nine tailors' }).waitFor();
  await page.getByRole('region', { name: 'Close to this one' }).waitFor();
  t.equal(await page.getByRole('button', { name: 'Put on a list' }).count(), 0, 'not before it is chosen');
  patrons.kept.choices = { lists: true, history: false, keep_days: 90 };
  await page.goBack();
  await page.getByRole('link', { name: 'The nine tailors' }).click();
  await page.getByRole('button', { name: 'Put on a list' }).click();
  await sheet(page).getByLabel('Name of a new list').fill('For the summer');
  await page.keyboard.press('Enter');
  await sheet(page).getByText('It is on “For the summer”.').waitFor();
  t.equal(
    await sheet(page).getByRole('button', { name: 'For the summer' }).getAttribute('aria-disabled'),
    'true',
  );
  t.strictSame(await violations(page), []);
  await page.keyboard.press('Escape');
  t.equal(await focused(page), 'Put on a list');

  await page.goBack();
  await page.getByRole('link', { name: 'My data' }).click();
  await page.getByRole('button', { name: 'Take off the list: The nine tailors' }).click();
  await page.getByText('Nothing on it yet.').waitFor();
  t.strictSame(patrons.kept.lists[0]?.records, []);
  await page.getByRole('button', { name: 'Erase this list: For the summer' }).click();
  await page.getByRole('button', { name: 'Yes, erase it' }).click();
  await page.getByText('No list yet.').waitFor();
});

t.test('what holds something is switched off or erased only after a plain question', { skip }, async (t) => {
  const { page, patrons } = await open(t);
  patrons.kept.choices = { lists: true, history: true, keep_days: 365 };
  patrons.kept.lists = [{ list_id: 'l', name: 'Ships', changed_on: '2026-11-01', records: [] }];
  patrons.kept.history = [
    { record_id: 'm1', title: 'The nine tailors', author: null, seen_on: '2026-11-02' },
  ];
  await toMyData(page);
  await page.getByText('seen on 2 November').waitFor();
  await lists(page).click();
  await page.getByText('What was kept is erased at once').waitFor();
  t.equal(await focused(page), 'Leave it on');
  t.ok(await lists(page).isChecked(), 'nothing has happened yet');
  await page.keyboard.press('Enter');
  t.equal(patrons.kept.lists.length, 1);
  await page.getByRole('button', { name: 'Erase all of it' }).click();
  await page.getByRole('button', { name: 'Leave it', exact: true }).click();
  t.equal(patrons.kept.lists.length, 1);
  await page.getByRole('button', { name: 'Erase all of it' }).click();
  await page.getByRole('button', { name: 'Yes, erase it' }).click();
  await page.getByText('All of it is erased.').waitFor();
  t.strictSame(patrons.kept, {
    choices: { lists: false, history: false, keep_days: 90 },
    lists: [],
    history: [],
  });
  await page.getByText('No saved lists.').waitFor();
  t.equal(await page.getByText('seen on').count(), 0);
});

t.test('a copy can be taken along, and signing out everywhere ends this visit too', { skip }, async (t) => {
  const { page, patrons } = await open(t);
  await toMyData(page);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Take a copy with me' }).click(),
  ]);
  t.equal(file.suggestedFilename(), 'carrel-my-data.json');
  await file.delete();
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('heading', { name: 'What would you like to read?' }).waitFor();
  t.ok(patrons.asked.includes('POST /me/sign-out-everywhere'));
  t.ok(patrons.asked.includes('DELETE /session'));
  t.notOk(patrons.isSignedIn());
});

t.test('an account opened by its address alone asks for a card and tells nothing', { skip }, async (t) => {
  for (const path of ['/account', '/my-data']) {
    const { page, patrons } = await open(t, path);
    await page.getByText('Sign in with your library card').waitFor();
    t.strictSame(patrons.asked, ['GET /me']);
    t.equal(await sheet(page).count(), 0, 'nothing opens by itself');
    t.strictSame(await violations(page), [], path);
  }
});

t.test('my data reads well by day and night, on every screen', { skip, timeout: 120_000 }, async (t) => {
  for (const [width, height, colorScheme] of [
    [320, 568, 'light'],
    [390, 844, 'dark'],
    [1440, 900, 'light'],
    [1080, 1920, 'dark'],
  ] as const) {
    const { page, patrons } = await open(t, '/', { viewport: { width, height }, colorScheme });
    patrons.kept.choices = { lists: true, history: true, keep_days: 90 };
    patrons.kept.lists = [
      { list_id: 'l', name: 'A very long name for a list of books about ships and those who sail them'.repeat(2).slice(0, 100), changed_on: '2026-11-01', records: [{ record_id: 'a1', title: { text: 'x'.repeat(90) }, author: null }] },
    ]; // prettier-ignore
    await toMyData(page);
    await page.getByRole('heading', { name: 'My lists' }).waitFor();
    await page.locator('.list-records').first().waitFor();
    t.equal(await overflow(page), 0, `at ${width}`);
    t.strictSame(await violations(page), [], `at ${width}, ${colorScheme}`);
  }
});

t.test('no script failed and the content policy was kept', { skip }, (t) => {
  t.strictSame(faults, []);
  t.end();
});
