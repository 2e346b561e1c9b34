/**
 * Takes the pictures of docs/images from a running Carrel with the sample catalogue in it:
 * `node dist/server/test/e2e/take-pictures.js http://localhost:8080 docs/images [NAME...]`. What only a language model or
 * a library's policy brings about is taken from the fake library, which needs neither.
 */
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openChromium } from './chromium.js';
import { openFakeLibrary } from './fake-api.js';
import { typeCard } from './fake-visit.js';

const [url = 'http://localhost:8080', folder = 'docs/images', ...wanted] = process.argv.slice(2);

interface Picture {
  name: string;
  options: BrowserContextOptions;
  path?: string;
  questions?: string[];
  /** Goes on to the record of the first card. */
  opensFirst?: boolean;
  wholePage?: boolean;
  /** Taken from the fake library. */
  isFake?: boolean;
  /** Taken while a model still works. */
  isThinking?: boolean;
  /** Taken from the fake library that has accounts, of somebody who signs in. */
  patron?: 'signing_in' | 'account' | 'hold' | 'my_data';
}

const desktop = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 } };
const kiosk = { viewport: { width: 1080, height: 1920 } };
const mystery = 'a quiet mystery set in a village';

const pictures: Picture[] = [
  { name: 'first-visit', options: desktop },
  { name: 'first-visit-kiosk', options: kiosk },
  { name: 'answer-desktop', options: { viewport: { width: 1440, height: 1360 } }, questions: [mystery] },
  { name: 'answer-at-night', options: { viewport: { width: 1440, height: 1500 }, colorScheme: 'dark' }, questions: ['Chinese novels'] },
  { name: 'follow-up', options: desktop, questions: [mystery, 'Something shorter'], wholePage: true },
  { name: 'answer-phone', options: phone, questions: [mystery] },
  { name: 'answer-spanish', options: { ...desktop, locale: 'es-ES' }, questions: ['una novela de misterio en un pueblo'], wholePage: true },
  { name: 'answer-kiosk', options: kiosk, questions: ['books about the sea for a ten-year-old'] },
  { name: 'record', options: desktop, questions: [mystery], opensFirst: true, wholePage: true },
  { name: 'answer-with-model-desktop', options: desktop, questions: ['a quiet mystery for a long evening'], isFake: true, wholePage: true },
  { name: 'thinking-kiosk', options: kiosk, questions: ['a quiet mystery for a winter evening'], isFake: true, isThinking: true },
  { name: 'referral-phone', options: phone, questions: ['which pills help me sleep'], isFake: true },
  { name: 'sign-in-phone', options: phone, patron: 'signing_in' },
  { name: 'account-desktop', options: desktop, patron: 'account', wholePage: true },
  { name: 'account-kiosk-at-night', options: { ...kiosk, colorScheme: 'dark' }, patron: 'account' },
  { name: 'hold-kiosk', options: kiosk, patron: 'hold' },
  { name: 'my-data-desktop', options: desktop, patron: 'my_data', wholePage: true },
  { name: 'search', options: { viewport: { width: 1440, height: 1200 } }, path: '/search?q=sea' },
]; // prettier-ignore

const browser = await openChromium();
const fake = await openFakeLibrary({ model: true });
const withAccounts = await openFakeLibrary({ patrons: true });
for (const picture of pictures) {
  if (wanted.length > 0 && !wanted.includes(picture.name)) continue;
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...picture.options });
  const page = await context.newPage();
  const from = picture.patron ? withAccounts.url : picture.isFake ? fake.url : url;
  await page.goto(from + (picture.path ?? '/'), { waitUntil: 'networkidle' });
  if (picture.patron) await enter(page, picture.patron);
  for (const question of picture.questions ?? []) await ask(page, question, picture.isThinking === true);
  if (picture.opensFirst) {
    await page.locator('.book-title a').first().click();
    await page.locator('.similar').waitFor();
  }
  if (picture.patron !== 'signing_in') await page.evaluate('document.activeElement?.blur()');
  await page.evaluate('document.fonts.ready');
  // A sticky box would stand in the middle of a picture of the whole page.
  if (picture.wholePage) await page.evaluate('window.scrollTo(0, 0)');
  await page.screenshot({ path: join(folder, `${picture.name}.png`), fullPage: picture.wholePage === true });
  await context.close();
  withAccounts.patrons?.forget();
}
await browser.close();
await fake.close();
await withAccounts.close();

async function ask(page: Page, question: string, isThinking: boolean): Promise<void> {
  await page.locator('.question-box textarea').fill(question);
  await page.keyboard.press('Enter');
  await page.locator('.answer[aria-busy="false"]').first().waitFor();
  if (isThinking) return page.locator('.longer-coming').waitFor();
  await page.locator('.longer-coming').waitFor({ state: 'detached' });
  await page.waitForLoadState('networkidle');
}

async function enter(page: Page, to: NonNullable<Picture['patron']>): Promise<void> {
  if (to === 'hold') {
    await ask(page, 'a quiet mystery', false);
    await page
      .getByRole('button', { name: /^Place a hold on/ })
      .first()
      .click();
  } else await page.getByRole('button', { name: 'Sign in' }).click();
  if (to === 'signing_in') return page.getByRole('dialog').waitFor();
  await typeCard(page);
  if (to === 'hold') return page.getByRole('dialog').getByLabel('Mill Lane').waitFor();
  await page.locator('.kept-row').first().waitFor();
  if (to === 'account') return;
  await page.getByRole('link', { name: 'My data' }).click();
  await page.locator('.data-parts').waitFor();
}
