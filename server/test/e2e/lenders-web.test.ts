import type { BrowserContextOptions } from 'playwright-core';
import t, { type Test } from 'tap';
import { openChromium, skipWithoutChromium } from './chromium.js';
import type { LenderScene } from './fake-lenders.js';
import { openVisit, sheet, signIn } from './fake-visit.js';
import { overflow, violations } from './page-checks.js';

const skip = skipWithoutChromium;
const browser = skip === false ? await openChromium() : undefined;
t.teardown(() => browser?.close());
const faults: string[] = [];

/** Signed in at a library with a lender that shows this. */
async function open(t: Test, scene: LenderScene, options?: BrowserContextOptions) {
  const visit = await openVisit(t, browser, faults, '/', options);
  visit.patrons.lenders = scene;
  await visit.page.reload();
  await visit.page.getByRole('button', { name: 'Sign in' }).waitFor();
  return visit;
}

t.test('who is about to type a PIN is told where it goes', { skip }, async (t) => {
  const { page } = await open(t, 'usual');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await sheet(page).getByText('once to the library’s system and once to OverDrive').waitFor();
  t.equal(await sheet(page).getByText('sent once and kept nowhere').count(), 0);
  const without = await openVisit(t, browser, faults);
  await without.page.getByRole('button', { name: 'Sign in' }).click();
  await sheet(without.page).getByText('sent once and kept nowhere').waitFor();
});

t.test('e-loans and e-holds stand apart, each with the way to its lender', { skip }, async (t) => {
  const { page, patrons } = await open(t, 'usual');
  await signIn(page);
  const lender = page.getByRole('region', { name: 'At OverDrive', exact: true });
  const read = lender.getByRole('link', { name: 'Read at OverDrive: The nine tailors' });
  t.equal(await read.getAttribute('href'), 'https://lender.example/1');
  t.equal(await read.getAttribute('rel'), 'noopener noreferrer', 'the lender learns nothing of this page');
  await lender.getByRole('link', { name: 'Listen at OverDrive: A title at OverDrive' }).waitFor();
  t.match(
    await lender.getByRole('listitem').nth(2).innerText(),
    /Storm Glass[\s\S]*Ready for you to borrow/,
    'what can be borrowed now comes first',
  );
  t.equal(await lender.getByRole('button', { name: /^Renew/ }).count(), 0);
  t.strictSame(await violations(page), []);

  const hold = lender.getByRole('listitem').filter({ hasText: 'A guide to bell ringing' });
  await hold.getByRole('button', { name: /^Cancel/ }).click();
  t.notOk(
    patrons.asked.some((one) => one.startsWith('DELETE')),
    'it is asked once more first',
  );
  await hold.getByRole('button', { name: 'Yes, cancel it' }).click();
  await hold.getByText('Your hold is cancelled.').waitFor();
  t.strictSame(
    patrons.asked.filter((one) => one.startsWith('DELETE')),
    ['DELETE /me/holds/lender0%3Ah1'],
  );
  const ready = lender.getByRole('listitem').filter({ hasText: 'Storm Glass' });
  await ready.getByRole('button', { name: /^Cancel/ }).click();
  await ready.getByRole('button', { name: 'Yes, cancel it' }).click();
  await ready.getByText('I don’t know if your hold is cancelled').waitFor();
  t.equal(await ready.getByRole('button', { name: /^Cancel/ }).count(), 0, 'it is not sent again unasked');
});

t.test('a lender that says nothing takes nothing from the account, and says why', { skip }, async (t) => {
  const words = {
    away: 'I can’t reach OverDrive just now.',
    signed_out: 'OverDrive has signed you out.',
    refused: 'OverDrive doesn’t take this card.',
  };
  for (const scene of ['away', 'signed_out', 'refused'] as const) {
    const { page, patrons } = await open(t, scene);
    await signIn(page);
    const lender = page.getByRole('region', { name: 'At OverDrive', exact: true });
    await lender.getByRole('alert').filter({ hasText: words[scene] }).waitFor();
    const again = lender.getByRole('button', { name: 'Try again' });
    t.equal(await again.count(), scene === 'away' ? 1 : 0, 'only where asking again may help');
    if (scene !== 'away') continue;
    patrons.lenders = 'empty';
    await again.click();
    await lender.getByText('Nothing borrowed there just now.').waitFor();
    await lender.getByText('Nothing on hold there.').waitFor();
  }
});

t.test('where there is no lender, none is asked and nothing shows', { skip }, async (t) => {
  const { page, patrons } = await open(t, 'none');
  await signIn(page);
  t.equal(await page.locator('.lender').count(), 0);
  t.notOk(patrons.asked.includes('GET /me/lenders'));
});

t.test('it fits a phone, in both languages', { skip }, async (t) => {
  for (const locale of ['en-GB', 'es-ES']) {
    const { page, patrons } = await openVisit(t, browser, faults, '/', {
      ...{ locale, viewport: { width: 360, height: 740 } },
    });
    patrons.lenders = 'usual';
    await page.reload();
    await page.getByRole('button', { name: /^(Sign in|Entrar)$/ }).click();
    const boxes = sheet(page).locator('input');
    await boxes.nth(0).fill('CARD-0001');
    await boxes.nth(1).fill('1234');
    await boxes.nth(1).press('Enter');
    await page.locator('.lender .kept-row').first().waitFor();
    t.equal(await overflow(page), 0);
  }
  t.strictSame(faults, []);
});
