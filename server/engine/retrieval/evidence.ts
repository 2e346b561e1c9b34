import { fold } from '../../lib/fold.js';
import { numberKey } from '../../lib/isbn.js';
import { singular } from '../../lib/stem.js';
import { isUnspaced, wordsOf } from '../../lib/words.js';
import type { Bib } from '../catalogue/bib.js';
import type { Plan } from './plan.js';
import type { Ranked } from './ranking.js';
import type { Intent } from '../../contract/intent.js';
import type { Evidence } from './search.js';

/** What counts as an answer in a record's own words. */
export interface Wanted {
  /** Folded words and how much each says. */
  words: Map<string, number>;
  /** Stems of advisory phrases, several words joined by a space. */
  phrases: Map<string, number>;
}

const longestQuote = 160;

/** Words and phrases of a plan that may be quoted. */
export function wantedOf(plan: Plan): Wanted {
  const words = new Map<string, number>();
  const phrases = new Map<string, number>();
  for (const word of plan.words) {
    if (!word.stop)
      for (const [text, share] of word.words)
        words.set(text, Math.max(words.get(text) ?? 0, share * word.weight));
  }
  for (const { concept } of plan.concepts) {
    for (const list of concept.phrases.values()) {
      for (const { stems, weight } of list) if (weight >= 0.4) phrases.set(stems.join(' '), weight * 3);
    }
  }
  return { words, phrases };
}

/** Why a record was found, at most three pieces, strongest first; every quote stands letter for letter in its text. */
export function evidenceFor(bib: Bib, ranked: Ranked, wanted: Wanted, intent: Intent): Evidence[] {
  const found: { evidence: Evidence; strength: number }[] = [];
  const add = (field: Evidence['field'], text: string | undefined, boost: number, least = 0) => {
    if (!text) return;
    const { quotes, strength } = marks(text, wanted);
    if (strength > least)
      found.push({
        evidence: { field, text: clip(text), quotes: quotes.filter((q) => clip(text).includes(q)) },
        strength: strength * boost,
      });
  };
  if (intent.isbn !== undefined) {
    const numbers = [...bib.isbns, ...bib.otherIsbns, ...bib.issns];
    const shown = numbers.find((number) => numberKey(number) === intent.isbn);
    if (shown !== undefined)
      found.push({ evidence: { field: 'isbn', text: shown, quotes: [shown] }, strength: 1000 });
  }
  const title = [bib.title.text, bib.subtitle?.text].filter(Boolean).join(': ');
  add('title', title, ranked.known >= 0.7 ? 6 : 1.5);
  if (bib.title.original !== undefined) add('title', bib.title.original, 1.5);
  for (const person of bib.contributors) {
    add('author', person.text, ranked.known >= 0.5 ? 5 : 1.2);
    if (intent.author !== undefined && intent.author === person.text) {
      found.push({ evidence: { field: 'author', text: person.text, quotes: [person.text] }, strength: 50 });
    }
  }
  for (const { name } of bib.series) {
    add('series', name, 1.2);
    if (intent.series === name)
      found.push({ evidence: { field: 'series', text: name, quotes: [name] }, strength: 60 });
  }
  for (const genre of bib.genres) add('genre', genre, 1.9);
  for (const subject of bib.subjects) add('subject', subject.text, 1.8);
  const passage = bestPassage(bib.summary, wanted);
  if (passage) add('summary', passage, 1);
  const chapter = bestPassage(bib.contents, wanted);
  if (chapter) add('contents', chapter, 0.7);
  if (found.length === 0)
    found.push(...limitEvidence(bib, intent).map((evidence) => ({ evidence, strength: 1 })));
  if (found.length === 0) found.push(...nearness(bib).map((evidence) => ({ evidence, strength: 0 })));
  found.sort((a, b) => b.strength - a.strength);
  const seen = new Set<string>();
  return found
    .map(({ evidence }) => evidence)
    .filter(({ field, text }) => !seen.has(`${field}${text}`) && seen.add(`${field}${text}`))
    .slice(0, 3);
}

