import type { Chip, Intent } from '../../contract/intent.js';
import { Problem } from '../../contract/problems.js';
import type { Format } from '../../contract/vocabulary.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import { systemClock, type Clock } from '../../engine/cache/clock.js';
import type { Evidence, Found, Hit, Question, Search } from '../../engine/retrieval/search.js';
import { fold } from '../../desks/discovery/patterns.js';
import type { FakeCatalogue } from './bibs.js';

/** How the fake search misbehaves, and what it was asked. */
export interface FakeSearch extends Search {
  asked: Question[];
  version: string;
  confidence: number;
  corrected: Found['corrected'];
  evidence: ((bib: Bib, topic: string) => Evidence[]) | undefined;
  slowMs: number;
  /** As when a model's vector for the question does not come in time. */
  missesVectors: boolean;
  /** Thrown by full searches, by words-only ones, or by both. */
  failWith: { full?: unknown; wordsOnly?: unknown };
  running: number;
  aborted: number;
}

const languages: Record<string, string> = {
  spanish: 'spa',
  espanol: 'spa',
  español: 'spa',
  english: 'eng',
  ingles: 'eng',
  inglés: 'eng',
  welsh: 'wel',
  galés: 'wel',
};
const formats: [RegExp, Format][] = [
  [/\blarge print\b|\bletra grande\b/u, 'large_print'],
  [/\baudiobooks?\b|\baudiolibros?\b/u, 'audiobook'],
  [/\bfilms?\b/u, 'film'],
];
const ages: [RegExp, number][] = [[/\bten[- ]year[- ]old\b|\bdiez anos\b|\bdiez años\b/u, 10]];
const noise =
  /\b(in|as|for|an?|at|on|about|the|books?|something|anything|de|en|para|un|una|niños?|ninos?|libros?|sobre|with|me|show|please|kids|but|available|now)\b/gu;

/** A small search that understands just enough limits to be steered, over records held in memory. */
export function createFakeSearch(catalogue: FakeCatalogue, clock: Clock = systemClock): FakeSearch {
  const fake: FakeSearch = {
    asked: [],
    version: 'v1',
    confidence: 0.8,
    corrected: [],
    evidence: undefined,
    slowMs: 0,
    missesVectors: false,
    failWith: {},
    running: 0,
    aborted: 0,
    async search(question, { signal }) {
      fake.asked.push(question);
      signal.throwIfAborted();
      fake.running += 1;
      try {
        if (fake.slowMs > 0 && !question.wordsOnly) await clock.after(fake.slowMs, signal);
        const failure = question.wordsOnly ? fake.failWith.wordsOnly : fake.failWith.full;
        if (failure) throw failure as Error;
        return answer(fake, catalogue, question);
      } catch (error) {
        if (signal.aborted) fake.aborted += 1;
        throw error;
      } finally {
        fake.running -= 1;
      }
    },
    similar(recordId, { limit }) {
      const self = catalogue.findRecord(recordId);
      const others = [...catalogue.bibs.values()].filter((bib) => self && bib.id !== recordId);
      return Promise.resolve(others.slice(0, limit).map((bib) => hitOf(bib, sharedHeadings(bib, self))));
    },
    nextInSeries(recordId) {
      const here = catalogue.findRecord(recordId)?.series[0];
      const next = [...catalogue.bibs.values()].find((bib) =>
        bib.series.some((one) => one.name === here?.name && Number(one.volume) === Number(here.volume) + 1),
      );
      const text = next?.series[0]?.name ?? '';
      return Promise.resolve(next && hitOf(next, [{ field: 'series', text, quotes: [text] }]));
    },
    status: () => ({ ready: true, catalogueVersion: fake.version, queued: 0, workers: 1, vectors: true }),
    close: () => Promise.resolve(),
  };
  return fake;
}

export const busy = (): Problem => new Problem('busy', { retryAfterSeconds: 1 });

function answer(fake: FakeSearch, catalogue: FakeCatalogue, question: Question): Found {
  const intent = reduced(
    { ...(question.intent ?? understand(question.text, catalogue)), ...question.explicit },
    question.remove ?? [],
  );
  const fits = (limits: Intent): Bib[] =>
    [...catalogue.bibs.values()]
      .filter((bib) => !question.exclude?.includes(bib.id))
      .filter((bib) => meets(bib, limits) && speaksOf(bib, limits));
  let bibs = fits(intent);
  let relaxed: Chip[] = [];
  if (bibs.length === 0 && intent.languages) {
    const rest = { ...intent };
    delete rest.languages;
    bibs = fits(rest);
    relaxed = bibs.length > 0 ? chipsOf(intent).filter((chip) => chip.kind === 'language') : [];
  }
  if (intent.sort === 'newest') bibs.sort((a, b) => (b.year ?? 0) - (a.year ?? 0));
  return {
    intent,
    chips: chipsOf(intent),
    hits: bibs
      .slice(question.offset, question.offset + question.limit)
      .map((bib) => hitOf(bib, (fake.evidence ?? headings)(bib, intent.topic))),
    total: bibs.length,
    facets: [],
    corrected: fake.corrected,
    relaxed,
    confidence: bibs.length === 0 ? 0 : fake.confidence,
    path: question.wordsOnly || fake.missesVectors ? 'words_only' : 'full',
    ...(fake.missesVectors && { vectorMissed: true as const }),
    catalogueVersion: fake.version,
  };
}

