import type { BrowserContextOptions, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { openChromium, skipWithoutChromium } from './chromium.js';
import { openFakeLibrary } from './fake-api.js';
import { overflow, until, violationsInBothLights } from './page-checks.js';

const skip = skipWithoutChromium;
const library = skip === false ? await openFakeLibrary() : undefined;
const browser = skip === false ? await openChromium() : undefined;
t.teardown(async () => {
  await browser?.close();
  await library?.close();
});

/** Script errors and breaches of the content policy, from every page of every test. */
const faults: string[] = [];

/** Opens the page in a browser of its own. */
async function open(t: Test, path = '/', options: BrowserContextOptions = {}): Promise<Page> {
  if (!browser || !library) throw new Error('no browser');
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  t.teardown(() => context.close());
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) faults.push(message.text());
  });
  await page.goto(library.url + path);
  await box(page).or(page.locator('main')).first().waitFor();
  return page;
}

/** Opens a page and waits for all that it goes to fetch. */
async function openWhole(t: Test, path: string): Promise<Page> {
  const page = await open(t, path);
  await page.waitForLoadState('networkidle');
  return page;
}

const box = (page: Page) => page.getByRole('textbox');
const cards = (page: Page) => page.locator('.answer').first().getByRole('article');
const earlier = (page: Page) => page.locator('.earlier > ol > li > details > summary');
const focused = (page: Page): Promise<string> =>
  page.evaluate(
    '(document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "").trim()',
  );

async function ask(page: Page, question: string): Promise<void> {
  await box(page).fill(question);
  await box(page).press('Enter');
}

async function answered(page: Page, question: string): Promise<void> {
  await ask(page, question);
  await page.locator('.answer[aria-busy="false"]').first().waitFor();
}

t.test('a question gets chips, five cards and a few words', { skip }, async (t) => {
  const page = await open(t);
  t.match(await page.getByRole('heading', { level: 1 }).textContent(), /What would you like to read/);
  await answered(page, 'quiet mystery');
  t.equal(await cards(page).count(), 5);
  t.match(await page.locator('.answer-words').textContent(), /^Five quiet mysteries/);
  t.match(await cards(page).first().textContent(), /In at Harbour Street, checked/);
  t.equal(await page.getByText('Demonstration').count(), 1, 'simulated circulation is labelled');
  t.match(
    await page.locator('[role=status]').textContent(),
    /The answer is here. Five titles/,
    'said aloud once',
  );
  t.match(await focused(page), /quiet mystery/, 'the cursor is at the answer');
  t.match(library?.turns.at(-1), { text: 'quiet mystery', locale: 'en' });
});

t.test('cards arrive before the words, and stopping keeps them', { skip }, async (t) => {
  const page = await open(t);
  await ask(page, 'slow mystery');
  await page.getByText('Looking along the shelves').or(cards(page).first()).first().waitFor();
  await cards(page).first().waitFor();
  t.equal(await page.locator('.answer').getAttribute('aria-busy'), 'true');
  await page.getByRole('button', { name: 'Stop' }).click();
  await page
    .getByText('Stopped here')
    .or(page.getByRole('button', { name: 'Ask', exact: true }))
    .first()
    .waitFor();
  t.equal(await cards(page).count(), 5);
});

t.test('a chip can be taken out', { skip }, async (t) => {
  const page = await open(t);
  await answered(page, 'quiet mystery');
  await page.getByRole('button', { name: 'Remove: in English' }).click();
  await page.getByText('Without: in English').waitFor();
  await page.locator('.answer[aria-busy="false"]').first().waitFor();
  t.match(library?.turns.at(-1), { text: '', remove: ['language:eng'] });
  t.equal(await page.getByRole('button', { name: 'Remove: in English' }).count(), 0);
  t.equal(await earlier(page).count(), 1, 'the turn before is folded');
});

