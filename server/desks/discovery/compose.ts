import type { Chip, Intent } from '../../contract/intent.js';
import type { Card } from './cards.js';
import { authorName } from '../../engine/catalogue/covered.js';
import { meets, sharedLimits } from './meets.js';
import { fold } from './patterns.js';
import type { Wording } from './wording.js';

/** All that the sentences about a list are made from. */
export interface Told {
  lead: 'found' | 'more' | 'back';
  intent: Intent;
  cards: readonly Card[];
  total: number;
  confidence: number;
  corrected: readonly { from: string; to: string }[];
  relaxed: readonly Chip[];
  /** Why this is not the best answer there could be. */
  makeshift?: 'similar_question' | 'words_only';
  /** True when books shown before were left out of this list. */
  isNarrowed: boolean;
  /** Set when only what is on the shelf was asked for: whether any of it is in. */
  onShelf?: 'in' | 'remembered' | 'none' | 'unseen';
  /** Title of the held book the answers should resemble, read from its record. */
  likeTitle?: string;
}

/** Below this, retrieval is guessing, and the answer says so and offers a librarian. */
export const GUESS_BELOW = 0.3;
/** Below this, what is shown comes close rather than fits. */
const CLOSE_BELOW = 0.4;
/** Longer topics are not repeated: the patron's own question stands above the answer. */
const MAX_TOPIC_WORDS = 4;

/**
 * The sentences about a list, without the one about the shelves: first a notice if one is due, then the answer.
 * Titles in them are titles of the cards, or of the held book that was named.
 */
export function sentencesFor(told: Told, wording: Wording): string[] {
  const notice = noticeFor(told, wording);
  return [...(notice === undefined ? [] : [notice]), ...answerFor(told, wording)];
}

/** Whether a librarian is offered: nothing found, a guess, or something nearby instead of what was asked. */
export function needsLibrarian(told: Told): boolean {
  return told.cards.length === 0 || isNearOnly(told) || told.confidence < GUESS_BELOW;
}

/** True when a list is only a guess and has to say so before anything else is said of it. */
export function isGuess(told: Told): boolean {
  return told.lead === 'found' && told.confidence < GUESS_BELOW;
}

/** True when what is shown is near what was asked, and nothing of it meets every limit. */
export function isNearOnly(told: Told): boolean {
  return told.relaxed.length > 0 || !told.cards.some((card) => meets(card.bib, told.intent));
}

function noticeFor(told: Told, wording: Wording): string | undefined {
  const { phrases } = wording;
  if (told.makeshift) return phrases[told.makeshift];
  if (told.corrected.length === 0 || told.lead !== 'found') return undefined;
  const corrections = told.corrected
    .slice(0, 2)
    .map(({ from, to }) =>
      wording.fill(phrases.correction, { from: wording.word(from), to: wording.word(to) }),
    );
  return wording.fill(phrases.corrected, { corrections: wording.list(corrections) });
}

function answerFor(told: Told, wording: Wording): string[] {
  const { phrases } = wording;
  const count = told.cards.length;
  if (count === 0) return [nothingFor(told, wording)];
  if (told.onShelf === 'none') {
    const place = told.intent.branch === undefined ? '' : wording.limits({ branch: told.intent.branch });
    return [wording.fill(phrases.none_in, { place }), wording.plural(phrases.none_in_near, count)];
  }
  const fitting = told.cards.filter((card) => meets(card.bib, told.intent));
  if (isNearOnly(told)) return nearestFor(told, wording);
  if (told.lead === 'back') return [phrases.back];
  const values = counted(told.intent, fitting, wording);
  if (fitting.length < count) return [wording.plural(phrases.found_partly, fitting.length, values)];
  if (isGuess(told)) return [guessFor(told.cards[0] as Card, wording)];
  if (told.onShelf === 'in' && count > 1) return [wording.plural(phrases.found_in, count, values)];
  if (told.lead === 'more') return [wording.plural(phrases.found_more, count)];
  return [foundFor(told, values, wording)];
}

function foundFor(told: Told, values: Record<string, string>, wording: Wording): string {
  const { phrases } = wording;
  const { intent } = told;
  const count = told.cards.length;
  const first = told.cards[0] as Card;
  if (namesABook(intent, first))
    return endOnce(wording.fill(phrases.found_title, { book: bookOf(first, wording) }));
  if (told.likeTitle !== undefined) {
    return wording.plural(phrases.found_like, count, { ...values, title: wording.title(told.likeTitle) });
  }

  const isExact = intent.author !== undefined || intent.series !== undefined || intent.topic === '';
  if (isExact && told.total > count && told.total < 1000) {
    return wording.plural(phrases.found_of, count, { ...values, total: wording.number(told.total) });
  }
  if (count <= 2 && (isExact || told.confidence >= CLOSE_BELOW)) {
    const books = wording.list(told.cards.map((card) => bookOf(card, wording)));
    return endOnce(wording.plural(phrases.found_named, count, { ...values, books }));
  }
  if (isExact) return wording.plural(phrases.found, count, values);
  if (told.confidence < CLOSE_BELOW) return wording.plural(phrases.found_close, count, values);
  const shared = sharedHeading(told.cards, new Set(phrases.plain_headings.map(fold)));
  if (!shared) {
    return endOnce(wording.plural(phrases.found_first, count, { ...values, book: bookOf(first, wording) }));
  }
  const lines = shared.share === count ? phrases.found_heading_all : phrases.found_heading;
  return wording.plural(lines, count, {
    ...values,
    share: wording.number(shared.share),
    heading: shared.heading,
  });
}

