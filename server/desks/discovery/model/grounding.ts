import type { Bib } from '../../../engine/catalogue/bib.js';
import { wordFamily } from '../../../lib/stem.js';
import { isUnspaced, wordsOf } from '../../../lib/words.js';
import { fold } from '../patterns.js';
import type { Why } from '../why.js';
import { capitalise } from '../wording.js';
import { numbersIn, ordinaryWords, recordWords, type RecordWords } from './record-words.js';
import type { Speech } from './speech.js';

/** What lets a model's sentence through to a patron, or does not. */
export interface Ground {
  /**
   * The sentence as a patron may read it, with titles put in for numbers in brackets; undefined when it names or claims
   * anything that the books on the table do not say.
   */
  sentence(text: string): string | undefined;
  /** A reason for one book, and the words in it that stand in its record; undefined when it is not from the record. */
  why(text: string, bib: Bib): Why | undefined;
}

const MAX_SENTENCE = 320;
const MAX_WHY = 160;
/**
 * Share of a reason's own words that must stand in the record. Of the sample's summaries, sentence by sentence, 0.88
 * reach it on their own record and 0.001 on another's; at 0.6 it would be 0.94 and 0.002, at 0.5 0.99 and 0.006.
 */
const WHY_SHARE = 0.75;
/** Share of letters in scripts without spaces that must lie in pairs which the records have. */
const LETTER_SHARE = 0.75;
/** A sentence may hold one word of its own beside this many that are known. */
const KNOWN_BESIDE_FREE = 4;

/**
 * `table` is what can be spoken of: the books shown, by their number in the prompt. Words, names and numbers of the
 * question count for nothing here: a book that a patron names need not be held.
 */
export function createGround(deps: {
  speech: Speech;
  table: ReadonlyMap<number, Bib>;
  /** All that was found, to know everyday words by. */
  found: readonly Bib[];
  question: string;
  title: (title: string) => string;
  languageName: (code: string) => string;
}): Ground {
  const { speech } = deps;
  const known = new Map<string, RecordWords>();
  const ordinary = ordinaryWords(deps.found, speech);
  const wordsFor = (bib: Bib): RecordWords => {
    const words =
      known.get(bib.id) ?? recordWords(bib, speech, { languageName: deps.languageName, ordinary });
    known.set(bib.id, words);
    return words;
  };
  const asked = new Set(wordsOf(deps.question));

  /** The words that say something, with whether one of the records has them. */
  const contentOf = (text: string, records: readonly RecordWords[]): { word: string; isHeld: boolean }[] =>
    wordsOf(text)
      .filter((word) => !speech.isGrammar(word) && !/^\p{N}+$/u.test(word) && [...word].length > 1)
      .map((word) => {
        const family = wordFamily(word);
        return { word, isHeld: records.some((one) => one.words.has(word) || one.families.has(family)) };
      });
  const isPlain = (word: string): boolean => speech.isPlain(wordFamily(word));
  const isSafe = (text: string, records: readonly RecordWords[]): boolean =>
    !hasMarkup(text) &&
    !speech.isForbidden(text) &&
    numbersIn(text).every((number) => records.some((one) => one.numbers.has(number))) &&
    wordsOf(text).every((word) => !speech.isCount(word) || records.some((one) => one.words.has(word))) &&
    namesIn(text, {
      isEveryday: (word) => speech.isGrammar(word) || isPlain(word),
      isHeld: (word) => contentOf(word, records).every((one) => one.isHeld),
    }).every(
      (name) => isNamed(name, records) || name.split(/ (?:and|y) /u).every((part) => isNamed(part, records)),
    );

  return {
    sentence(text) {
      const calm = calmed(text);
      if (calm.length > MAX_SENTENCE) return undefined;
      const named = [...calm.matchAll(/\[(\d{1,2})\]/gu)].map((match) => deps.table.get(Number(match[1])));
      if (!named.every((bib) => bib !== undefined)) return undefined;
      const records = (named.length > 0 ? named : [...deps.table.values()]).map(wordsFor);
      const bare = calm.replace(/\[\d{1,2}\]/gu, ' ');
      if (records.length === 0 || !isSafe(bare, records)) return undefined;
      const content = contentOf(bare, records);
      const free = content.filter(({ word, isHeld }) => !isHeld && !isPlain(word));
      if (named.length === 0 && content.length === free.length) return undefined;
      if (isUnspaced(bare)) {
        if (coverOf(bare, records) < LETTER_SHARE) return undefined;
      } else if (free.length > 1 || (free.length === 1 && !mayBeFree(free[0]?.word, content))) {
        return undefined;
      }
      return calm.replace(/\[(\d{1,2})\]/gu, (_whole, number: string) =>
        deps.title(deps.table.get(Number(number))?.title.text ?? ''),
      );
    },
    why(text, bib) {
      const calm = calmed(text);
      const record = wordsFor(bib);
      if (calm === '' || calm.length > MAX_WHY || /[[\]]/u.test(calm) || !isSafe(calm, [record]))
        return undefined;
      const content = contentOf(calm, [record]);
      const held = content.filter((one) => one.isHeld).length;
      const foreign = content.filter((one) => !one.isHeld && !isPlain(one.word)).length;
      if (held === 0 || held / (held + foreign) < WHY_SHARE) return undefined;
      return { why: closed(capitalise(calm)), quotes: quotesIn(calm, record, speech) };
    },
  };

  /** A word that only the question has would say it back as if it were held. */
  function mayBeFree(word: string | undefined, content: readonly { isHeld: boolean }[]): boolean {
    const held = content.filter((one) => one.isHeld).length;
    return word !== undefined && content.length > KNOWN_BESIDE_FREE && held > 1 && !asked.has(word);
  }
}

