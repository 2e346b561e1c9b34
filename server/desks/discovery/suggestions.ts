import type { Availability } from '../../contract/availability.js';
import type { Intent } from '../../contract/intent.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import type { Prospects } from './prospects.js';
import { isIn } from './shelves.js';
import { middle } from './steer.js';
import type { Wording } from './wording.js';

/** What is known when follow-ups are offered. */
export interface Table {
  intent: Intent | undefined;
  /** The cards on the table, in order. */
  shown: readonly Bib[];
  availability: ReadonlyMap<string, Availability>;
  /** Records that also answer the question but are not shown. */
  further: readonly Bib[];
  hasPast: boolean;
  /** What is known to lie beyond the only card. */
  prospects: Prospects;
}

const MAX_OFFERED = 4;

/**
 * Two to four follow-ups that would find something now, in words that the follow-up rules understand: what is offered
 * follows from the records on the table, never from hope.
 */
export function suggestionsFor(table: Table, wording: Wording): string[] {
  const lines = wording.phrases.suggest;
  const { intent, shown } = table;
  if (!intent || shown.length === 0) {
    return [...(table.hasPast ? [lines.undo] : []), lines.start_over, lines.librarian];
  }
  const offered: string[] = [];
  const offer = (when: boolean, line: string): void => void (when && offered.push(line));
  const inNow = shown.filter((bib) => isIn(table.availability.get(bib.id) ?? unknown, intent.branch)).length;
  offer(inNow > 0 && inNow < shown.length && intent.available_now !== true, lines.available);
  offer(varies(shown, 'pages'), lines.shorter);
  offer(intent.like === undefined && shown.length > 1, lines.like_first);
  const language = intent.languages === undefined ? otherLanguage(table, wording) : undefined;
  if (language !== undefined) offered.push(wording.fill(lines.language, { language }));
  offer(table.further.length > 0, lines.more);
  offer(varies(shown, 'year'), lines.newer);
  offer(table.prospects.hasMoreByAuthor, lines.author);
  offer(table.prospects.hasNext, lines.next);
  if (offered.length < 2) offered.push(lines.librarian, lines.start_over);
  return offered.slice(0, MAX_OFFERED);
}

const unknown: Availability = { state: 'unknown', asOf: null, stale: false, source: 'none', branches: [] };

/** True when some shown record lies on the far side of the middle, so that going there keeps at least that one. */
function varies(bibs: readonly Bib[], field: 'pages' | 'year'): boolean {
  const bound = middle(bibs, field);
  if (bound === undefined) return false;
  return bibs.some((bib) => {
    const value = bib[field];
    return value !== undefined && (field === 'pages' ? value < bound : value > bound);
  });
}

/** The language most further answers come in that no shown one does, where at least two do; in this locale's name. */
function otherLanguage(table: Table, wording: Wording): string | undefined {
  const usual = new Set([...table.shown.map((bib) => bib.languages[0]), 'und', 'zxx', 'mul']);
  const counts = new Map<string, number>();
  for (const { languages } of table.further) {
    const [code] = languages;
    if (code !== undefined && !usual.has(code)) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1]);
  return best && best[1] >= 2 ? wording.language(best[0]) : undefined;
}
