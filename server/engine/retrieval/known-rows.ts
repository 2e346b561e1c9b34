import type { Intent } from '../../contract/intent.js';
import { wordsOf } from '../../lib/words.js';
import type { KnownItems } from './known-item.js';
import type { Plan } from './plan.js';
import type { IndexReader } from './retrieval-index.js';

/** A fuzzy match counts only this far above chance; below it words decide alone. */
const leastFuzzy = 0.78;

/**
 * Rows that the question names outright, with how surely (0 to 1): a number, a title, title and author, an author, a
 * series. Typing errors are looked for only when nothing was named exactly and no record holds all the words.
 */
export function knownRows(
  intent: Intent,
  plan: Plan,
  known: KnownItems,
  index: IndexReader,
): Map<number, number> {
  const found = new Map<number, number>();
  const add = (row: number, sureness: number) => found.set(row, Math.max(found.get(row) ?? 0, sureness));
  if (intent.isbn !== undefined) known.byNumber(intent.isbn).forEach((row) => add(row, 1));
  for (const name of [intent.title].filter((n) => n !== undefined))
    known.byTitle(name).forEach(({ row, sureness }) => add(row, sureness));
  if (intent.author !== undefined) known.author(intent.author)?.rows.forEach((row) => add(row, 0.6));
  if (intent.series !== undefined) {
    known.seriesRows(intent.series).forEach(({ row }, at) => add(row, Math.max(0.6, 0.9 - at * 0.005)));
  }
  const texts = [intent.text, intent.topic].filter((text) => text.trim() !== '');
  if (wordsOf(intent.text).join(' ') === wordsOf(intent.topic).join(' '))
    texts.length = Math.min(1, texts.length);
  for (const text of texts) {
    if (wordsOf(text).length > 24) continue;
    known.byTitle(text).forEach(({ row, sureness }) => add(row, sureness));
    known.byTitleAndAuthor(text).forEach(({ row, sureness }) => add(row, sureness));
    const author = wordsOf(text).length <= 6 ? known.author(text) : undefined;
    author?.rows.forEach((row, at) => add(row, author.sureness * (0.85 - Math.min(at, 100) * 0.0005)));
    known.series(text)?.rows.forEach((row, at) => add(row, 0.8 - Math.min(at, 100) * 0.001));
  }
  if (found.size === 0 && mayBeMistyped(intent, plan, index)) {
    for (const text of texts) {
      for (const { row, sureness } of known.byTitleFuzzy(text))
        if (sureness >= leastFuzzy) add(row, sureness * 0.9);
      const author = known.authorFuzzy(text);
      author?.rows.forEach((row, at) => add(row, author.sureness * (0.8 - Math.min(at, 100) * 0.0005)));
    }
  }
  return found;
}

function mayBeMistyped(intent: Intent, plan: Plan, index: IndexReader): boolean {
  if (plan.list.length === 0 || plan.list.length > 14 || intent.isbn !== undefined) return false;
  // A word that no record has but that a concept covers is spelt well.
  const words = plan.words.filter((word, at) => word.words.size > 0 || !plan.covered[at]);
  if (words.length < plan.words.length && words.every(({ stop }) => stop)) return false;
  if (plan.corrected.length > 0 || words.some((word) => word.words.size === 0)) return true;
  const groups = words.map(({ text }) => ({ alternatives: [text], weight: 1 }));
  return index.count({ groups, all: true, fields: ['title', 'author', 'subject', 'series'], limit: 1 }) === 0;
}
