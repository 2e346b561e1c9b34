import type { Scripted } from '../../contract/record.js';
import type { Bib } from '../catalogue/bib.js';

/** The most of each part that goes into a passage: a model reads a few hundred words, and the first say most. */
const most = { contributors: 3, subjects: 12, genres: 4, summaryCharacters: 800 } as const;

/**
 * A record as plain sentences, for models that read texts whole (embedding, reranking): title, people, series, headings,
 * and the summary cut to `summaryCharacters` at a word's end. Without the model's prefix. Change it, and every vector
 * made from it has to be made again: raise `passageVersion` then.
 */
export function passageText(bib: Bib, { summaryCharacters }: { summaryCharacters: number } = most): string {
  const title = [inScripts(bib.title), bib.subtitle && inScripts(bib.subtitle)].filter(Boolean).join(': ');
  const people = bib.contributors.slice(0, most.contributors).map(nameOf);
  const subjects = unique(
    bib.subjects.map(({ parts, text }) => (parts.length > 0 ? parts.join(', ') : text)),
  );
  const about = bib.summary ?? bib.contents ?? bib.notes[0];
  return [
    title,
    people.length > 0 && `By ${people.join(', ')}`,
    ...unique(bib.series.map(({ name }) => name)).map((name) => `Series: ${name}`),
    subjects.length > 0 && `About ${subjects.slice(0, most.subjects).join('; ')}`,
    unique(bib.genres).slice(0, most.genres).join(', '),
    about !== undefined && upTo(about, summaryCharacters),
  ]
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .map(asSentence)
    .join(' ');
}

/** Changes whenever equal records would give another passage; part of what a model's vectors are known by. */
export const passageVersion = 1;

function inScripts({ text, original }: Scripted): string {
  return original === undefined || original === text ? text : `${text} (${original})`;
}

/** A person as one says the name: "Le Guin, Ursula K." as "Ursula K. Le Guin". */
function nameOf({ text, original, kind }: Bib['contributors'][number]): string {
  const [family = text, given, ...rest] = kind === 'person' ? text.split(', ') : [text];
  const said = given === undefined ? family : [`${given} ${family}`, ...rest].join(', ');
  return inScripts({ text: said, ...(original !== undefined && { original }) });
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function upTo(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const cut = text.slice(0, characters + 1);
  const end = cut.search(/\s+\S*$/u);
  // Where there are no spaces to cut at, never between the halves of one character.
  return end > characters / 2 ? cut.slice(0, end) : cut.slice(0, characters).replace(/[\uD800-\uDBFF]$/, '');
}

function asSentence(text: string): string {
  const trimmed = text.replace(/\s+/gu, ' ').trim();
  return /[.!?…。！？]["'”’)\]]*$/u.test(trimmed) ? trimmed : `${trimmed}.`;
}
