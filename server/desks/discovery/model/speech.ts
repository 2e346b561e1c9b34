import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Locale } from '../../../contract/vocabulary.js';
import { wordFamily } from '../../../lib/stem.js';
import { wordsOf } from '../../../lib/words.js';
import { fold, patternSource } from '../patterns.js';

const SpeechData = z.strictObject({
  grammar: z.string(),
  plain: z.string(),
  counts: z.string(),
  joins: z.string(),
  negations: z.string(),
  authoring: z.string(),
  together: z.string(),
  codes: z.record(z.string(), z.string()),
  never: z.array(z.string().min(1)).min(1),
  orders: z.array(z.string().min(1)).min(1),
});

/** What a model may say besides the words of the books at hand, in all languages at once: patrons mix them. */
export interface Speech {
  /** True of a folded word that holds a sentence together and says nothing alone. */
  isGrammar(word: string): boolean;
  /** True of the family of a word that a librarian uses of any book. */
  isPlain(family: string): boolean;
  /** True of a folded number word from two up. */
  isCount(word: string): boolean;
  /** Folded words that may be said of a record because of one of its codes ("adult", "audiobook"). */
  wordsOfCode(code: string): string[];
  /** True of a folded word that joins two clauses. */
  isJoin(word: string): boolean;
  /** True of a folded word that turns round what follows it: "not". */
  isNegation(word: string): boolean;
  /** True of a folded word beside which a name is an author's: "by", "wrote". */
  isAuthoring(word: string): boolean;
  /** True of a folded word that opens a sentence about all the books at hand: "these", "both". */
  isTogether(word: string): boolean;
  /** True of a text that speaks of what no model may speak of. */
  isForbidden(text: string): boolean;
  /** True of a text that reads like an order to a machine, or hides something. */
  isOrder(text: string): boolean;
}

/** What no record needs: control tokens, fences, invisible letters, letters that turn the line, long runs of code. */
const tricks =
  /<\||\|>|\[\/?[A-Z]{3,}\]|`{3}|#{3}|<{2}|>{2}|<\/?(?:system|user|assistant|s|instructions?|data|prompt)\b|[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]|"\s*:\s*["[{]|\]\(|(?:^|\s)(?:system|assistant|user|human)\s*:|[A-Za-z0-9+/=]{28,}/iu;

/** Reads `DATA_DIR/prompts/discovery/words/LOCALE.yaml` of every locale; throws naming the file and what is wrong. */
export function readSpeech(dataDir: string): Speech {
  const all = Locale.options.map((locale) => {
    const file = join(dataDir, 'prompts', 'discovery', 'words', `${locale}.yaml`);
    const read = SpeechData.safeParse(parse(readFileSync(file, 'utf8')));
    if (!read.success) throw new Error(`${file}: ${z.prettifyError(read.error)}`);
    return read.data;
  });
  const words = (key: Exclude<keyof z.infer<typeof SpeechData>, 'never' | 'orders' | 'codes'>): string[] =>
    all.flatMap((one) => wordsOf(one[key]));
  const grammar = new Set(words('grammar'));
  const plain = new Set(words('plain').map(wordFamily));
  const oneOf = (key: 'counts' | 'joins' | 'negations' | 'authoring' | 'together') => {
    const listed = new Set(words(key));
    return (word: string): boolean => listed.has(word);
  };
  const anyOf = (key: 'never' | 'orders'): RegExp =>
    new RegExp(`(?<![^ ])(?:${all.flatMap((one) => one[key].map(sourceOf)).join('|')})`, 'u');
  const never = anyOf('never');
  const orders = anyOf('orders');
  return {
    isGrammar: (word) => grammar.has(word),
    isPlain: (family) => plain.has(family),
    isCount: oneOf('counts'),
    wordsOfCode: (code) => all.flatMap((one) => wordsOf(one.codes[code] ?? '')),
    isJoin: oneOf('joins'),
    isNegation: oneOf('negations'),
    isAuthoring: oneOf('authoring'),
    isTogether: oneOf('together'),
    isForbidden: (text) => never.test(`${fold(text)} `),
    isOrder: (text) => tricks.test(text) || orders.test(`${fold(text)} `),
  };
}

/** A pattern of data/followups in which a star at a word's end stands for any ending. */
function sourceOf(pattern: string): string {
  return patternSource(pattern.replaceAll('*', STAR), {}).replaceAll(STAR, '\\p{L}*');
}

/** Letters that no pattern has, to carry a star through the reading of a pattern. */
const STAR = 'xzqstarqzx';
