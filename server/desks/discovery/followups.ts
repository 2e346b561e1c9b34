import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Locale } from '../../contract/vocabulary.js';
import { anyWord, fold, patternSource, wordPattern } from './patterns.js';

const ActId = z.enum([
  ...([
    'shorter',
    'longer',
    'newer',
    'older',
    'like',
    'not',
    'none',
    'more',
    'same_author',
    'available',
    'here',
  ] as const),
  ...(['author_of', 'about_of', 'length_of', 'where_of', 'next_in_series', 'undo', 'start_over'] as const),
  ...([
    'lift_languages',
    'lift_formats',
    'lift_pages',
    'lift_years',
    'lift_ages',
    'lift_branch',
    'lift_available',
  ] as const),
]);
export type ActId = z.infer<typeof ActId>;

const TalkId = z.enum(['hello', 'thanks', 'help', 'librarian', 'refusal', 'anger', 'library']);
export type TalkId = z.infer<typeof TalkId>;

const patterns = z.array(z.string().min(1)).min(1);
const FollowupData = z.strictObject({
  fillers: z.string(),
  adding: patterns,
  narrowing: patterns,
  lessening: patterns,
  asking: patterns,
  holding: patterns,
  moods: z.string(),
  negations: z.string(),
  deciding: z.string(),
  courtesies: patterns,
  asides: patterns,
  closings: patterns,
  nth: z.record(z.string(), z.int()),
  cardinals: z.record(z.string(), z.int()),
  number_words: patterns,
  which: patterns,
  picks: patterns,
  acts: z.record(ActId, patterns),
  talk: z.record(TalkId, patterns),
});
export type FollowupData = z.infer<typeof FollowupData>;

/** Something a patron does with what is shown. `which` is 1 for the first book, -1 for the last, absent for "it". */
export interface Act {
  id: ActId;
  which?: number;
}

/** A turn's text, read as going on with the talk. */
export interface Reading {
  /** Set when the whole turn is small talk or a call for a person. */
  talk?: TalkId;
  acts: Act[];
  /** What the acts left over, folded; '' when only fillers were left. */
  rest: string;
  /** The text without its greeting and thanks: what is asked when it is a question of its own. */
  question: string;
  /** True when an aside was cut off that turns away from what is shown: "actually no, something funny". */
  turnsAway?: boolean;
}

export interface FollowupRules {
  /** `shownTitles` in the order of the cards, so that a book can be pointed at by name. */
  read(text: string, shownTitles: readonly string[]): Reading;
  /** True when nothing but fillers stands in the text. */
  isEmpty(text: string): boolean;
  /** The folded words of the text that are no fillers. */
  contentWords(text: string): string[];
  /** Those of them that do not belong to an opening: the mood itself. */
  moodWords(text: string): string[];
  /**
   * How a text opens that is about the topic at hand: "but funny" adds to it, "something light" may narrow it, "less
   * scary" takes away from it.
   */
  openingOf(text: string): 'adding' | 'narrowing' | 'lessening' | undefined;
  /** True when the text names anew what is wanted ("books for teens"), where "for teens" would only narrow. */
  asksAnew(text: string): boolean;
  /** True when the text opens in a way that cannot leave the topic at hand: "but with dragons". */
  holdsOn(text: string): boolean;
  /** The text without the words at its end that join something on: "like emma but" is "like emma". */
  withoutLink(text: string): string;
  /** True when the folded word says how a book reads and not what it is about. */
  isMood(word: string): boolean;
  /** True when the folded word turns around what follows it: "without". */
  negates(word: string): boolean;
  /** True when questions that differ in this folded word are never alike: a number, whom it is for. */
  decides(word: string): boolean;
}

/** Longer turns are read as questions of their own. */
const MAX_WORDS = 16;

