import t from 'tap';
import { openChromium, skipWithoutChromium } from './chromium.js';
import { SLOW_RECORD } from './fake-api.js';
import { openVisit } from './fake-visit.js';

const skip = skipWithoutChromium;
const browser = skip === false ? await openChromium() : undefined;
t.teardown(() => browser?.close());

t.test(
  'a record opens while the branches are still being asked, and is told when they have answered',
  { skip },
  async (t) => {
    const faults: string[] = [];
    const { page } = await openVisit(t, browser, faults);
    let letGo = (): void => undefined;
    const answered = new Promise<void>((resolve) => (letGo = resolve));
    await page.route(`**/records/${SLOW_RECORD}/availability`, async (route) => {
      await answered;
      await route.continue();
    });
    await page.goto(new URL(`/records/${SLOW_RECORD}`, page.url()).href);
    const asking = page.getByText('Asking the branches what is in');
    await asking.waitFor();
    t.equal(await page.getByRole('table').count(), 0, 'nothing is said of copies before');
    letGo();
    await page.getByRole('table').waitFor();
    t.equal(await asking.count(), 0);
    t.strictSame(faults, []);
  },
);
