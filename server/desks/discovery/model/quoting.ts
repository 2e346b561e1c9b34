import { wordsOf } from '../../../lib/words.js';
import type { RecordWords } from './record-words.js';
import type { Speech } from './speech.js';

/** The longest pieces of the sentence that stand in the record letter for letter, at most three. */
export function quotesIn(sentence: string, record: RecordWords, speech: Speech): string[] {
  const words = [...sentence.matchAll(/[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu)];
  const quotes: string[] = [];
  for (let from = 0; from < words.length; from += 1) {
    let longest: { to: number; quote: string } | undefined;
    for (let to = from; to < words.length; to += 1) {
      const last = words[to];
      const quote = sentence.slice(words[from]?.index, (last?.index ?? 0) + (last?.[0].length ?? 0));
      if (!record.fields.some((field) => standsIn(quote, field))) break;
      longest = { to, quote };
    }
    if (!longest) continue;
    if (wordsOf(longest.quote).some((word) => word.length > 3 && !speech.isGrammar(word))) {
      quotes.push(longest.quote);
    }
    from = longest.to;
  }
  return quotes.sort((a, b) => b.length - a.length).slice(0, 3);
}

/** As whole words, letter for letter; apostrophes are alike. */
export function standsIn(said: string, stands: string): boolean {
  const [quote, field] = [said, stands].map((text) => text.replaceAll('’', "'")) as [string, string];
  for (let at = field.indexOf(quote); at >= 0; at = field.indexOf(quote, at + 1)) {
    const before = field.charAt(at - 1);
    const after = field.charAt(at + quote.length);
    if (!/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return true;
  }
  return false;
}