t.test(
  'a suggestion goes on with the same conversation, and starting over begins a new one',
  { skip },
  async (t) => {
    const page = await open(t);
    const before = library?.opened() ?? 0;
    await answered(page, 'quiet mystery');
    await page.getByRole('button', { name: 'Something shorter' }).click();
    await page.locator('.answer[aria-busy="false"]').first().waitFor();
    await page.getByRole('button', { name: 'More like this: The nine tailors' }).first().click();
    await earlier(page).nth(1).waitFor();
    t.strictSame(
      library?.turns.slice(-2).map((turn) => turn.text),
      ['Something shorter', 'More like The nine tailors'],
    );
    t.equal(library?.opened(), before + 1);
    await earlier(page).first().click();
    t.ok(await page.locator('.earlier .answer').first().isVisible(), 'an earlier turn opens');
    await page.getByRole('button', { name: 'Start over' }).click();
    await page.getByRole('heading', { name: 'What would you like to read?' }).waitFor();
    t.equal(await page.locator('.answer').count(), 0);
    await answered(page, 'quiet mystery');
    t.equal(library?.opened(), before + 2);
    await ask(page, 'start over');
    await page.getByRole('heading', { name: 'What would you like to read?' }).waitFor();
    t.equal(library?.turns.at(-1)?.text, 'quiet mystery', 'said in words it means the same');
  },
);

t.test('a record opens, and going back finds the conversation as it was', { skip }, async (t) => {
  const page = await open(t);
  await answered(page, 'mixed');
  const link = page.getByRole('link', { name: 'Details of Frankenstein' });
  await link.scrollIntoViewIfNeeded();
  const place = await page.evaluate('window.scrollY');
  t.ok(Number(place) > 300);
  await link.click();
  await page.getByRole('heading', { level: 1, name: 'Frankenstein' }).waitFor();
  t.match(page.url(), /\/records\/p11$/);
  t.equal(await page.evaluate('window.scrollY'), 0, 'the record begins at its top');
  t.ok(await page.getByRole('table').isVisible());
  t.equal(await page.getByText('Demonstration').count(), 1);
  await page.getByRole('button', { name: 'Back to the conversation' }).click();
  await cards(page).first().waitFor();
  t.equal(await cards(page).count(), 15);
  t.equal(await page.evaluate('window.scrollY'), place);
  t.equal(await focused(page), 'Frankenstein', 'the cursor is on the book that was looked at');
  await page.goForward();
  await page.getByRole('heading', { level: 1, name: 'Frankenstein' }).waitFor();
});

t.test('a question survives a busy server', { skip }, async (t) => {
  const page = await open(t);
  await ask(page, 'busy mystery');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  t.match(await alert.textContent(), /Many people are asking at once/);
  t.match(await alert.textContent(), /You can ask again in \d seconds?/);
  t.equal(await box(page).inputValue(), 'busy mystery');
  await page.getByText('You can ask again now').waitFor();
  await page.getByRole('button', { name: 'Ask again' }).click();
  await page.locator('.answer[aria-busy="false"]').waitFor();
  t.equal(await cards(page).count(), 5);
  t.equal(await page.getByRole('alert').count(), 0);
});

t.test('a question survives a lost connection and an answer that breaks off', { skip }, async (t) => {
  const page = await open(t);
  await page.context().setOffline(true);
  await ask(page, 'quiet mystery');
  await page.getByText('I can’t reach the library’s server').waitFor();
  t.equal(await box(page).inputValue(), 'quiet mystery');
  await page.context().setOffline(false);
  await answered(page, 'quiet mystery');
  await ask(page, 'broken mystery');
  await page.getByText('The answer broke off half-way').or(page.getByText('can’t reach')).first().waitFor();
  t.equal(await box(page).inputValue(), 'broken mystery');
});

t.test('the whole path works from the keyboard alone', { skip }, async (t) => {
  const page = await open(t);
  await page.keyboard.press('Tab');
  t.equal(await focused(page), 'Skip to the page');
  await page.keyboard.press('Enter');
  for (let i = 0; i < 12 && (await page.evaluate('document.activeElement?.tagName')) !== 'TEXTAREA'; i++) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.type('quiet');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('mystery');
  await page.keyboard.press('Enter');
  await page.locator('.answer[aria-busy="false"]').waitFor();
  t.equal(library?.turns.at(-1)?.text, 'quiet\nmystery', 'Shift and Enter begin a line, Enter sends');
  const tabTo = async (name: string): Promise<void> => {
    for (let i = 0; i < 60 && (await focused(page)) !== name; i++) await page.keyboard.press('Tab');
    t.equal(await focused(page), name);
  };
  await tabTo('Remove: quiet');
  await tabTo('Details of A murder is announced');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'A murder is announced' }).waitFor();
  await tabTo('Back to the conversation');
  await page.keyboard.press('Enter');
  await cards(page).first().waitFor();
  t.equal(await focused(page), 'A murder is announced');
});

