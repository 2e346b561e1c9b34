import type { Bib } from '../../../engine/catalogue/bib.js';
import { wordFamily } from '../../../lib/stem.js';
import { isUnspaced, wordsOf } from '../../../lib/words.js';
import { fold } from '../patterns.js';
import type { Why } from '../why.js';
import { capitalise } from '../wording.js';
import { clausesOf } from './clauses.js';
import { isNamed, namesIn, withoutPlaces } from './names.js';
import { quotesIn } from './quoting.js';
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
/** Share of the shown books that a sentence about all of them must be true of, word by word. */
const LIST_SHARE = 0.6;

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

  /** What is said is true of a list when it is of most of it, and of books named together when it is of each. */
  const isOf = (
    records: readonly RecordWords[],
    share: number,
    has: (one: RecordWords) => boolean,
  ): boolean => records.filter(has).length >= Math.max(1, records.length * share);
  const isPlain = (word: string): boolean => speech.isPlain(wordFamily(word));

  /** The words that say something, with whether enough of the records have them. */
  const contentOf = (text: string, records: readonly RecordWords[], share: number): Content[] => {
    const denied = new Set(deniedIn(text, speech).flatMap(wordsOf));
    return wordsOf(text)
      .filter((word) => !speech.isGrammar(word) && !/^\p{N}+$/u.test(word) && [...word].length > 1)
      .map((word) => {
        const family = wordFamily(word);
        const has = (one: RecordWords): boolean => one.words.has(word) || one.families.has(family);
        return { word, isHeld: denied.has(word) || isOf(records, share, has) };
      });
  };

  /** Whether names, numbers and negations in the text are those of every record, and nothing in it is out of place. */
  const isSafe = (text: string, records: readonly RecordWords[]): boolean => {
    const everyOne = (has: (one: RecordWords) => boolean): boolean => records.every(has);
    if (hasMarkup(text) || speech.isForbidden(text) || isSpelledOut(text, speech)) return false;
    const words = wordsOf(text);
    const isByName = words.some((word) => speech.isAuthoring(word));
    const names = namesIn(text, {
      isEveryday: (word) => speech.isGrammar(word) || isPlain(word),
      isHeld: (word) => contentOf(word, records, 1).every((one) => one.isHeld),
    });
    return (
      numbersIn(text).every((number) => everyOne((one) => one.numbers.has(number))) &&
      words.every((word) => !speech.isCount(word) || everyOne((one) => one.words.has(word))) &&
      deniedIn(text, speech).every((denied) => everyOne((one) => isNamed(denied, one.clauses))) &&
      names.every((name) => everyOne((one) => isNamed(name, isByName ? one.authors : one.names)))
    );
  };

  /** What a clause says in words, or undefined when it may not be said. */
  const checked = (text: string, numbers: readonly number[]): Content[] | undefined => {
    const bibs =
      numbers.length > 0 ? numbers.map((number) => deps.table.get(number)) : [...deps.table.values()];
    if (bibs.length === 0 || !bibs.every((bib) => bib !== undefined)) return undefined;
    const records = bibs.map(wordsFor);
    const bare = withoutPlaces(text, { fields: records.flatMap((one) => one.fields), isOfBooks: isPlain });
    if (!isSafe(bare, records)) return undefined;
    if (isUnspaced(bare) && coverOf(bare, records) < LETTER_SHARE) return undefined;
    return contentOf(bare, records, numbers.length > 0 ? 1 : LIST_SHARE);
  };

  return {
    sentence(text) {
      const calm = calmed(text);
      if (calm.length > MAX_SENTENCE) return undefined;
      const clauses = clausesOf(calm, speech);
      const said = clauses.map((clause) => checked(clause.text, clause.numbers));
      if (!said.every((clause) => clause !== undefined)) return undefined;
      const content = said.flat();
      const isOfAll = clauses.every((clause) => clause.numbers.length === 0);
      if (
        (content.length === 0 && !clauses.some((clause) => numbersIn(clause.text).length > 0)) ||
        (isOfAll && !isOfTheList(calm, content))
      )
        return undefined;
      const free = content.filter(({ word, isHeld }) => !isHeld && !isPlain(word));
      const isBorneOut = free.length === 0 || isUnspaced(calm);
      if (!isBorneOut && (isOfAll || free.length > 1 || !mayBeFree(free[0]?.word, content))) return undefined;
      return calm.replace(/\[(\d{1,2})\]/gu, (_whole, number: string) =>
        deps.title(deps.table.get(Number(number))?.title.text ?? ''),
      );
    },
    why(text, bib) {
      const calm = calmed(text);
      const record = wordsFor(bib);
      const bare = withoutPlaces(calm, { fields: record.fields, isOfBooks: isPlain });
      if (calm === '' || calm.length > MAX_WHY || !isSafe(bare, [record])) return undefined;
      const content = contentOf(bare, [record], 1);
      const held = content.filter((one) => one.isHeld).length;
      const foreign = content.filter((one) => !one.isHeld && !isPlain(one.word)).length;
      if (held === 0 || held / (held + foreign) < WHY_SHARE) return undefined;
      return { why: closed(capitalise(calm)), quotes: quotesIn(calm, record, speech) };
    },
  };

  /** A word that only the question has would say it back as if it were held. */
  function mayBeFree(word: string | undefined, content: readonly Content[]): boolean {
    const held = content.filter((one) => one.isHeld).length;
    return word !== undefined && content.length > KNOWN_BESIDE_FREE && held > 1 && !asked.has(word);
  }

  /** Without a number a row of the records' words could pass for a title: such a sentence begins with "these". */
  function isOfTheList(text: string, content: readonly Content[]): boolean {
    return speech.isTogether(wordsOf(text)[0] ?? '') && content.some((one) => one.isHeld);
  }
}

/** A word that says something. */
interface Content {
  word: string;
  isHeld: boolean;
}

/** Each negation with the first word after it that says something, folded: "not for children". */
function deniedIn(text: string, speech: Speech): string[] {
  const words = fold(text).split(' ');
  return words.flatMap((word, at) => {
    if (!speech.isNegation(word)) return [];
    const length = words.slice(at + 1).findIndex((one) => !speech.isGrammar(one));
    return [words.slice(at, length < 0 ? undefined : at + length + 2).join(' ')];
  });
}

/** "s i l e n t": letters that stand alone and are no words. */
function isSpelledOut(text: string, speech: Speech): boolean {
  const alone = text.match(
    /(?<![\p{L}\p{M}\p{N}'’])[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}](?![\p{L}\p{M}\p{N}'’.])/gu,
  );
  return alone?.some((letter) => !speech.isGrammar(fold(letter))) ?? false;
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
 * Anything but letters, figures and plain punctuation: what marks up, quotes, links or hides. Titles are put in by the
 * program, so that a sentence has no need of quotation marks of its own. An apostrophe stays.
 */
function hasMarkup(text: string): boolean {
  return (
    /[^\p{L}\p{M}\p{Nd} .,;:?!…'’‘¿–—‐。，、；：？·-]/u.test(text) ||
    /(?<!\p{L})['‘’]|['‘’](?!\p{L})/u.test(text.replace(/(?<=s)['’](?=\s)/gu, '')) ||
    /\p{L}\.\p{L}{2,}|\w{24,}/u.test(text)
  );
}
