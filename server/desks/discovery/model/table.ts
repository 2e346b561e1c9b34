import type { Bib } from '../../../engine/catalogue/bib.js';
import type { Card } from '../cards.js';
import { authorName } from '../cards.js';
import { cutText, plainText } from './plain-text.js';
import { estimatedTokens } from './prompts.js';

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
  limits: { maxTokens: number; least: number },
): { text: string; count: number } {
  const most = Math.min(cards.length, MOST_CANDIDATES);
  const least = Math.min(limits.least, most);
  const textOf = (count: number, cut: { summary: number; title: number }): string =>
    [
      'Books:',
      '<<<',
      ...cards.slice(0, count).map((card, at) => `${at + 1}. ${entryOf(card.bib, cut)}`),
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

/** One book in one line: title, author, year, headings, and the beginning of its summary. */
function entryOf(bib: Bib, cut: { summary: number; title: number }): string {
  const headings = [...bib.subjects.map((one) => one.text), ...bib.genres].slice(0, 3).join(', ');
  const facts = [
    cutText(plainText(bib.title.text), cut.title),
    cutText(plainText(authorName(bib)?.text ?? ''), 40),
    bib.year === undefined ? '' : String(bib.year),
    cutText(plainText(headings), 60),
    cut.summary === 0 ? '' : cutText(plainText(bib.summary ?? bib.contents ?? ''), cut.summary),
  ];
  return facts.filter((fact) => fact !== '').join(' / ');
}