function understand(text: string, catalogue: FakeCatalogue): Intent {
  let left = text.toLowerCase();
  const intent: Intent = { text, topic: '' };
  const take = (pattern: RegExp): boolean => {
    const before = left;
    left = left.replace(pattern, ' ');
    return before !== left;
  };
  for (const [word, code] of Object.entries(languages))
    if (take(new RegExp(`(?<!\\p{L})${word}(?!\\p{L})`, 'u'))) intent.languages = [code];
  for (const [pattern, format] of formats) if (take(pattern)) intent.formats = [format];
  for (const [pattern, age] of ages)
    if (take(pattern)) Object.assign(intent, { age, audiences: ['children'] });
  if (/\bkids\b|\bniños\b|\bninos\b/u.test(left)) intent.audiences = ['children'];
  if (/\bfunny\b/u.test(left)) intent.appeals = ['funny'];
  if (/\bavailable now\b/u.test(left)) intent.available_now = true;
  for (const branch of catalogue.branches())
    if (take(new RegExp(branch.name.toLowerCase(), 'u'))) intent.branch = branch.id;
  const named = /^\s*(?:something like|algo como) (.+)$/u.exec(left)?.[1];
  const liked = [...catalogue.bibs.values()].find((bib) => named && fold(bib.title.text) === fold(named));
  if (liked) return { text, topic: '', like: [{ record_id: liked.id, title: liked.title.text }] };
  const title = [...catalogue.bibs.values()].find((bib) => left.includes(bib.title.text.toLowerCase()));
  if (title) intent.title = title.title.text;
  intent.topic = left
    .replace(noise, ' ')
    .replace(/[^\p{L}\p{N} ]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  return intent;
}

function meets(bib: Bib, intent: Intent): boolean {
  const within = (span: Intent['pages'], value: number | undefined): boolean =>
    !span || (value !== undefined && value >= (span.min ?? -Infinity) && value <= (span.max ?? Infinity));
  return (
    (!intent.formats || intent.formats.includes(bib.format)) &&
    (!intent.languages || bib.languages.some((code) => intent.languages?.includes(code))) &&
    (!intent.audiences || (bib.audience !== undefined && intent.audiences.includes(bib.audience))) &&
    within(intent.pages, bib.pages) &&
    within(intent.years, bib.year) &&
    (!intent.branch || bib.items.some((item) => item.branchId === intent.branch)) &&
    (!intent.author || bib.contributors.some((one) => one.text === intent.author))
  );
}

function speaksOf(bib: Bib, intent: Intent): boolean {
  if (intent.like) return intent.like.every((one) => one.record_id !== bib.id);
  if (intent.title) return bib.title.text === intent.title;
  if (intent.topic === '') return true;
  const text = [bib.title.text, bib.summary, ...bib.subjects.map((s) => s.text)].join(' ').toLowerCase();
  return intent.topic.split(' ').some((word) => text.includes(word.replace(/s$/u, '')));
}

function reduced(intent: Intent, remove: readonly string[]): Intent {
  const keys: Record<string, (keyof Intent)[]> = {
    language: ['languages'],
    format: ['formats'],
    age: ['age', 'audiences'],
    audience: ['audiences', 'age'],
    pages: ['pages'],
    years: ['years'],
    branch: ['branch'],
    available_now: ['available_now'],
    author: ['author'],
    like: ['like'],
    title: ['title'],
  };
  const rest: Partial<Intent> = { ...intent };
  for (const id of remove) for (const key of keys[id.split(':')[0] ?? ''] ?? []) delete rest[key];
  return rest as Intent;
}

function chipsOf(intent: Intent): Chip[] {
  const chip = (kind: Chip['kind'], value: unknown): Chip[] =>
    value === undefined
      ? []
      : [{ id: `${kind}:${JSON.stringify(value)}`, kind, label: `${kind} ${JSON.stringify(value)}` }];
  return [
    ...chip('format', intent.formats?.[0]),
    ...chip('language', intent.languages?.[0]),
    ...chip('age', intent.age),
    ...(intent.age === undefined ? chip('audience', intent.audiences?.[0]) : []),
    ...chip('pages', intent.pages),
    ...chip('years', intent.years),
    ...chip('available_now', intent.available_now),
    ...chip('branch', intent.branch),
    ...chip('author', intent.author),
    ...chip('title', intent.title),
    ...chip('like', intent.like?.[0]?.record_id),
  ];
}

function headings(bib: Bib): Evidence[] {
  return bib.subjects.slice(0, 1).map(({ text }) => ({ field: 'subject', text, quotes: [text] }));
}

function sharedHeadings(bib: Bib, other: Bib | undefined): Evidence[] {
  const shared = bib.subjects.find((one) => other?.subjects.some((two) => two.text === one.text));
  return shared ? [{ field: 'similar', text: shared.text, quotes: [shared.text] }] : [];
}

function hitOf(bib: Bib, evidence: Evidence[]): Hit {
  return { id: bib.id, score: 1, evidence };
}
