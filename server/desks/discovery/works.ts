import type { Scripted } from '../../contract/record.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import { workKey } from '../../engine/retrieval/record-text.js';

/**
 * Whether two records are editions, forms or translations of one work: the main title of one is a title of the other,
 * and both are by the same author.
 */
export function isSameWork(a: Bib, b: Bib): boolean {
  return goesBy(a, b) || goesBy(b, a);
}

/** Whether the main title of `b` is one of the titles of `a`; only main titles, since "Poems" is many a uniform title. */
function goesBy(a: Bib, b: Bib): boolean {
  const main = keyUnder(b, b.title);
  return [a.title, ...a.otherTitles].some((title) => keyUnder(a, title) === main);
}

/** The engine's key of a work with the language left out: "Dune" in Spanish is "Dune". */
function keyUnder(bib: Bib, title: Scripted): string {
  return workKey({ ...bib, title, languages: [] });
}
