import type { Availability, Branch } from '../../contract/availability.js';
import type { Intent } from '../../contract/intent.js';
import { Problem } from '../../contract/problems.js';
import type { RecordBrief, RecordView } from '../../contract/record.js';
import type { SearchQuery, SearchResponse } from '../../contract/search.js';
import type { Locale } from '../../contract/vocabulary.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import type { ShieldedIls } from '../../engine/ils/shielded.js';
import type { Search } from '../../engine/retrieval/search.js';
import { briefOf, cardsOf, viewOf } from './cards.js';
import type { Records } from './records.js';
import type { Shelves } from './shelves.js';
import { whyOf, whySimilar } from './why.js';
import type { Wording } from './wording.js';

/** Looking things up without talking: plain search, one record, its copies, its neighbours. */
export interface Lookup {
  search(query: SearchQuery, signal: AbortSignal): Promise<SearchResponse>;
  /** Problem('record_not_found') when there is no such record, or it is not for patrons. */
  record(
    id: string,
    signal: AbortSignal,
    waiting?: Waiting,
  ): Promise<{ record: RecordView; availability: Availability }>;
  availability(id: string, signal: AbortSignal, waiting?: Waiting): Promise<Availability>;
  similar(
    id: string,
    locale: Locale,
    signal: AbortSignal,
  ): Promise<{ records: (RecordBrief & { why: string })[] }>;
  /** The library system's branches, or the catalogue's when it cannot say. */
  branches(signal: AbortSignal, waiting?: Waiting): Promise<Branch[]>;
}

/** `askShelves` is false where nobody waits for the answer: it is made of what is remembered. Default true. */
export interface Waiting {
  askShelves?: boolean;
}

const SIMILAR = 8;

export function createLookup(deps: {
  search: Search;
  records: Records;
  shelves: Shelves;
  /** How long a record waits for news of its shelves; later news is for whoever asks for its availability. */
  graceMs: number;
  ils: ShieldedIls;
  wordingOf: (locale: Locale) => Promise<Wording>;
}): Lookup {
  const get = async (id: string): Promise<Bib> => {
    const bib = await deps.records.findRecord(id);
    if (!bib || bib.deleted || bib.suppressed) throw new Problem('record_not_found');
    return bib;
  };
  const availabilityOf = async (
    bib: Bib,
    options: Waiting & { signal: AbortSignal; withinMs?: number },
  ): Promise<Availability> => (await deps.shelves.ask([bib], options)).get(bib.id) ?? deps.shelves.peek(bib);

  return {
    async search(query, signal) {
      const startedAt = performance.now();
      const wording = await deps.wordingOf(query.locale);
      const found = await deps.search.search(
        {
          text: query.q,
          locale: query.locale,
          explicit: explicitOf(query),
          plain: query.plain,
          facets: true,
          offset: query.offset,
          limit: query.limit,
        },
        { signal },
      );
      const bibs = await deps.records.listRecords(found.hits.map((hit) => hit.id));
      return {
        total: found.total,
        offset: query.offset,
        limit: query.limit,
        intent: found.intent,
        understood: found.chips,
        records: cardsOf(found.hits, bibs).map((card) => ({
          ...briefOf(card.bib),
          why: whyOf(card.evidence, card.bib, wording).why,
        })),
        facets: found.facets,
        catalogue_version: found.catalogueVersion,
        response_time_ms: Math.round((performance.now() - startedAt) * 10) / 10,
      };
    },
    async record(id, signal, waiting) {
      const bib = await get(id);
      const availability = await availabilityOf(bib, { ...waiting, signal, withinMs: deps.graceMs });
      return { record: viewOf(bib), availability };
    },
    availability: async (id, signal, waiting) => await availabilityOf(await get(id), { ...waiting, signal }),
    async similar(id, locale, signal) {
      const bib = await get(id);
      const wording = await deps.wordingOf(locale);
      const hits = await deps.search.similar(id, { limit: SIMILAR, signal });
      const cards = cardsOf(hits, await deps.records.listRecords(hits.map((hit) => hit.id)));
      const series = new Set(bib.series.map((one) => one.name));
      return {
        records: cards.map((card) => {
          const shared = card.bib.series.find((one) => series.has(one.name))?.name;
          const { why } = whySimilar(card.evidence, card.bib, { shared, title: bib.title.text }, wording);
          return { ...briefOf(card.bib), why };
        }),
      };
    },
    async branches(signal, waiting) {
      const told = waiting?.askShelves === false ? [] : await deps.ils.branches({ signal });
      return (told.length > 0 ? told : await deps.records.branches()).map(({ id, name }) => ({ id, name }));
    },
  };
}

/** Limits of the query string, as far as they were given. */
function explicitOf(query: SearchQuery): Partial<Intent> {
  const span = (min: number | undefined, max: number | undefined): Intent['pages'] =>
    min === undefined && max === undefined
      ? undefined
      : { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  const pages = span(query.pages_min, query.pages_max);
  const years = span(query.year_from, query.year_to);
  return {
    ...(query.format?.length && { formats: query.format }),
    ...(query.language?.length && { languages: query.language }),
    ...(query.audience?.length && { audiences: query.audience }),
    ...(query.branch !== undefined && { branch: query.branch }),
    ...(pages && { pages }),
    ...(years && { years }),
    ...(query.sort && { sort: query.sort }),
  };
}
