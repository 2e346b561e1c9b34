import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Locale } from '../../../contract/vocabulary.js';
import { wordFamily } from '../../../lib/stem.js';
import { wordsOf } from '../../../lib/words.js';
import { anyWord, fold } from '../patterns.js';

const SpeechData = z.strictObject({
  grammar: z.string(),
  plain: z.string(),
  counts: z.string(),
  never: z.array(z.string().min(1)).min(1),
});

/** What a model may say besides the words of the books at hand, in all languages at once: patrons mix them. */
export interface Speech {
  /** True of a folded word that holds a sentence together and says nothing alone. */
  isGrammar(word: string): boolean;
  /** True of the family of a word that a librarian uses of any book. */
  isPlain(family: string): boolean;
  /** True of a folded number word from two up. */
  isCount(word: string): boolean;
  /** True of a text that speaks of what no model may speak of. */
  isForbidden(text: string): boolean;
}

/** Reads `DATA_DIR/prompts/discovery/words/LOCALE.yaml` of every locale; throws naming the file and what is wrong. */
export function readSpeech(dataDir: string): Speech {
  const all = Locale.options.map((locale) => {
    const file = join(dataDir, 'prompts', 'discovery', 'words', `${locale}.yaml`);
    const read = SpeechData.safeParse(parse(readFileSync(file, 'utf8')));
    if (!read.success) throw new Error(`${file}: ${z.prettifyError(read.error)}`);
    return read.data;
  });
  const words = (key: 'grammar' | 'plain' | 'counts'): string[] => all.flatMap((one) => wordsOf(one[key]));
  const grammar = new Set(words('grammar'));
  const plain = new Set(words('plain').map(wordFamily));
  const counts = new Set(words('counts'));
  const phrases = all.flatMap((one) => one.never);
  const whole = anyWord(phrases.filter((phrase) => !phrase.includes('*')));
  const begun = phrases
    .filter((phrase) => phrase.includes('*'))
    .map((phrase) => phrase.split(' ').map(wordSource).join(' '));
  const never = new RegExp(`(?<![^ ])(?:${whole}|(?:${begun.join('|')})(?![^ ]))`, 'u');
  return {
    isGrammar: (word) => grammar.has(word),
    isPlain: (family) => plain.has(family),
    isCount: (word) => counts.has(word),
    isForbidden: (text) => never.test(`${fold(text)} `),
  };
}

/** A word of a phrase as a regular expression; its star stands for any ending. */
function wordSource(word: string): string {
  return word.endsWith('*') ? `${fold(word)}\\p{L}*` : fold(word);
}