/** Reads `DATA_DIR/followups/LOCALE.yaml` for every locale; throws naming the file and what is wrong in it. */
export function readFollowups(dataDir: string): Readonly<Record<Locale, FollowupRules>> {
  const entries = Locale.options.map((locale) => {
    const file = join(dataDir, 'followups', `${locale}.yaml`);
    const read = FollowupData.safeParse(parse(readFileSync(file, 'utf8')));
    if (!read.success) throw new Error(`${file}: ${z.prettifyError(read.error)}`);
    return [locale, createFollowupRules(read.data)] as const;
  });
  return Object.fromEntries(entries) as Record<Locale, FollowupRules>;
}

/** Compiles one language's rules. */
export function createFollowupRules(data: FollowupData): FollowupRules {
  const fillers = wordSet(data.fillers);
  const moods = wordSet(data.moods);
  const negations = wordSet(data.negations);
  const deciding = wordSet(data.deciding);
  const pointing = {
    nth: anyWord(Object.keys(data.nth)),
    cardinal: `${anyWord(Object.keys(data.cardinals))}|\\d{1,2} `,
    shown: '#\\d{1,2} ',
  };
  const slots = { ...pointing, which: data.which.map((p) => patternSource(p, pointing)).join('|') };
  const acts = Object.entries(data.acts).flatMap(([id, list]) =>
    list.map((pattern) => ({ id: id as ActId, find: wordPattern(patternSource(pattern, slots)) })),
  );
  const talk = Object.entries(data.talk).flatMap(([id, list]) =>
    list.map((p) => ({ id: id as TalkId, whole: new RegExp(`^${patternSource(p, slots)}$`, 'u') })),
  );
  const picks = new RegExp(`^(?:${data.picks.map((p) => patternSource(p, slots)).join('|')})$`, 'u');
  const courtesy = data.courtesies.map((p) => patternSource(p, slots)).join('|');
  const closing = [courtesy, anyWord(data.closings)].join('|');
  const courtesies = [new RegExp(`^(?:${courtesy})`, 'u'), new RegExp(`(?<![^ ])(?:${closing})$`, 'u')];
  const aside = new RegExp(`^(?:${data.asides.map((p) => patternSource(p, slots)).join('|')})$`, 'u');
  const opens = (words: readonly string[]): RegExp => new RegExp(`^(?:${anyWord(words)})`, 'u');
  const openingWords = new Set(
    [...data.lessening, ...data.adding, ...data.narrowing].flatMap((line) => fold(line).split(' ')),
  );
  const openings = {
    lessening: opens(data.lessening),
    adding: opens(data.adding),
    narrowing: opens(data.narrowing),
  };
  const links = new RegExp(`(?<![^ ])(?:${anyWord(data.adding)})+$`, 'u');
  const asking = opens(data.asking);
  const holding = opens(data.holding);
  const numbered = new RegExp(`(?<![^ ])(?:${anyWord(data.number_words)})(${pointing.cardinal})`, 'u');
  const ordinal = wordPattern(`(${pointing.nth})`);

  const contentWords = (text: string): string[] =>
    fold(text)
      .split(' ')
      .filter((word) => word !== '' && !fillers.has(word));
  const isEmpty = (text: string): boolean => contentWords(text).length === 0;

  const whichIn = (matched: string): number | undefined => {
    const shown = /#(\d{1,2}) /.exec(matched)?.[1];
    if (shown !== undefined) return Number(shown);
    const nth = ordinal.exec(matched)?.[1]?.trim();
    if (nth !== undefined) return data.nth[nth];
    const number = numbered.exec(matched)?.[1]?.trim();
    if (number === undefined) return undefined;
    return data.cardinals[number] ?? Number(number);
  };

  const takeActs = (text: string): { acts: Act[]; rest: string } => {
    const found: Act[] = [];
    let rest = text;
    for (let round = 0; round < 4; round += 1) {
      const best = acts
        .map(({ id, find }) => ({ id, match: find.exec(rest) }))
        .sort((a, b) => (b.match?.[0].length ?? 0) - (a.match?.[0].length ?? 0))[0];
      if (!best?.match) break;
      const which = whichIn(best.match[0]);
      found.push({ id: best.id, ...(which !== undefined && { which }) });
      rest = rest.slice(0, best.match.index) + rest.slice(best.match.index + best.match[0].length);
    }
    return { acts: found, rest: isEmpty(rest) ? '' : rest.trim() };
  };

  return {
    isEmpty,
    contentWords,
    moodWords: (text) => contentWords(text).filter((word) => !openingWords.has(word)),
    openingOf(text) {
      const folded = `${fold(text)} `;
      if (openings.lessening.test(folded)) return 'lessening';
      if (openings.adding.test(folded)) return 'adding';
      return openings.narrowing.test(folded) ? 'narrowing' : undefined;
    },
    asksAnew: (text) => asking.test(`${fold(text)} `),
    holdsOn: (text) => holding.test(`${fold(text)} `),
    withoutLink: (text) => `${fold(text)} `.replace(links, '').trim(),
    isMood: (word) => moods.has(word),
    negates: (word) => negations.has(word),
    decides: (word) => deciding.has(word) || /\p{N}/u.test(word),
    read(asTyped, shownTitles) {
      const whole = talk.find((entry) => entry.whole.test(`${fold(asTyped)} `));
      if (whole) return { talk: whole.id, acts: [], rest: '', question: asTyped.trim() };
      const text = shownTitles.length > 0 ? withoutAsides(asTyped, aside) : asTyped;
      const folded = `${fold(text)} `;
      if (folded.split(' ').length > MAX_WORDS + 1)
        return { acts: [], rest: folded.trim(), question: text.trim() };
      const { open, close } = {
        open: courtesies[0]?.exec(folded)?.[0],
        close: courtesies[1]?.exec(folded)?.[0],
      };
      const question = trimWords(text, countWords(open), countWords(close));
      const still =
        question === text.trim() ? undefined : talk.find((entry) => entry.whole.test(`${fold(question)} `));
      if (still) return { talk: still.id, acts: [], rest: '', question };
      const picked = picks.exec(`${fold(question)} `)?.[0];
      if (picked !== undefined) {
        const which = whichIn(picked);
        return { acts: [{ id: 'about_of', ...(which !== undefined && { which }) }], rest: '', question };
      }
      const pointed = markTitles(`${fold(question)} `, shownTitles);
      return { ...takeActs(pointed), question, turnsAway: text !== asTyped };
    },
  };
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/).filter(Boolean).map(fold));
}