/** For records found by limits alone: the record's own words for its format, audience, length or language. */
function limitEvidence(bib: Bib, intent: Intent): Evidence[] {
  const out: Evidence[] = [];
  const quote = (field: Evidence['field'], text: string | undefined) => {
    if (text) out.push({ field, text: clip(text), quotes: [clip(text)] });
  };
  if (intent.pages) quote('length', bib.extent);
  if (intent.audiences) quote('audience', bib.audienceNotes[0]);
  if (intent.formats)
    quote(
      'format',
      bib.genres.find((g) => /print|audio|graphic|comic|film|music|map/i.test(g)) ?? bib.extent,
    );
  if (intent.languages)
    quote(
      'language',
      bib.notes.find((note) => /language|texto? en|text in|in \p{Lu}\p{Ll}+/u.test(note)),
    );
  return out;
}

/** For records found by meaning: what they are about, in their own words; their title where they say nothing else. */
function nearness(bib: Bib): Evidence[] {
  const heading = bib.subjects[0]?.text ?? bib.genres[0];
  if (heading !== undefined) return [{ field: 'similar', text: clip(heading), quotes: [clip(heading)] }];
  // Nothing in it was asked for, so nothing in it is a quote.
  if (bib.summary) return [{ field: 'summary', text: clip(bib.summary), quotes: [] }];
  return [{ field: 'title', text: clip(bib.title.text), quotes: [] }];
}

interface Token {
  from: number;
  to: number;
  folded: string;
}

function tokensOf(text: string): Token[] {
  return [...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map((m) => ({
    from: m.index,
    to: m.index + m[0].length,
    folded: fold(m[0]),
  }));
}

/** Parts of a text that are wanted, verbatim, neighbours joined, and how much they say together. */
function marks(text: string, wanted: Wanted): { quotes: string[]; strength: number } {
  const tokens = tokensOf(text);
  const stems = tokens.map(({ folded }) => singular(folded));
  const hit = new Array<boolean>(tokens.length).fill(false);
  let strength = 0;
  const counted = new Set<string>();
  const count = (what: string, worth: number) => {
    if (!counted.has(what)) strength += worth;
    counted.add(what);
  };
  tokens.forEach(({ folded }, at) => {
    const worth = wanted.words.get(folded) ?? (isUnspaced(folded) ? pairWorth(folded, wanted) : undefined);
    if (worth !== undefined && worth > 0) {
      hit[at] = true;
      count(stems[at] ?? folded, worth);
    }
    for (let length = 1; length <= 4; length++) {
      const phrase = stems.slice(at, at + length).join(' ');
      const say = wanted.phrases.get(phrase);
      if (say === undefined || at + length > tokens.length) continue;
      hit.fill(true, at, at + length);
      count(phrase, say);
    }
  });
  const quotes: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (!hit[at]) continue;
    let end = at;
    while (hit[end + 1]) end++;
    quotes.push(text.slice(tokens[at]?.from, tokens[end]?.to));
    at = end;
  }
  return { quotes: [...new Set(quotes)].slice(0, 6), strength };
}

function pairWorth(folded: string, wanted: Wanted): number | undefined {
  const worths = wordsOf(folded).map((pair) => wanted.words.get(pair) ?? 0);
  return Math.max(0, ...worths) || undefined;
}

/** The 160 characters of a text that say most, cut at words. */
function bestPassage(text: string | undefined, wanted: Wanted): string | undefined {
  if (!text) return undefined;
  if (text.length <= longestQuote) return text;
  const tokens = tokensOf(text);
  const worth = tokens.map(
    ({ folded }) => wanted.words.get(folded) ?? wanted.phrases.get(singular(folded)) ?? 0,
  );
  let best = { sum: 0, from: 0, to: 0 };
  let start = 0;
  let sum = 0;
  tokens.forEach((token, at) => {
    sum += worth[at] ?? 0;
    while (token.to - (tokens[start]?.from ?? 0) > longestQuote) sum -= worth[start++] ?? 0;
    if (sum > best.sum + 1e-9) best = { sum, from: start, to: at };
  });
  if (best.sum === 0) return undefined;
  // Room that is left goes to what follows, so that the passage reads on.
  while (
    tokens[best.to + 1] &&
    (tokens[best.to + 1]?.to ?? 0) - (tokens[best.from]?.from ?? 0) <= longestQuote
  )
    best.to++;
  return text.slice(tokens[best.from]?.from, tokens[best.to]?.to);
}

function clip(text: string): string {
  if (text.length <= longestQuote) return text;
  const cut = text.slice(0, longestQuote);
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), longestQuote / 2));
}
