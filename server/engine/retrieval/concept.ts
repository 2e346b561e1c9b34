import { singular } from '../../lib/stem.js';
import { wordsOf } from '../../lib/words.js';
import type { Advisory, AdvisoryEntry } from './advisory.js';
import type { Facts } from './facts.js';
import type { KnownItems } from './known-item.js';
import type { DocWords } from './scoring.js';
import { columns, type Column } from './tables.js';
import type { Vocabulary } from './vocabulary.js';

/** An advisory entry made ready to be looked for in one catalogue. */
export interface Concept {
  entry: AdvisoryEntry;
  /** Phrases by their first stem. */
  phrases: Map<string, { stems: string[]; weight: number }[]>;
  /** Words and phrases that make a record a candidate, strongest first and then rarest, and how many records have them. */
  lookUp: { text: string; df: number; weight: number }[];
  /** Rows by authors and of titles that librarians name for it, with how much that says. */
  named: Map<number, number>;
}

const share = { strong: 1, also: 0.45, faint: 0.18, against: -0.6 } as const;
const column: Record<Column, number> = {
  title: 1.6,
  author: 0,
  subject: 2.4,
  series: 0.8,
  summary: 1,
  context: 0.9,
};
const included = 0.5;

/** Makes entries ready for a catalogue; what is made is kept, since patrons ask for the same things. */
export function createConcepts(
  advisory: Advisory,
  vocabulary: Vocabulary,
  known: KnownItems,
): (entry: AdvisoryEntry) => Concept {
  const made = new Map<string, Concept>();
  return (entry) => {
    const before = made.get(entry.id);
    if (before) return before;
    const concept: Concept = { entry, phrases: new Map(), lookUp: [], named: new Map() };
    fill(concept, entry, 1);
    for (const id of entry.includes) {
      const part = advisory.entries.get(id);
      if (part) fill(concept, part, included);
    }
    concept.lookUp.sort((a, b) => b.weight - a.weight || a.df - b.df || (a.text < b.text ? -1 : 1));
    made.set(entry.id, concept);
    return concept;
  };

  function lookUp(concept: Concept, words: readonly string[], weight: number): void {
    const forms = words.map((word) => vocabulary.sameStem(word));
    if (words.length === 1) {
      for (const { word, df } of forms[0] ?? []) concept.lookUp.push({ text: word, df, weight });
      return;
    }
    // A phrase is no more frequent than its rarest word; with a word that nobody wrote it is in no record.
    const df = Math.min(...forms.map((list) => list.reduce((sum, form) => sum + form.df, 0)));
    const text = words.join(' ');
    if (df > 0) for (const form of [text, `${text}s`]) concept.lookUp.push({ text: form, df, weight });
  }

  function fill(concept: Concept, entry: AdvisoryEntry, factor: number): void {
    const own = Object.values(entry.say).flat();
    const lists: [readonly string[], number][] = [
      [entry.form_only ? [] : own, share.strong],
      [entry.strong, share.strong],
      [entry.also, share.also],
      [entry.faint, share.faint],
      [entry.against, share.against],
    ];
    for (const [list, weight] of lists) {
      for (const text of list) {
        const words = wordsOf(text);
        const [first] = words;
        if (first === undefined) continue;
        const stems = words.map(singular);
        const key = stems[0] ?? first;
        const phrases = concept.phrases.get(key) ?? [];
        if (phrases.some((p) => p.stems.join(' ') === stems.join(' '))) continue;
        phrases.push({ stems, weight: weight * factor });
        concept.phrases.set(key, phrases);
        if (weight >= share.also && factor === 1) {
          lookUp(concept, words, weight);
        }
      }
    }
    for (const token of entry.classes) {
      concept.phrases.set(token, [{ stems: [token], weight: factor * 1.2 }]);
      lookUp(concept, [token], share.strong);
    }
    for (const name of entry.authors) {
      for (const row of known.authorRows(name))
        concept.named.set(row, Math.max(concept.named.get(row) ?? 0, 0.6 * factor));
    }
    for (const title of entry.titles) {
      for (const { row, sureness } of known.byTitle(title)) {
        if (sureness >= 0.95) concept.named.set(row, Math.max(concept.named.get(row) ?? 0, 0.8 * factor));
      }
    }
  }
}

/** How well a record answers to a concept, 0 to 1, by its words and by what is coded about it. */
export function conceptScore(concept: Concept, row: number, doc: DocWords, facts: Facts): number {
  const { entry } = concept;
  let tf = 0;
  for (const name of columns) {
    const weight = column[name];
    const words = doc[name];
    if (weight === 0 || words.length === 0) continue;
    // A long summary mentions much in passing.
    const length = words.length > 60 ? Math.sqrt(60 / words.length) : 1;
    for (let at = 0; at < words.length; at++) {
      const phrases = concept.phrases.get(stemOf(words[at] ?? ''));
      if (!phrases) continue;
      for (const phrase of phrases) {
        if (phrase.stems.every((stem, step) => step === 0 || stemOf(words[at + step] ?? '') === stem)) {
          tf += phrase.weight * weight * length;
        }
      }
    }
  }
  let miss = 1 - Math.max(0, tf) / (1.6 + Math.max(0, tf));
  miss *= 1 - (concept.named.get(row) ?? 0);
  if (entry.forms.length > 0 && entry.forms.some((form) => facts.hasForm(row, form)))
    miss *= entry.form_only ? 0.05 : 0.75;
  if (entry.audiences.length > 0 && entry.audiences.some((a) => a === facts.audience(row))) miss *= 0.6;
  if (entry.formats.length > 0 && entry.formats.some((f) => f === facts.format(row))) miss *= 0.6;
  const year = entry.years ? facts.year(row) : null;
  if (entry.years && year !== null) {
    const { min = -Infinity, max = Infinity } = entry.years;
    if (year >= min && year <= max) miss *= 0.45;
  }
  return 1 - miss;
}

const stems = new Map<string, string>();

/** `singular`, remembered: candidates share most of their words. */
function stemOf(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const stem = singular(word);
  if (stems.size > 200_000) stems.clear();
  stems.set(word, stem);
  return stem;
}
