import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import { programDir } from '../../config.js';
import { openChromium, skipWithoutChromium } from './chromium.js';
import { carrel, openHouse } from './house.js';

const SAMPLE = join(programDir, 'data/sample.mrc');
const BRANCHES = join(programDir, 'data/sample/branches.yaml');
const branchNames = /Central Library|Harbour Street|Mill Lane|Northgate/;

const newest = (page: Page) => page.locator('.answer').first();
const cards = (page: Page) => newest(page).getByRole('article');
const chip = (page: Page, name: RegExp) => newest(page).locator('.chips').getByRole('button', { name });
const titles = (page: Page) => cards(page).locator('.book-title').allTextContents();

/** Waits until the answer numbered `turn` is whole; all before it are folded. */
async function settled(page: Page, turn: number): Promise<void> {
  const folded = page.locator('.earlier > ol > li');
  if (turn > 1) await folded.nth(turn - 2).waitFor();
  await newest(page).and(page.locator('[aria-busy="false"]')).waitFor();
}

/** Asks as a patron does, and waits for the whole answer to the question numbered `turn`. */
async function ask(page: Page, question: string, turn: number): Promise<void> {
  await page.getByRole('textbox').fill(question);
  await page.getByRole('textbox').press('Enter');
  await newest(page).getByText(question, { exact: true }).first().waitFor();
  await settled(page, turn);
}

t.test(
  'a patron of a real library asks, narrows, looks closer and changes language',
  { skip: skipWithoutChromium, timeout: 60_000 },
  async (t) => {
    const dataDir = t.testdir();
    copyFileSync(BRANCHES, join(dataDir, 'branches.yaml'));
    const imported = await carrel(dataDir, 'import', SAMPLE, '--quiet');
    t.equal(imported.code, 0, imported.text);
    const { base } = await openHouse(t, dataDir, { CARREL_LIBRARY: 'Harbour Libraries' });
    const browser = await openChromium();
    t.teardown(() => browser.close());
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    const elsewhere: string[] = [];
    page.on('request', (request) => !request.url().startsWith(base) && elsewhere.push(request.url()));

    await page.goto(base);
    await page.getByText('Harbour Libraries').waitFor();
    t.strictSame(
      await page.getByLabel('You are at:').locator('option').allTextContents(),
      ['Any branch', 'Central Library', 'Harbour Street', 'Mill Lane', 'Northgate'],
      'the library’s branches by name',
    );

    await ask(page, 'a quiet mystery set in a village', 1);
    t.ok((await cards(page).count()) >= 3);
    for (const card of await cards(page).all()) {
      const said = (await card.textContent()) ?? '';
      t.match(await card.locator('.spine-label').textContent(), /MYS|FIC/, 'a call number');
      t.match(said, branchNames, 'a branch');
      t.match(await card.locator('.whereabouts').textContent(), /^(In at|Out).*checked/, 'whether it is in');
      t.notMatch(said, ' -- ', 'headings read as people print them');
    }
    t.ok((await newest(page).locator('.why mark').count()) >= 3, 'quoted words are marked');
    t.equal(await newest(page).getByText('Demonstration').count(), 1, 'circulation is labelled as made up');

    await ask(page, 'something shorter', 2);
    t.equal(await chip(page, /pages/i).count(), 1, 'a limit of pages');
    t.equal(await chip(page, /myster/i).count(), 1, 'still mysteries');

    await ask(page, 'in Spanish', 3);
    t.equal(await chip(page, /Spanish/).count(), 1);
    for (const label of await cards(page).locator('.spine-label').allTextContents()) t.match(label, /SPA/);
    const inSpanish = await titles(page);
    await chip(page, /Spanish/).click();
    await settled(page, 4);
    t.equal(await chip(page, /Spanish/).count(), 0, 'a chip taken out stays out');
    t.equal(await chip(page, /pages/i).count(), 1, 'and alone');
    t.notSame(await titles(page), inSpanish);

    await ask(page, 'what is on the shelf now?', 5);
    const states = await cards(page).locator('.whereabouts').allTextContents();
    t.ok(states.length > 0 && states.every((state) => /^(In at|Read online)/.test(state)), states.join('; '));

    const link = cards(page).last().getByRole('heading').getByRole('link');
    const title = (await link.textContent()) ?? '';
    const shown = await titles(page);
    await link.scrollIntoViewIfNeeded();
    const place = await page.evaluate('window.scrollY');
    await link.click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    t.match(await page.locator('.facts dl').textContent(), /Subjects.+ — /, 'subjects');
    t.match(await page.getByRole('table').textContent(), branchNames, 'every copy');
    t.equal(await page.getByText('Demonstration').count(), 1);
    await page.getByRole('region', { name: 'Close to this one' }).getByRole('article').nth(2).waitFor();
    await page.getByRole('button', { name: 'Back to the conversation' }).click();
    await cards(page).first().waitFor();
    t.strictSame(await titles(page), shown, 'back at the same books');
    t.equal(await page.evaluate('window.scrollY'), place, 'and at the same place');

    await page.getByRole('button', { name: 'ES Español' }).click();
    await page.getByLabel('Estás en:').selectOption('Harbour Street');
    await ask(page, 'novelas de misterio en un pueblo', 6);
    t.equal(await page.evaluate('document.documentElement.lang'), 'es');
    t.match(await newest(page).locator('.answer-words').textContent(), /(libro|título)s?\b.*\.$/);
    t.match(await cards(page).first().locator('.whereabouts').textContent(), /^(Disponible en|Prestado)/);
    t.match(
      await cards(page).first().locator('.why').textContent(),
      /^(Materia|Género|El resumen|Título|Serie)/,
    );
    t.equal(await newest(page).getByText('Demostración').count(), 1);

    t.strictSame(
      await page.evaluate(
        '(async () => [localStorage.length, sessionStorage.length, document.cookie, window.name, (await indexedDB.databases()).length, location.href, JSON.stringify(history.state)])()',
      ),
      [0, 0, '', '', 0, `${base}/`, 'null'],
      'no script can find what was asked after the page is gone',
    );
    for (const cookie of await context.cookies()) {
      t.ok(cookie.httpOnly, cookie.name);
      t.notMatch(decodeURIComponent(cookie.value), /myster|misterio/i);
    }
    t.strictSame(elsewhere, [], 'nothing was fetched from anywhere else');
    t.strictSame(faults, []);
  },
);
