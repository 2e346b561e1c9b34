import type { EcopyView } from '../../../contract/availability.js';
import type { Phrases } from '../phrases/phrases.js';
import { ago, clockTime } from './whereabouts.js';

/** What is said of the copies that a lender of e-books has. */
export interface EcopyWords {
  tone: 'in' | 'out' | 'stale' | 'unknown';
  /** "As an e-book with OverDrive". */
  where: string;
  /** "2 of 5 in". */
  sentence: string;
  /** When it was looked up. */
  note: string;
}

/** Says what a lender has in and how old that knowledge is. */
export function ecopyWords(copy: EcopyView, phrases: Phrases, nowMs: number): EcopyWords {
  const words = phrases.patron.ecopy;
  const where = words.as[copy.format ?? 'other'](copy.lender);
  if (copy.status === 'unknown') return { tone: 'unknown', where, sentence: words.unknown, note: '' };
  const isIn = copy.status === 'available';
  if (copy.stale) {
    const time = clockTime(Date.parse(copy.asOf), nowMs, phrases.locale);
    return { tone: 'stale', where, sentence: isIn ? words.wasIn(time) : words.wasOut(time), note: '' };
  }
  const note = phrases.checked(ago(nowMs - Date.parse(copy.asOf), phrases));
  if (!isIn) return { tone: 'out', where, sentence: words.out(copy.holds ?? 0), note };
  const counted = copy.available !== undefined && copy.owned !== undefined && copy.owned > 0;
  return {
    tone: 'in',
    where,
    sentence: counted ? words.inOf(copy.available ?? 0, copy.owned ?? 0) : words.in,
    note,
  };
}