/** How much of a text in a script without spaces lies in pairs of letters that some record has. */
function coverOf(text: string, records: readonly RecordWords[]): number {
  const letters = [...text].filter((letter) => /\p{L}/u.test(letter));
  const covered = new Set<number>();
  letters.slice(1).forEach((letter, at) => {
    const [pair] = wordsOf(`${letters[at]}${letter}`);
    if (pair === undefined || !records.some((one) => one.words.has(pair))) return;
    covered.add(at).add(at + 1);
  });
  return letters.length === 0 ? 1 : covered.size / letters.length;
}

/** No raised voice: the desk has no exclamation marks. */
function calmed(text: string): string {
  return text
    .replace(/¡/gu, '')
    .replace(/\s*[!！]+/gu, '.')
    .replace(/\s+/gu, ' ')
    .trim();
}

function closed(sentence: string): string {
  return /[.?…。]$/u.test(sentence) ? sentence : `${sentence}.`;
}

/**
 * Anything that marks up, quotes, links or hides: titles are put in by the program, so that a sentence has no need of
 * quotation marks of its own. An apostrophe stays.
 */
function hasMarkup(text: string): boolean {
  return (
    /[\p{C}<>{}[\]|`\\*_~#^=@/$€£%&+“”„«»‹›《》〈〉「」『』"]/u.test(text) ||
    /(?<!\p{L})['‘’]|['‘’](?!\p{L})/u.test(text.replace(/(?<=s)['’](?=\s)/gu, '')) ||
    /\p{L}\.\p{L}{2,}|\p{Extended_Pictographic}/u.test(text) ||
    /\w{24,}/u.test(text)
  );
}

const joining = new Set([
  'of',
  'the',
  'and',
  'de',
  'del',
  'la',
  'las',
  'los',
  'el',
  'y',
  'von',
  'van',
  'le',
  'du',
]);

/**
 * Names in a sentence, folded: runs of capitalised words with the small words between them. A sentence's first word is
 * none when it is an everyday word, or one of the records' with no capital after it.
 */
function namesIn(
  text: string,
  { isEveryday, isHeld }: { isEveryday: (word: string) => boolean; isHeld: (word: string) => boolean },
): string[] {
  const words = text.match(/[\p{L}\p{M}\p{N}'’-]+|[^\p{L}\p{M}\p{N}\s'’-]+/gu) ?? [];
  const names: string[][] = [[]];
  words.forEach((word, at) => {
    const run = names.at(-1) as string[];
    const isUpper = /\p{Lu}/u.test(word);
    const opens =
      at === 0 &&
      /^\p{Lu}[\p{Ll}\p{M}'’-]*$/u.test(word) &&
      (isEveryday(fold(word)) || (isHeld(word) && !/\p{Lu}/u.test(words[1] ?? '')));
    if (isUpper && !opens) run.push(word);
    else if (run.length > 0 && joining.has(word)) run.push(word);
    else names.push([]);
  });
  return names
    .map((run) => run.slice(0, run.findLastIndex((word) => /\p{Lu}/u.test(word)) + 1))
    .filter((run) => run.length > 0)
    .map((run) => fold(run.join(' ')).replaceAll('#', ''));
}

/** Whether the name stands as it is in one field of one record: parts of two titles are no title. */
function isNamed(name: string, records: readonly RecordWords[]): boolean {
  return records.some((one) => one.names.some((field) => field.includes(` ${name} `)));
}

/** The longest pieces of the sentence that stand in the record letter for letter, at most three. */
function quotesIn(sentence: string, record: RecordWords, speech: Speech): string[] {
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

/** As whole words, letter for letter. */
function standsIn(quote: string, field: string): boolean {
  for (let at = field.indexOf(quote); at >= 0; at = field.indexOf(quote, at + 1)) {
    const before = field.charAt(at - 1);
    const after = field.charAt(at + quote.length);
    if (!/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return true;
  }
  return false;
}