t.test('no page in any light breaks a rule of accessibility', { skip, timeout: 240_000 }, async (t) => {
  const inBothLights = async (page: Page, what: string): Promise<void> => {
    t.strictSame(await violationsInBothLights(page), [], what);
  };
  const page = await open(t);
  await inBothLights(page, 'first visit');
  await answered(page, 'quiet mystery');
  await answered(page, 'awkward');
  await cards(page).locator('.branches summary').last().click();
  await inBothLights(page, 'an answer');
  await answered(page, 'unheld');
  await inBothLights(page, 'nothing found');
  await ask(page, 'many');
  await page.getByRole('alert').waitFor();
  await inBothLights(page, 'refused');
  for (const path of ['/records/m1', '/records/a4', '/records/nowhere', '/search?q=spanish']) {
    await inBothLights(await openWhole(t, path), path);
  }
});

t.test('the switch of the light is stronger than the system', { skip }, async (t) => {
  const page = await open(t, '/', { colorScheme: 'light' });
  const paper = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const day = await paper();
  await page.getByRole('button', { name: 'Dim the room' }).click();
  t.not(await paper(), day);
  await page.getByRole('button', { name: 'Light the room' }).click();
  t.equal(await paper(), day);
});

t.test('nothing runs off the side, from a narrow phone to a kiosk', { skip, timeout: 120_000 }, async (t) => {
  const atEverySize = async (page: Page, what: string): Promise<void> => {
    for (const [width, height] of [
      [320, 568],
      [390, 844],
      [820, 1180],
      [1440, 900],
      [1080, 1920],
    ] as const) {
      await page.setViewportSize({ width, height });
      t.equal(await overflow(page), 0, `${what} at ${width}`);
    }
  };
  const page = await open(t);
  await atEverySize(page, 'first visit');
  for (const question of ['awkward', 'single', 'quiet mystery']) {
    await answered(page, question);
    await atEverySize(page, question);
  }
  for (const path of ['/records/a1', '/records/a5', '/search?q=sea']) {
    await atEverySize(await openWhole(t, path), path);
  }
});

t.test('what a finger presses is large enough', { skip }, async (t) => {
  const page = await open(t, '/', { viewport: { width: 390, height: 844 } });
  await answered(page, 'quiet mystery');
  for (const button of await page.getByRole('button').all()) {
    const size = await button.boundingBox();
    t.ok(size && size.height >= 44, `${await button.textContent()}: ${size?.height}`);
  }
});

t.test('the page speaks Spanish when asked, and says so', { skip }, async (t) => {
  const page = await open(t, '/', { locale: 'es-MX' });
  await page.getByRole('heading', { name: '¿Qué te gustaría leer?' }).waitFor();
  t.equal(await page.evaluate('document.documentElement.lang'), 'es');
  await answered(page, 'quiet mystery');
  t.match(library?.turns.at(-1), { locale: 'es' });
  await page.getByRole('button', { name: 'EN English' }).click();
  await page.getByText('You asked').first().waitFor();
  t.equal(await page.evaluate('document.documentElement.lang'), 'en');
});

t.test('where the patron stands goes with every question', { skip }, async (t) => {
  const page = await open(t);
  const picker = page.getByLabel('You are at:');
  t.equal(await picker.inputValue(), '');
  t.equal(await picker.locator('option').first().textContent(), 'Any branch');
  await answered(page, 'quiet mystery');
  t.notOk('branch' in (library?.turns.at(-1) ?? {}), 'nobody said where');
  await picker.selectOption('Old Town');
  await answered(page, 'single');
  t.match(library?.turns.at(-1), { text: 'single', branch: 'b1' });
  await page.getByRole('button', { name: 'Remove: in English' }).click();
  await page.getByText('Without: in English').waitFor();
  t.match(library?.turns.at(-1), { remove: ['language:eng'], branch: 'b1' });
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('heading', { name: 'What would you like to read?' }).waitFor();
  t.equal(await picker.inputValue(), 'b1', 'a fresh start happens in the same place');
  t.notMatch(page.url(), 'b1');
  t.equal(await page.evaluate('localStorage.length + sessionStorage.length'), 0);
  await page.reload();
  await picker.waitFor();
  t.equal(await picker.inputValue(), '', 'it is forgotten with the page');
});

