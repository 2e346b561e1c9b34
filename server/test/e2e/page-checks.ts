import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface Finding {
  id: string;
  nodes: { html: string; failureSummary?: string }[];
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules of accessibility that the page breaks as it stands now, each with the element and what is wrong. */
export async function violations(page: Page, only: string[] = RULES): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<Finding[]>(
    `axe.run({ runOnly: ${JSON.stringify(only)} }).then((r) => r.violations)`,
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map((n) => `${id}: ${n.html.slice(0, 160)} ${n.failureSummary ?? ''}`),
  );
}

/** The same by day and by night, which differ in nothing but colours; the page is left as it was. */
export async function violationsInBothLights(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' });
  const byDay = await violations(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const byNight = await violations(page, ['color-contrast']);
  await page.emulateMedia({ colorScheme: null });
  return [...byDay, ...byNight.map((text) => `by night: ${text}`)];
}

/** How many CSS pixels of the page run off its side. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** Waits until an expression is true in the page, whose content policy lets no text be run within it. */
export async function until(page: Page, expression: string): Promise<void> {
  while (!(await page.evaluate<boolean>(expression))) await page.waitForTimeout(20);
}
