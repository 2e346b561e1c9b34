import type { Bib } from '../../../engine/catalogue/bib.js';
import type { Card } from '../cards.js';
import { authorName } from '../../../engine/catalogue/covered.js';
import { cutText, plainText } from './plain-text.js';
import { estimatedTokens } from './prompts.js';
import { MAX_TELLING } from './record-words.js';
import type { Speech } from './speech.js';

/** Candidates a model chooses among at most. */
export const MOST_CANDIDATES = 20;

/** Ways to write candidates, from the fullest to the barest: letters of the summary and of the title. */
const cuts = [
  { summary: 220, title: 120 },
  { summary: 160, title: 90 },
  { summary: 110, title: 80 },
  { summary: 70, title: 60 },
] as const;
const barest = [
  { summary: 40, title: 60 },
  { summary: 0, title: 40 },
] as const;

/** Letters of a question that a model is shown, and of one asked before. */
const MAX_QUESTION = 400;
const MAX_EARLIER = 120;

interface Cut {
  summary: number;
  title: number;
}

/** What came before in the talk: the last two questions and the titles that are on the table. */
export interface Earlier {
  questions: readonly string[];
  titles: readonly string[];
}

export interface Asking {
  language: string;
  question: string;
  earlier: Earlier;
}

/**
 * The variable part of the prompt: books numbered from 1, then the question, all fenced as data. To stay under
 * `maxTokens` summaries are cut first, then candidates left out from the end (never below `least`), then summaries left
 * out. Answers the text and how many candidates it holds.
 */
export function chooseText(
  cards: readonly Card[],
  asking: Asking,
  limits: { maxTokens: number; least: number; speech: Speech },
): { text: string; count: number } {
  const most = Math.min(cards.length, MOST_CANDIDATES);
  const least = Math.min(limits.least, most);
  const entries = cards.slice(0, most).map((card) => entryOf(card.bib, limits.speech));
  const textOf = (count: number, cut: Cut): string =>
    [
      'Books:',
      '<<<',
      ...entries.slice(0, count).map((entry, at) => `${at + 1}. ${lineOf(entry, cut)}`),
      '>>>',
      ...earlierLines(asking.earlier),
      ...questionLines(asking),
    ].join('\n');
  const fits = (text: string): boolean => estimatedTokens(text) <= limits.maxTokens;
  for (const cut of cuts) {
    const text = textOf(most, cut);
    if (fits(text)) return { text, count: most };
  }
  for (const cut of [cuts[cuts.length - 1] ?? cuts[0], ...barest]) {
    for (let count = most; count >= least; count -= 1) {
      const text = textOf(count, cut);
      if (fits(text)) return { text, count };
    }
  }
  for (let count = least; count > 1; count -= 1) {
    const text = textOf(count, { summary: 0, title: 40 });
    if (fits(text)) return { text, count };
  }
  return { text: textOf(1, { summary: 0, title: 40 }), count: 1 };
}

/** The variable part for reading a question: only the patron's own words. */
export function understandText(asking: Asking): string {
  return [...earlierLines({ ...asking.earlier, titles: [] }), ...questionLines(asking)].join('\n');
}

function questionLines({ language, question }: Asking): string[] {
  return ['Question:', '<<<', cutText(plainText(question), MAX_QUESTION), '>>>', `Answer in ${language}.`];
}

function earlierLines({ questions, titles }: Earlier): string[] {
  const asked = questions.slice(-2).map((one) => cutText(plainText(one), MAX_EARLIER));
  const shown = titles.slice(0, 5).map((one) => cutText(plainText(one), 40));
  return [
    ...(asked.length > 0 ? ['Asked before:', '<<<', ...asked, '>>>'] : []),
    ...(shown.length > 0 ? ['Shown before:', '<<<', shown.join('; '), '>>>'] : []),
  ];
}

/** What of a record a model may see, once and for every cut. */
interface Entry {
  title: string;
  author: string;
  year: string;
  headings: string;
  summary: string;
}

/** Without fields that read like an order to a machine. */
function entryOf(bib: Bib, speech: Speech): Entry {
  const sound = (text: string | undefined): string => (text && !speech.isOrder(text) ? plainText(text) : '');
  const headings = [...bib.subjects.map((one) => bareHeading(one.parts[0] ?? one.text)), ...bib.genres].map(
    sound,
  );
  return {
    title: sound(bib.title.text),
    author: cutText(sound(authorName(bib)?.text), 40),
    year: bib.year === undefined ? '' : String(bib.year),
    headings: cutText([...new Set(headings)].filter(Boolean).slice(0, 3).join(', '), 60),
    summary: sound(bib.summary?.slice(0, MAX_TELLING)) || sound(bib.contents?.slice(0, MAX_TELLING)),
  };
}

/** A heading's first part, without what is only there to tell it from others. */
function bareHeading(text: string): string {
  return text.replace(/\s*\([^)]*\)/gu, '').replace(/\.$/u, '');
}

/** One book in one line: title, author, year, headings, and the beginning of its summary. */
function lineOf({ title, author, year, headings, summary }: Entry, cut: Cut): string {
  const told = cut.summary === 0 ? '' : cutText(summary, cut.summary);
  return [cutText(title, cut.title), author, year, headings, told].filter((fact) => fact !== '').join(' / ');
}
