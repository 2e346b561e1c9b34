import type { BrowserContextOptions, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { openChromium, skipWithoutChromium } from './chromium.js';
import { answered, openVisit, row, sheet, signIn, typeCard, type Visit } from './fake-visit.js';
import { violations } from './page-checks.js';

const skip = skipWithoutChromium;
const browser = skip === false ? await openChromium() : undefined;
t.teardown(() => browser?.close());

/** Script errors and breaches of the content policy, from every page of every test. */
const faults: string[] = [];
const open = (t: Test, path?: string, options?: BrowserContextOptions): Promise<Visit> =>
  openVisit(t, browser, faults, path, options);

/** All that a script, the history or the next reader could find of somebody. */
interface Left {
  text: string;
  fields: string;
  local: number;
  session: number;
  cookie: string;
  name: string;
  databases: number;
  caches: number;
  fetched: string;
  state: string;
  light: string;
  lang: string;
  title: string;
}

const look = `(async () => ({
  text: (() => {
    const copy = document.documentElement.cloneNode(true);
    // Drawings hold numbers of all kinds.
    for (const drawing of copy.querySelectorAll('svg')) drawing.remove();
    return copy.outerHTML;
  })(),
  fields: [...document.querySelectorAll('input, textarea')].map((field) => field.value).join(''),
  local: localStorage.length,
  session: sessionStorage.length,
  cookie: document.cookie,
  name: window.name,
  databases: (await indexedDB.databases()).length,
  caches: 'caches' in window ? (await caches.keys()).length : 0,
  fetched: performance.getEntriesByType('resource').map(({ name }) => name).join(' '),
  state: JSON.stringify(history.state),
  light: document.documentElement.dataset.light ?? '',
  lang: document.documentElement.lang,
  title: document.title,
}))()`;
const left = (page: Page): Promise<Left> => page.evaluate(look);

/** Words of the last patron: their books, their card, what they asked. */
const OF_THE_LAST = /tailors|murder|toyshop|white tie|CARD-0001|1234|bellringers|csrf-of|2\.40|m1\b/i;

const greeting = (page: Page) => page.getByRole('heading', { name: 'What would you like to read?' });
const done = (page: Page) => page.getByRole('button', { name: 'I’m done here' });

t.test(
  'after “I’m done here” nothing of the last patron is left, anywhere',
  { skip, timeout: 60_000 },
  async (t) => {
    const { page, library, patrons } = await open(t, '/?branch=b1');
    await answered(page, 'bellringers');
    await page.getByRole('link', { name: 'The nine tailors', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'The nine tailors' }).waitFor();
    await page.getByRole('button', { name: 'Dim the room' }).click();
    await signIn(page);
    await page.getByRole('link', { name: 'My data' }).click();
    await page.locator('.data-parts').waitFor();
    // What neither Carrel nor any part of it does: left by something else in a kiosk's browser.
    await page.evaluate(`(async () => {
    localStorage.setItem('seen', 'm1');
    sessionStorage.setItem('seen', 'm1');
    window.name = 'm1';
    await new Promise((resolve) => {
      indexedDB.open('seen').onsuccess = (event) => resolve(event.target.result.close());
    });
    await caches.open('seen');
  })()`);
    t.match(
      await left(page),
      { fetched: /me\/account/, local: 1, session: 1, databases: 1, caches: 1, name: 'm1', light: 'dark' },
      'there was something to clear',
    );

    await done(page).click();
    await greeting(page).waitFor();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    t.ok(patrons.asked.includes('DELETE /session'), 'the server was told');
    t.notOk(patrons.isSignedIn());
    const after = await left(page);
    t.notMatch(after.text, OF_THE_LAST);
    t.notMatch(after.state, OF_THE_LAST);
    t.notMatch(after.fetched, /records|account|data/, 'nor the addresses of what was fetched');
    t.match(after, { fields: '', local: 0, session: 0, cookie: '', name: '', databases: 0, caches: 0 });
    t.match(after, { light: '', lang: 'en', title: 'Carrel' }, 'the room is as it was');
    t.equal(page.url(), `${library.url}/?branch=b1`, 'the kiosk stands where it stood');
    t.equal(await page.getByLabel('You are at:').inputValue(), 'b1');

    await page.goBack();
    await greeting(page).waitFor();
    t.notMatch((await left(page)).text, OF_THE_LAST, 'nor behind');
    await page.goForward();
    await greeting(page).waitFor();
    t.notMatch((await left(page)).text, OF_THE_LAST, 'nor ahead');
    t.equal(new URL(page.url()).pathname, '/');
    const asked = patrons.asked.length;
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    t.strictSame(patrons.asked.slice(asked), ['GET /me']);
    for (const { name, value } of await page.context().cookies()) t.notMatch(value, OF_THE_LAST, name);
    await answered(page, 'single');
    t.equal(library.turns.at(-1)?.text, 'single', 'the next reader begins at once');
  },
);

t.test('who never signed in can be done as well', { skip }, async (t) => {
  const { page, patrons } = await open(t);
  await greeting(page).waitFor();
  t.equal(await done(page).count(), 0, 'nothing has begun');
  await answered(page, 'bellringers');
  await page.getByRole('button', { name: 'ES Español' }).click();
  await page.getByRole('button', { name: 'Ya he terminado' }).click();
  await greeting(page).waitFor();
  t.ok(patrons.asked.includes('DELETE /session'));
  t.notMatch((await left(page)).text, OF_THE_LAST);
});

t.test('a visit whose end the server does not hear is not called ended', { skip }, async (t) => {
  const { page, patrons } = await open(t);
  await signIn(page);
  patrons.deaf = true;
  await done(page).click();
  await page.getByRole('alert').filter({ hasText: 'I go on trying' }).waitFor();
  t.notMatch((await left(page)).text, OF_THE_LAST, 'what the page held is gone all the same');
  t.strictSame(await violations(page), []);
  t.ok(patrons.isSignedIn());
  patrons.deaf = false;
  // It goes on trying by itself, also when nobody presses anything.
  await greeting(page).waitFor();
  t.notOk(patrons.isSignedIn());
});

t.test('a visit that the server has ended is told once, and nothing of it stays', { skip }, async (t) => {
  const { page, patrons } = await open(t);
  await answered(page, 'bellringers');
  await signIn(page);
  patrons.forget();
  await page.getByRole('button', { name: 'Renew: The nine tailors' }).click();
  await page.getByText('Nobody is signed in here any more').waitFor();
  await greeting(page).waitFor();
  t.notMatch((await left(page)).text, OF_THE_LAST);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await answered(page, 'single');
  t.equal(await page.getByText('Nobody is signed in').count(), 0, 'said once');
});

t.test('a visit that ends in the middle of an answer takes the page with it', { skip }, async (t) => {
  const { page } = await open(t);
  await signIn(page);
  await page.locator('a[href="/"]').first().click();
  await page.getByRole('textbox').fill('bellringers overtaken');
  await page.getByRole('textbox').press('Enter');
  await page.getByText('Nobody is signed in here any more').waitFor();
  await greeting(page).waitFor();
  t.notMatch((await left(page)).text, OF_THE_LAST);
});

t.test('the other pages of a browser end with the visit', { skip }, async (t) => {
  const { page, library } = await open(t);
  await signIn(page);
  const other = await page.context().newPage();
  await other.goto(`${library.url}/account`);
  await row(other, 'The nine tailors').waitFor();
  await done(page).click();
  await greeting(other).waitFor();
  t.notMatch((await left(other)).text, OF_THE_LAST);
  t.equal(new URL(other.url()).pathname, '/');
});

t.test(
  'who signs in on one page is signed in on all, and whoever was before is gone from all',
  { skip },
  async (t) => {
    const { page, library, patrons } = await open(t);
    const other = await page.context().newPage();
    await other.goto(library.url);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await signIn(page);
    await other.getByRole('link', { name: 'My account', includeHidden: true }).waitFor({ state: 'attached' });
    // The form was open before: somebody else signs in there.
    await typeCard(other, 'CARD-0009');
    await row(other, 'The nine tailors').waitFor();
    await greeting(page).waitFor();
    t.equal(await row(page, 'The nine tailors').count(), 0, 'what belongs to the first is nowhere');
    t.equal(await page.getByText('Nobody is signed in').count(), 0, 'because somebody is');
    await page.getByRole('link', { name: 'My account' }).waitFor();
    t.ok(patrons.isSignedIn());
    t.notOk(patrons.asked.includes('DELETE /session'), 'and the second is not signed out by it');
  },
);

t.test('a page left alone does not end the visit that goes on in another', { skip }, async (t) => {
  const { page, library, patrons } = await open(t);
  patrons.idleSeconds = 600;
  await page.clock.install();
  await signIn(page);
  const other = await page.context().newPage();
  await other.goto(`${library.url}/account`);
  await row(other, 'The nine tailors').waitFor();
  await page.clock.fastForward(585_000);
  await sheet(other).getByText('Still there?').waitFor();
  await sheet(page).getByText('Still there?').waitFor();
  await sheet(page).getByRole('button', { name: 'I’m still here' }).click();
  await sheet(page).waitFor({ state: 'detached' });
  await sheet(other).waitFor({ state: 'detached' });
  t.ok(patrons.isSignedIn());
  t.notOk(patrons.asked.includes('DELETE /session'));
});

t.test(
  'while the server has not heard of an end, no page shows what was, not even one loaded anew',
  { skip },
  async (t) => {
    const { page, library, patrons } = await open(t);
    await signIn(page);
    const other = await page.context().newPage();
    await other.goto(`${library.url}/account`);
    await row(other, 'The nine tailors').waitFor();
    patrons.deaf = true;
    await done(page).click();
    await page.getByRole('alert').filter({ hasText: 'I go on trying' }).waitFor();
    await other.getByRole('heading', { name: 'Clearing the desk.' }).waitFor();
    t.notMatch((await left(other)).text, OF_THE_LAST);
    await page.reload();
    await page.getByRole('alert').filter({ hasText: 'I go on trying' }).waitFor();
    t.equal(await page.getByRole('link', { name: 'My account' }).count(), 0);
    patrons.deaf = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await greeting(page).waitFor();
    await greeting(other).waitFor();
    t.notOk(patrons.isSignedIn());
    t.match(await left(page), { local: 0 }, 'what was noted of it is gone');
  },
);

t.test(
  'a question in a visit that ended unheard is asked anew where nobody is signed in, and where somebody is the page goes',
  { skip },
  async (t) => {
    const { page, library } = await open(t);
    const over = JSON.stringify({
      type: '/problems/signed_out',
      title: 'x',
      status: 401,
      code: 'signed_out',
    });
    const endUnheard = () =>
      page.route(
        '**/turns',
        (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', body: over }),
        { times: 1 },
      );
    await endUnheard();
    await answered(page, 'bellringers');
    await page.getByRole('link', { name: 'The nine tailors', exact: true }).waitFor();
    t.equal(library.opened(), 2, 'in a conversation of its own');
    await signIn(page);
    await page.goBack();
    await endUnheard();
    await page.getByRole('textbox').fill('bellringers again');
    await page.getByRole('textbox').press('Enter');
    await page.getByText('Nobody is signed in here any more').waitFor();
    t.equal(library.turns.length, 1, 'and nothing is asked again for them');
    t.equal(library.opened(), 2);
  },
);

t.test('a page that is brought back is not seen before it is known whose it is', { skip }, async (t) => {
  const { page, patrons } = await open(t);
  await signIn(page);
  await page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))");
  t.equal(await page.locator('main').isVisible(), false, 'veiled as it is put away');
  patrons.forget();
  await page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
  await page.getByText('Nobody is signed in here any more').waitFor();
  t.notMatch((await left(page)).text, OF_THE_LAST);
});

t.test('a patron who is gone is asked for, and then everything clears', { skip }, async (t) => {
  const { page, patrons } = await open(t);
  patrons.idleSeconds = 600;
  await page.clock.install();
  await signIn(page);
  await page.clock.fastForward(570_000);
  t.equal(await sheet(page).count(), 0, 'not before its time');
  await page.clock.fastForward(12_000);
  await sheet(page).getByText('Still there?').waitFor();
  t.strictSame(await violations(page), []);
  await sheet(page).getByRole('button', { name: 'I’m still here' }).click();
  await sheet(page).waitFor({ state: 'detached' });
  await row(page, 'The nine tailors').waitFor();
  await page.clock.fastForward(585_000);
  await sheet(page).getByText('Everything clears in').waitFor();
  await page.clock.fastForward(20_000);
  await greeting(page).waitFor();
  t.notMatch((await left(page)).text, OF_THE_LAST);
  t.ok(patrons.asked.includes('DELETE /session'));
});

t.test('no script failed and the content policy was kept', { skip }, (t) => {
  t.strictSame(faults, []);
  t.end();
});
