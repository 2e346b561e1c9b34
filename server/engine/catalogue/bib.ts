import type { Contributor, RecordView, Scripted, SeriesEntry } from '../../contract/record.js';
import type { Audience, Format, ItemStatus } from '../../contract/vocabulary.js';

/** A subject heading with its parts kept, so that facets count parts and words search all of it. */
export interface Subject extends Scripted {
  /** "Lighthouses -- Scotland -- History" as catalogued, subdivisions joined by " -- ". */
  parts: string[];
  kind: 'topic' | 'place' | 'person' | 'corporate' | 'meeting' | 'title' | 'time' | 'occupation' | 'other';
  /** lcsh, lcshac, mesh, fast, local code of $2, or absent. */
  scheme?: string;
}

/** A copy as the catalogue file describes it; statuses in MARC are stale, so they are hints. */
export interface HeldItem {
  itemId: string;
  branchId: string;
  branchName?: string;
  location?: string;
  callNumber?: string;
  barcode?: string;
  itemType?: string;
  statusHint?: ItemStatus;
  rawStatus?: string;
}

/** A bibliographic record after mapping: everything finding and showing need, nothing MARC. */
export interface Bib {
  /** Stable id: field 001 trimmed, or as the source profile says; unique in one catalogue. */
  id: string;
  /** Agency of 003, ILS numbers (Koha 999$c), 035s: ways other systems name this record. */
  keys: { agency?: string; ilsId?: string; other: string[] };
  title: Scripted;
  /** Title without its non-filing article, for sorting. */
  sortTitle: string;
  subtitle?: Scripted;
  responsibility?: Scripted;
  otherTitles: Scripted[];
  /** Main entry first; persons in the inverted catalogue form ("Le Guin, Ursula K."), no dates. */
  contributors: (Contributor & { main: boolean; dates?: string })[];
  relatedWorks: string[];
  year?: number;
  publisher?: Scripted;
  edition?: string;
  extent?: string;
  pages?: number;
  durationMinutes?: number;
  format: Format;
  /** ISO 639-2/B, the text's own language first. */
  languages: string[];
  originalLanguages: string[];
  audience?: Audience;
  /** Lowest and highest age the record names (521 ind1 1, or grades turned into ages), where it does. */
  ages?: { min: number; max: number };
  audienceNotes: string[];
  fiction?: boolean;
  literaryForm?:
    'novel' | 'drama' | 'essays' | 'humour' | 'letters' | 'short_stories' | 'poetry' | 'speeches';
  biography?: boolean;
  illustrated?: boolean;
  summary?: string;
  contents?: string;
  contentWarnings: string[];
  notes: string[];
  awards: string[];
  subjects: Subject[];
  genres: string[];
  series: SeriesEntry[];
  isbns: string[];
  /** Cancelled or other ISBNs: matched when searched, never shown. */
  otherIsbns: string[];
  issns: string[];
  links: RecordView['links'];
  /** Dewey or local class mark of the record itself, where items carry none. */
  callNumber?: string;
  items: HeldItem[];
  /** Original-script texts that pair with nothing (880 with occurrence 00), searched but not shown in place. */
  unpairedOriginals: string[];
  suppressed: boolean;
  deleted: boolean;
}
export type { Audience, Format };
