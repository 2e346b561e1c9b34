import type { Request } from 'express';
import { createIsbotFromList, list } from 'isbot';

/**
 * What isbot takes for a robot and Carrel does not: programs named in one word, such as a library's own scripts, browsers
 * that are steered, and kiosks named after the library or its server.
 */
const noCrawlers: ReadonlySet<string> = new Set([
  '^[\\w \\.\\-\\(?:\\):%]+(?:/v?\\d+(?:\\.\\d+)?(?:\\.\\d{1,10})*?)?(?:,|$)',
  '^\\w+/[\\w\\(\\)]*$',
  '^[\\w\\-]+/[\\w]+$',
  '^client/',
  '^python',
  '^rest',
  '^wget',
  'cypress/',
  'discovery',
  'headless',
  'java(?!;)',
  'library',
  'node\\b',
  'playwright',
  'selenium',
  'server',
  'url',
]);
const isCrawler = createIsbotFromList(list.filter((pattern) => !noCrawlers.has(pattern)));

/** Browsers and their extensions say in one of these that they fetch what nobody has asked for yet. */
const purposes = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;

/**
 * True when no person waits for the answer: a crawler asks, or a browser that fetches ahead. Such requests are answered
 * from what is remembered; the library's system is not asked for them.
 */
export function asksForNobody(req: Pick<Request, 'get'>): boolean {
  const agent = req.get('user-agent');
  const isAhead = purposes.some((name) => /\b(?:prefetch|prerender|preview)\b/i.test(req.get(name) ?? ''));
  return isAhead || (agent !== undefined && isCrawler(agent));
}