/** True when the question is a book's ISBN or title, and that book came first. */
export function namesABook(intent: Intent, first: Card): boolean {
  if (intent.isbn !== undefined) return first.bib.isbns.includes(intent.isbn);
  const asked = fold(intent.title ?? intent.topic);
  const { title, subtitle, otherTitles } = first.bib;
  const full = subtitle ? `${title.text} ${subtitle.text}` : title.text;
  const names = [title.text, full, title.original ?? '', ...otherTitles.map((other) => other.text)];
  return asked !== '' && names.some((name) => fold(name) === asked);
}

/** A card's title with its author, where the record names one. */
function bookOf(card: Card, wording: Wording): string {
  const title = wording.title(card.bib.title.text);
  const author = authorName(card.bib)?.text;
  return author === undefined ? title : wording.fill(wording.phrases.title_by, { title, author });
}

function guessFor(card: Card, wording: Wording): string {
  const { phrases } = wording;
  const title = wording.title(card.bib.title.text);
  const best = card.evidence[0];
  const quote = best?.quotes[0];
  if (best?.field === 'summary' && quote !== undefined) {
    return wording.fill(phrases.guess_summary, { title, quote: wording.word(quote) });
  }
  if (best?.field === 'subject' || best?.field === 'genre') {
    return wording.fill(phrases.guess_heading, { title, heading: bareHeading(best.text) });
  }
  return phrases.guess;
}

function nothingFor(told: Told, wording: Wording): string {
  const { phrases } = wording;
  if (told.lead === 'more') return phrases.no_more;
  const limits = wording.limitsWithFormat(told.intent);
  const topic = shortTopic(told.intent);
  if (told.isNarrowed && topic === undefined) return wording.fill(phrases.nothing_else, { limits });
  if (topic !== undefined) return wording.fill(phrases.nothing_topic, { limits, topic: wording.word(topic) });
  return limits === '' ? phrases.nothing : wording.fill(phrases.nothing_limits, { limits });
}

/** "We hold nothing on beekeeping in Welsh. Four books in English come close; a librarian can look further." */
function nearestFor(told: Told, wording: Wording): string[] {
  const { phrases } = wording;
  const bibs = told.cards.map((card) => card.bib);
  const limits = wording.limitsWithFormat(told.intent);
  const topic = shortTopic(told.intent);
  const shared = sharedLimits(bibs, told.intent);
  // With the language let go, the one that the cards share is worth saying.
  const language = told.intent.languages && !shared.languages ? sharedLanguage(told.cards) : {};
  const near = wording.plural(
    phrases.relaxed_near,
    bibs.length,
    counted({ ...shared, ...language }, told.cards, wording),
  );
  const bare = told.isNarrowed ? phrases.relaxed_else : phrases.relaxed;
  if (topic === undefined) return [wording.fill(bare, { limits }), near];
  if (isHeading(topic, told.cards)) return [wording.fill(phrases.relaxed_on, { limits, topic }), near];
  return [wording.fill(phrases.relaxed_topic, { limits, topic: wording.word(topic) }), near];
}

function counted(intent: Partial<Intent>, cards: readonly Card[], wording: Wording): Record<string, string> {
  return { ...wording.things(cards.map((card) => card.bib.format)), limits: wording.limits(intent) };
}

function shortTopic(intent: Intent): string | undefined {
  const words = intent.topic.split(/\s+/).filter(Boolean);
  return words.length > 0 && words.length <= MAX_TOPIC_WORDS && intent.topic.length <= 48
    ? words.join(' ')
    : undefined;
}

/** True when the topic's words stand in a heading that matched: then it is a thing one can hold books on. */
function isHeading(topic: string, cards: readonly Card[]): boolean {
  const wanted = fold(topic);
  return cards.some((card) =>
    card.evidence.some(
      (one) => (one.field === 'subject' || one.field === 'genre') && fold(one.text).includes(wanted),
    ),
  );
}

/** The heading that some card matched by and most cards carry, where at least half of them (and two) do. */
function sharedHeading(
  cards: readonly Card[],
  plain: ReadonlySet<string>,
): { heading: string; share: number } | undefined {
  const matched = cards.flatMap((card) =>
    card.evidence
      .filter((one) => one.field === 'subject' || one.field === 'genre')
      .map((one) => bareHeading(one.text)),
  );
  const carried = cards.map(
    ({ bib }) => new Set([...bib.subjects.map((one) => one.text), ...bib.genres].map(bareHeading)),
  );
  const shares = [...new Set(matched)].map((heading) => ({
    heading,
    share: carried.filter((headings) => headings.has(heading)).length,
  }));
  const [best] = shares.filter(({ heading }) => !plain.has(fold(heading))).sort((a, b) => b.share - a.share);
  return best && best.share >= 2 && best.share * 2 >= cards.length ? best : undefined;
}

/** A heading as it is said in a sentence: its first part, without a closing full stop. */
function bareHeading(text: string): string {
  return (text.split(/\s+--\s+/)[0] ?? text).replace(/\.$/, '');
}

function sharedLanguage(cards: readonly Card[]): { languages?: string[] } {
  const first = new Set(cards.map((card) => card.bib.languages[0]));
  const [only] = first;
  return first.size === 1 && only !== undefined ? { languages: [only] } : {};
}

/** "by Ursula K." must not end in two full stops. */
function endOnce(sentence: string): string {
  return sentence.replace(/\.\.$/, '.');
}
