import type { Availability } from '../../contract/availability.js';
import type { Recommendation } from '../../contract/conversation.js';
import type { RecordBrief, RecordView, Scripted } from '../../contract/record.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import { coveredOf } from '../../engine/catalogue/covered.js';
import type { Evidence, Hit } from '../../engine/retrieval/search.js';
import type { Why } from './why.js';

/** A record about to be shown, with what it was found by. */
export interface Card {
  bib: Bib;
  evidence: Evidence[];
}

/** Hits and records put together in the order of the hits; a hit whose record has gone meanwhile is dropped. */
export function cardsOf(hits: readonly Hit[], bibs: readonly Bib[]): Card[] {
  const byId = new Map(bibs.map((bib) => [bib.id, bib]));
  return hits.flatMap((hit) => {
    const bib = byId.get(hit.id);
    return bib && !bib.deleted && !bib.suppressed ? [{ bib, evidence: hit.evidence }] : [];
  });
}

/** A card as it goes out, with the reason that a model worded from its record, or the rules'. */
export function recommendationOf(
  card: Card,
  why: Why & { from: Recommendation['why_from'] },
  availability: Availability,
): Recommendation {
  const { why: line, quotes, from } = why;
  return { ...briefOf(card.bib), why: line, why_from: from, quotes, availability };
}

/** A record cut down to what a list shows. */
export function briefOf(bib: Bib): RecordBrief {
  return {
    ...coveredOf(bib),
    record_id: bib.id,
    isbn: bib.isbns[0] ?? null,
    year: bib.year ?? null,
    languages: bib.languages,
    pages: bib.pages ?? null,
    series: bib.series[0] ?? null,
    call_number: callNumberOf(bib) ?? null,
  };
}

/** The call number on the copies, or else the record's own class mark. */
export function callNumberOf(bib: Bib): string | undefined {
  return bib.items.find((item) => item.callNumber !== undefined)?.callNumber ?? bib.callNumber;
}

/** Everything a patron may know about a record; what only staff and systems need stays behind. */
export function viewOf(bib: Bib): RecordView {
  const callNumber = callNumberOf(bib);
  return {
    record_id: bib.id,
    title: bib.title,
    ...(bib.subtitle && { subtitle: bib.subtitle }),
    ...(bib.responsibility && { responsibility: bib.responsibility }),
    other_titles: bib.otherTitles,
    contributors: bib.contributors.map((one) => ({
      ...scriptedOf(one),
      ...(one.role !== undefined && { role: one.role }),
      kind: one.kind,
    })),
    related_works: bib.relatedWorks,
    ...(bib.year !== undefined && { year: bib.year }),
    ...(bib.publisher && { publisher: bib.publisher }),
    ...(bib.edition !== undefined && { edition: bib.edition }),
    ...(bib.extent !== undefined && { extent: bib.extent }),
    ...(bib.pages !== undefined && { pages: bib.pages }),
    format: bib.format,
    languages: bib.languages,
    original_languages: bib.originalLanguages,
    ...(bib.audience !== undefined && { audience: bib.audience }),
    audience_notes: bib.audienceNotes,
    ...(bib.fiction !== undefined && { fiction: bib.fiction }),
    ...(bib.summary !== undefined && { summary: bib.summary }),
    ...(bib.contents !== undefined && { contents: bib.contents }),
    content_warnings: bib.contentWarnings,
    notes: bib.notes,
    awards: bib.awards,
    subjects: bib.subjects.map((one) => ({
      ...scriptedOf(one),
      parts: one.parts,
      ...(one.scheme !== undefined && { scheme: one.scheme }),
    })),
    genres: bib.genres,
    series: bib.series,
    isbns: bib.isbns,
    issns: bib.issns,
    links: bib.links,
    ...(callNumber !== undefined && { call_number: callNumber }),
  };
}

function scriptedOf({ text, original, direction }: Scripted): Scripted {
  return { text, ...(original !== undefined && { original }), ...(direction !== undefined && { direction }) };
}
