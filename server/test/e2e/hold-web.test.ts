import type { BrowserContextOptions } from 'playwright-core';
import t, { type Test } from 'tap';
import { openChromium, skipWithoutChromium } from './chromium.js';
import { answered, focused, openVisit, sheet, typeCard, wish, type Visit } from './fake-visit.js';

const skip = skipWithoutChromium;
const browser = skip === false ? await openChromium() : undefined;
t.teardown(() => browser?.close());

/** Script errors and breaches of the content policy, from every page of every test. */
const faults: string[] = [];
const open = (t: Test, path?: string, options?: BrowserContextOptions): Promise<Visit> =>
  openVisit(t, browser, faults, path, options);

t.test('a hold from a card: signing in first, and back to the same book', { skip }, async (t) => {
  const { page, patrons } = await open(t, '/?branch=b1');
  await answered(page, 'quiet mystery');
  await wish(page, 'The nine tailors');
  t.equal(new URL(page.url()).pathname, '/', 'the conversation is where it was');
  t.match(await sheet(page).textContent(), /The nine tailors/);
  const places = await sheet(page).locator('.choice').allTextContents();
  t.match(places[0], /^Old Town \(.*you are here/, 'where the patron stands comes first');
  t.match(places[1], /^Mill Lane \(.*your branch/, 'then their own branch');
  t.equal(places.length, 4);
  await sheet(page).getByLabel('Mill Lane').check();
  await sheet(page).getByRole('button', { name: 'Keep it for me' }).click();
  await sheet(page).getByRole('status').filter({ hasText: 'You are number 3 in line' }).waitFor();
  await sheet(page).getByText('You can fetch it at Mill Lane').waitFor();
  t.match(patrons.sent.at(-1), { record_id: 'm1', pickup_branch_id: 'b2' });
  await sheet(page).getByRole('button', { name: 'Go on reading' }).click();
  await sheet(page).waitFor({ state: 'detached' });
  t.equal(await page.locator('.answer').first().getByRole('article').count(), 5);
  t.equal(await focused(page), 'Place a hold on The nine tailors');
});

t.test(
  'who closes the panel while a hold is being placed still hears what came of it',
  { skip },
  async (t) => {
    const { page, patrons } = await open(t);
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/api/v1/me/holds?*', async (route) => {
      await held;
      await route.continue();
    });
    await answered(page, 'quiet mystery');
    await wish(page, 'The nine tailors');
    await sheet(page).getByRole('button', { name: 'Keep it for me' }).click();
    await sheet(page).getByText('Asking the library’s system').waitFor();
    await page.keyboard.press('Escape');
    await page
      .getByRole('status')
      .filter({ hasText: 'Your hold on “The nine tailors” is on its way' })
      .waitFor();
    t.equal(await sheet(page).count(), 0, 'the page is theirs again');
    answer();
    await sheet(page).getByRole('status').filter({ hasText: 'You are number 3 in line' }).waitFor();
    t.equal(patrons.asked.filter((path) => path === 'POST /me/holds').length, 1, 'placed once');
    await page.keyboard.press('Escape');
    await sheet(page).waitFor({ state: 'detached' });
  },
);

t.test('a fee is asked for and never taken for granted', { skip }, async (t) => {
  const { page, patrons } = await open(t);
  const answers = (): number => patrons.asked.filter((path) => path === 'POST /me/holds/answers').length;
  await answered(page, 'quiet mystery');
  await wish(page, 'A murder is announced');
  await sheet(page).getByRole('button', { name: 'Keep it for me' }).click();
  await sheet(page).getByText('A fee of 1.50 will be charged').waitFor();
  t.equal(answers(), 0, 'nothing is answered for the patron');
  await sheet(page).getByRole('button', { name: 'No, I won’t pay for it' }).click();
  await sheet(page).getByText('Then nothing was placed').waitFor();
  await sheet(page).getByRole('button', { name: 'Go on reading' }).click();
  await wish(page, 'A murder is announced', false);
  await sheet(page).getByRole('button', { name: 'Keep it for me' }).click();
  await sheet(page).getByRole('button', { name: 'Yes, I’ll pay that' }).click();
  await sheet(page).getByText('Your hold is placed').waitFor();
  t.equal(answers(), 2);
  t.match(patrons.sent.at(-1), { question_id: 'q1', yes: true });
});

t.test('a hold that nobody knows about is not placed again by a button', { skip }, async (t) => {
  const { page, patrons } = await open(t);
  await answered(page, 'quiet mystery');
  await wish(page, 'The Thursday murder club');
  await sheet(page).getByRole('button', { name: 'Keep it for me' }).click();
  await sheet(page).getByText('I don’t know if your hold stands').waitFor();
  t.equal(
    await sheet(page)
      .getByRole('button', { name: /again|Keep it for me/i })
      .count(),
    0,
  );
  await sheet(page).getByRole('button', { name: 'See my holds' }).click();
  await page.getByRole('heading', { name: 'What you wait for' }).waitFor();
  t.equal(patrons.asked.filter((path) => path === 'POST /me/holds').length, 1);
  await page.goBack();
  await wish(page, 'The moving toyshop', false);
  await sheet(page).getByRole('button', { name: 'Keep it for me' }).click();
  await sheet(page).getByText('as many holds as your card allows').waitFor();
});

t.test('a hold whose answer is lost on the way is unknown too', { skip }, async (t) => {
  const { page } = await open(t, '/records/m1');
  await page.route('**/api/v1/me/holds?*', (route) => route.abort());
  await page.getByRole('button', { name: 'Place a hold' }).click();
  await typeCard(page);
  await sheet(page).getByRole('button', { name: 'Keep it for me' }).click();
  await sheet(page).getByText('The connection broke, so I don’t know').waitFor();
  t.equal(
    await sheet(page)
      .getByRole('button', { name: /again|Keep it for me/i })
      .count(),
    0,
  );
});

t.test('no script failed and the content policy was kept', { skip }, (t) => {
  t.strictSame(faults, []);
  t.end();
});