/** Writes `#2` where the text names the second shown title, so that titles need no ordinals. */
function markTitles(text: string, titles: readonly string[]): string {
  let marked = text;
  titles.forEach((title, index) => {
    const folded = fold(title);
    // Shorter titles ("It", "Emma") are words of the language too often.
    if (folded.length >= 5)
      marked = marked.replace(new RegExp(`(?<![^ ])${folded.replace(/[#]/g, '')} `, 'u'), `#${index + 1} `);
  });
  return marked;
}

/** Cuts clauses off the front that the pattern knows, as long as something is left. */
function withoutAsides(text: string, aside: RegExp): string {
  const [, clause, rest] = /^([^,.;:!]+)[,.;:!]+\s+(.*\S)\s*$/su.exec(text) ?? [];
  return clause !== undefined && rest !== undefined && aside.test(`${fold(clause)} `)
    ? withoutAsides(rest, aside)
    : text;
}

function countWords(text: string | undefined): number {
  return text?.trim().split(' ').filter(Boolean).length ?? 0;
}

/** Cuts whole words off both ends, leaving the patron's own spelling in between. */
function trimWords(text: string, start: number, end: number): string {
  const words = text.trim().split(/\s+/);
  if (start + end >= words.length) return text.trim();
  return words.slice(start, words.length - end).join(' ');
}
