import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Test } from 'tap';
import { openFakeLibrary, type FakeLibrary } from './fake-api.js';
import type { FakePatrons } from './fake-patron.js';

export interface Visit {
  page: Page;
  library: FakeLibrary;
  patrons: FakePatrons;
}

/** Opens the page of a library of its own, with accounts, in a browser of its own; `faults` takes what goes wrong in it. */
export async function openVisit(
  t: Test,
  browser: Browser | undefined,
  faults: string[],
  path = '/',
  options: BrowserContextOptions = {},
): Promise<Visit> {
  if (!browser) throw new Error('no browser');
  const library = await openFakeLibrary({ patrons: true });
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  t.teardown(async () => {
    await context.close();
    await library.close();
  });
  context.on('page', (page) => {
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) faults.push(message.text());
    });
  });
  const page = await context.newPage();
  await page.goto(library.url + path);
  await page.locator('main').waitFor();
  const { patrons } = library;
  if (!patrons) throw new Error('no accounts');
  return { page, library, patrons };
}

export const sheet = (page: Page) => page.getByRole('dialog');
export const cardBox = (page: Page) => page.getByLabel('Library card number');
export const pinBox = (page: Page) => page.getByLabel('PIN', { exact: true });
export const row = (page: Page, title: string) => page.locator('.kept-row').filter({ hasText: title });

/** What a screen reader would say of where the cursor is. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(
    '(document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "").trim()',
  );
}

export async function typeCard(page: Page, card = 'CARD-0001', pin = '1234'): Promise<void> {
  await cardBox(page).fill(card);
  await pinBox(page).fill(pin);
  await pinBox(page).press('Enter');
}

/** Signs in from the masthead, and waits for the account. */
export async function signIn(page: Page, card?: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await typeCard(page, card);
  await page.getByRole('heading', { name: 'What you have' }).waitFor();
}

/** Asks in the conversation and waits for the whole answer. */
export async function answered(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox').fill(question);
  await page.getByRole('textbox').press('Enter');
  await page.locator('.answer[aria-busy="false"]').first().waitFor();
}

/** Goes on to the panel of a hold on a card’s title, signing in on the way where that is needed. */
export async function wish(page: Page, title: string, mustSignIn = true): Promise<void> {
  await page.getByRole('button', { name: `Place a hold on ${title}` }).click();
  if (mustSignIn) await typeCard(page);
  await sheet(page).getByLabel('Mill Lane').waitFor();
}
