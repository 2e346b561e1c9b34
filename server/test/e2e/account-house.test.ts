import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { programDir } from '../../config.js';
import { openChromium, skipWithoutChromium } from './chromium.js';
import { answered, pinBox, sheet, signIn, typeCard } from './fake-visit.js';
import { carrel, openHouse } from './house.js';

t.test(
  'at a real desk a patron signs in, places a hold, keeps a list, and is gone',
  { skip: skipWithoutChromium, timeout: 120_000 },
  async (t) => {
    const dataDir = t.testdir();
    copyFileSync(join(programDir, 'data/sample/branches.yaml'), join(dataDir, 'branches.yaml'));
    const imported = await carrel(dataDir, 'import', join(programDir, 'data/sample.mrc'), '--quiet');
    t.equal(imported.code, 0, imported.text);
    const house = await openHouse(t, dataDir, { CARREL_LIBRARY: 'Harbour Libraries' });
    const { base } = house;
    const browser = await openChromium();
    t.teardown(() => browser.close());
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));

    await page.goto(base);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await sheet(page).getByText('opens an account that is made up').waitFor();
    await typeCard(page, 'DEMO-0001', '0000');
    await sheet(page).getByRole('alert').filter({ hasText: 'don’t go together' }).waitFor();
    t.equal(await pinBox(page).inputValue(), '');
    await page.keyboard.press('Escape');
    await signIn(page, 'DEMO-0001');
    await page.getByText('Demonstration: this account is made up.').waitFor();
    t.ok((await page.locator('.stamp').count()) > 0, 'dates are stamped');
    await page.getByRole('button', { name: 'Back to the conversation' }).click();

    await answered(page, 'a quiet mystery set in a village');
    const wish = page.getByRole('button', { name: /^Place a hold on/ }).first();
    const title = ((await wish.getAttribute('aria-label')) ?? '').replace('Place a hold on ', '');
    await wish.click();
    await sheet(page).getByRole('button', { name: 'Keep it for me' }).click();
    await sheet(page).getByRole('status').filter({ hasText: 'Your hold is placed' }).waitFor();
    await sheet(page).getByRole('button', { name: 'See my holds' }).click();
    const hold = page
      .getByRole('region', { name: 'What you wait for' })
      .getByRole('listitem')
      .filter({ hasText: title });
    await hold.getByRole('button', { name: /^Cancel/ }).click();
    await hold.getByRole('button', { name: 'Yes, cancel it' }).click();
    await hold.getByText('Your hold is cancelled.').waitFor();

    await page.getByRole('link', { name: 'My data' }).click();
    await page.getByRole('checkbox', { name: 'Keep lists of books for me' }).check();
    await page.getByLabel('Name of a new list').fill('Ships');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Ships' }).waitFor();
    await page.getByRole('button', { name: 'I’m done here' }).click();
    await page.getByRole('heading', { name: 'What would you like to read?' }).waitFor();
    t.strictSame(await context.cookies(), [], 'the browser has nothing of it');

    // Whoever comes back with the same card finds the list; whoever has no card finds nothing.
    await page.goBack();
    t.equal(await page.getByText(title).count(), 0);
    await page.goto(`${base}/my-data`);
    await page.getByText('Sign in with your library card').waitFor();
    t.equal(await page.getByText('Ships').count(), 0);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await typeCard(page, 'DEMO-0001');
    await page.getByRole('heading', { name: 'What you have' }).waitFor();
    await page.getByRole('link', { name: 'My data' }).click();
    await page.getByRole('heading', { name: 'Ships' }).waitFor();
    t.strictSame(faults, []);
    t.notMatch(house.written(), /DEMO-0001|Ships/, 'and the log knows neither card nor list');
  },
);