t.test('a kiosk says in its address where it stands', { skip }, async (t) => {
  const page = await open(t, '/?branch=B2');
  await page.getByLabel('You are at:').waitFor();
  await answered(page, 'quiet mystery');
  t.equal(library?.turns.at(-1)?.branch, 'b2');
  await page.getByRole('button', { name: 'ES Español' }).click();
  await page.getByLabel('Estás en:').waitFor();
  t.equal(await page.getByLabel('Estás en:').inputValue(), 'b2');
  const lost = await open(t, '/?branch=nowhere');
  await answered(lost, 'quiet mystery');
  t.notOk('branch' in (library?.turns.at(-1) ?? {}), 'a branch that is not here is none');
  t.equal(await lost.getByLabel('You are at:').inputValue(), '');
});

t.test('a library of one branch asks nobody where they are', { skip }, async (t) => {
  const small = await openFakeLibrary({ branches: [{ id: 'b0', name: 'Harbour Street' }] });
  t.teardown(() => small.close());
  const page = await (await browser?.newContext({ locale: 'en-GB' }))?.newPage();
  if (!page) throw new Error('no browser');
  t.teardown(() => page.context().close());
  await page.goto(small.url);
  await page.getByText('Harbour Libraries').waitFor();
  t.equal(await page.getByLabel('You are at:').count(), 0);
});

t.test('plain search filters and pages in its address', { skip }, async (t) => {
  const page = await open(t, '/search?q=sea');
  await page.getByRole('heading', { name: '44 titles' }).waitFor();
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.waitForURL(/offset=20/);
  await page.getByRole('checkbox', { name: /^Map/ }).check();
  await page.waitForURL(/format=map/);
  t.notMatch(page.url(), /offset/, 'a filter begins at the first page');
  await page.getByRole('heading', { name: '1 title', exact: true }).waitFor();
  await page.getByRole('checkbox', { name: /^Film/ }).check();
  await page.getByRole('heading', { name: '2 titles', exact: true }).waitFor();
  t.equal(
    await page.getByRole('checkbox', { name: /^Audiobook/ }).count(),
    1,
    'what is not ticked stays in sight',
  );
  await page.goBack();
  await page.goBack();
  await page.getByRole('heading', { name: '44 titles' }).waitFor();
  t.equal(await page.getByText(/facet/i).count(), 0, 'they are called filters');
});

t.test('plain search keeps the cursor in its box and the place in its list', { skip }, async (t) => {
  const page = await open(t, '/search');
  t.equal(await page.locator('.results').count(), 0, 'nothing was asked, so nothing is said to be missing');
  const words = page.getByRole('searchbox');
  await words.fill('sea');
  await words.press('Enter');
  await page.getByRole('heading', { name: '44 titles' }).waitFor();
  t.equal(await page.evaluate('document.activeElement?.id'), 'words');
  const tenth = page.locator('.result .book-title a').nth(9);
  await tenth.scrollIntoViewIfNeeded();
  const place = await page.evaluate('window.scrollY');
  await tenth.click();
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await until(page, 'document.activeElement?.closest(".result") !== null');
  t.equal(await page.evaluate('window.scrollY'), place);
});

t.test('plain search without a find goes on in the conversation with the same words', { skip }, async (t) => {
  const page = await open(t, '/search?q=nothing+here');
  await page.getByRole('heading', { name: 'Nothing found for “nothing here”.' }).waitFor();
  t.equal(
    await page.getByRole('complementary', { name: 'Filters' }).count(),
    0,
    'there is nothing to filter',
  );
  await page.getByRole('button', { name: 'Ask in your own words instead' }).click();
  await page.getByRole('heading', { name: 'What would you like to read?' }).waitFor();
  t.equal(await box(page).inputValue(), 'nothing here');
});

t.test('a double click does what one click does', { skip }, async (t) => {
  const page = await open(t);
  await box(page).fill('slow mystery');
  await page.getByRole('button', { name: 'Ask', exact: true }).dblclick();
  await page.locator('.answer[aria-busy="false"]').waitFor();
  t.equal(await page.getByText('Stopped here').count(), 0);
  await cards(page).first().getByRole('link').first().dblclick();
  await page.getByRole('heading', { level: 1, name: 'The nine tailors' }).waitFor();
  await page.getByRole('button', { name: 'Back to the conversation' }).dblclick();
  await cards(page).first().waitFor();
});

t.test('no script failed and the content policy was kept', { skip }, (t) => {
  t.strictSame(faults, []);
  t.end();
});
