import { createHash } from 'node:crypto';
import { Format, ItemStatus, type Audience } from '../../../contract/vocabulary.js';
import { fold } from '../../../lib/fold.js';
import { issn8 } from '../../../lib/isbn.js';
import type { Bib } from '../bib.js';
import { notice, type Notice } from '../formats/notices.js';
import { createAudienceReader } from './audience.js';
import type { MarcKnowledge } from './knowledge.js';
import { createLanguageReader } from './languages.js';
import { createLengthReader, minutesIn } from './length.js';
import { webAddress } from './links.js';
import { readIsbn } from './numbers.js';
import { withoutFullStop } from './punctuation.js';
import { UNTITLED } from './titles.js';

export type MappedRow = { bib: Bib; notices: Notice[] } | { refusal: Notice };

/** Maps one row of a table, as texts by field name of columns.yaml, to a Bib. */
export type MapRow = (cells: ReadonlyMap<string, readonly string[]>) => MappedRow;

/** Maps rows of tables. Lists inside a cell are parted by ; or |; numbers, codes and words are read tolerantly. */
export function createRowMapper(knowledge: MarcKnowledge): MapRow {
  const { language } = createLanguageReader(knowledge);
  const audiences = createAudienceReader(knowledge);
  const lengths = createLengthReader(knowledge);
  const formats = knowledge.columns.format_words;

  function audienceOf(text: string): { audience?: Audience; ages?: NonNullable<Bib['ages']> } {
    const coded = text.length === 1 ? audiences.byCode(text.toLowerCase()) : undefined;
    if (coded !== undefined) return { audience: coded };
    const ages = audiences.agesIn(text);
    const worded = audiences.inWords(text);
    const audience = ages !== undefined ? audiences.ofAges(ages) : worded;
    return { ...(audience !== undefined && { audience }), ...(ages !== undefined && { ages }) };
  }

  function formatOf(text: string): Format {
    const own = Format.safeParse(text.toLowerCase());
    if (own.success) return own.data;
    const words = columnKey(text);
    const exact = formats[words];
    if (exact !== undefined) return exact;
    const within = Object.keys(formats).filter((name) => ` ${words} `.includes(` ${name} `));
    return formats[within.sort((a, b) => b.length - a.length)[0] ?? ''] ?? 'book';
  }

  function lengthOf(cell: (field: string) => string, extent: string): Pick<Bib, 'pages' | 'durationMinutes'> {
    const given = cell('pages');
    const pages = /^\d{1,5}$/.test(given) ? Number(given) : (lengths.pages(given) ?? lengths.pages(extent));
    const duration = cell('duration');
    const minutes = /^\d{1,4}$/.test(duration) ? Number(duration) : minutesIn(duration);
    return { ...(pages && { pages }), ...(minutes && { durationMinutes: minutes }) };
  }

  return (cells) => {
    const list = (field: string) => (cells.get(field) ?? []).flatMap(parted);
    const cell = (field: string) => cells.get(field)?.find((text) => text !== '') ?? '';
    const optional = (field: string, name: string) => (cell(field) === '' ? {} : { [name]: cell(field) });
    const title = cell('title');
    const givenId = cell('id');
    if (title === '' && givenId === '') return { refusal: notice('row_empty') };
    const notices: Notice[] = [];
    if (title === '') notices.push(notice('title_missing', { field: 'title' }));
    if (givenId === '') notices.push(notice('id_missing', { field: 'id' }));

    const numbers = isbnsOf([...list('isbn'), ...list('print_identifier'), ...list('online_identifier')]);
    const issns = [...list('issn'), ...list('print_identifier'), ...list('online_identifier')].flatMap(
      hyphened,
    );
    const contributors: Bib['contributors'] = [
      ...list('authors').map((text, n) => ({ text, kind: 'person' as const, main: n === 0 })),
      ...list('other_authors').map((text) => ({ text, kind: 'person' as const, main: false })),
    ].map(withoutDates);
    const id = givenId !== '' ? givenId : madeId(title, contributors[0]?.text, numbers.isbns[0]);
    const languages = [
      ...new Set(
        list('language')
          .flatMap((text) => text.split(/[,/]/))
          .flatMap((t) => language(t) ?? []),
      ),
    ];
    const year = /(?<!\d)(1\d{3}|20\d{2})(?!\d)/.exec(cell('year'))?.[1];
    const publicationType = cell('publication_type').toLowerCase();
    const format =
      publicationType === 'serial'
        ? 'serial'
        : publicationType === 'monograph'
          ? 'ebook'
          : formatOf(cell('format'));
    const fiction = fictionOf(cell('fiction'));
    const publisher = cell('publisher');
    const subtitle = cell('subtitle');
    const bib: Bib = {
      id,
      keys: { other: [] },
      title: { text: title === '' ? UNTITLED : title },
      sortTitle: withoutArticle(title === '' ? UNTITLED : title, languages[0]),
      ...(subtitle !== '' && { subtitle: { text: subtitle } }),
      otherTitles: [],
      contributors,
      relatedWorks: [],
      ...(year !== undefined && { year: Number(year) }),
      ...(publisher !== '' && { publisher: { text: publisher } }),
      ...optional('edition', 'edition'),
      ...optional('extent', 'extent'),
      ...lengthOf(cell, cell('extent')),
      format,
      languages,
      originalLanguages: list('original_language').flatMap((text) => language(text) ?? []),
      ...audienceOf(cell('audience')),
      audienceNotes: cell('audience').length > 1 ? [cell('audience')] : [],
      ...(fiction !== undefined && { fiction }),
      ...optional('summary', 'summary'),
      ...optional('contents', 'contents'),
      contentWarnings: [],
      notes: cells.get('notes')?.filter((text) => text !== '') ?? [],
      awards: list('awards'),
      subjects: list('subjects').map((heading) => {
        const parts = heading
          .split(/\s*--\s*/)
          .map(withoutFullStop)
          .filter(Boolean);
        return { text: parts.join(' -- '), parts, kind: 'topic' as const };
      }),
      genres: [...new Set(list('genres').map(withoutFullStop))],
      series: seriesOf(cell('series'), cell('volume')),
      ...numbers,
      issns: [...new Set(issns)],
      links: list('url').flatMap((text) => {
        const url = webAddress(text);
        return url === undefined ? [] : [{ url }];
      }),
      ...optional('call_number', 'callNumber'),
      items: itemsOf(cell, id),
      unpairedOriginals: [],
      suppressed: false,
      deleted: false,
    };
    return { bib, notices };
  };

  function withoutArticle(title: string, code: string | undefined): string {
    const articles = knowledge.languages.articles[code ?? 'eng'] ?? [];
    const [first = '', ...rest] = title.split(' ');
    return rest.length > 0 && articles.includes(first.toLowerCase()) ? rest.join(' ') : title;
  }
}

/** A header or a word as it is compared: folded, everything but letters and digits as one space. */
export function columnKey(text: string): string {
  return fold(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function parted(text: string): string[] {
  return text
    .split(/\s*[;|]\s*/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function isbnsOf(texts: readonly string[]): Pick<Bib, 'isbns' | 'otherIsbns'> {
  const isbns = new Set<string>();
  const others = new Set<string>();
  for (const text of texts.flatMap((t) => t.split(/[,\s]+(?=\d)/))) {
    const { valid, bare } = readIsbn(text);
    if (valid !== undefined) isbns.add(valid);
    else if (bare !== undefined && issn8(bare) === undefined) others.add(bare);
  }
  return { isbns: [...isbns], otherIsbns: [...others] };
}

function hyphened(text: string): string[] {
  const digits = issn8(text);
  return digits === undefined ? [] : [`${digits.slice(0, 4)}-${digits.slice(4)}`];
}

/** "Kennedy, John F., 1917-1963": dates go where dates belong. */
function withoutDates(contributor: Bib['contributors'][number]): Bib['contributors'][number] {
  const found = /,\s*((?:b\.|d\.|ca\.)?\s*\d{4}\??\s*-?\s*(?:\d{4})?)\.?$/.exec(contributor.text);
  if (found?.[1] === undefined) return contributor;
  return { ...contributor, text: contributor.text.slice(0, found.index), dates: found[1] };
}

function seriesOf(name: string, volume: string): Bib['series'] {
  if (name === '') return [];
  if (volume !== '') return [{ name, volume }];
  const typed = /^(.+?)[\s,;]*(?:#|\(#?|;|\bvol\.?|\bbk\.?)\s*(\d[\d.]*)\)?$/i.exec(name);
  return typed?.[1] !== undefined && typed[2] !== undefined
    ? [{ name: typed[1], volume: typed[2] }]
    : [{ name }];
}

function fictionOf(text: string): boolean | undefined {
  const word = columnKey(text);
  if (/^(non ?fiction|no ficcion|no|false|0|n)$/.test(word)) return false;
  return /^(fiction|ficcion|yes|si|true|1|y|f)$/.test(word) ? true : undefined;
}

function itemsOf(cell: (field: string) => string, id: string): Bib['items'] {
  const [barcode, branch] = [cell('barcode'), cell('branch')];
  if (barcode === '' && branch === '') return [];
  const status = ItemStatus.safeParse(columnKey(cell('status')).replaceAll(' ', '_'));
  return [
    {
      itemId: barcode === '' ? `${id}:1` : barcode,
      branchId: branch === '' ? 'main' : branch,
      ...(cell('location') !== '' && { location: cell('location') }),
      ...(cell('call_number') !== '' && { callNumber: cell('call_number') }),
      ...(barcode !== '' && { barcode }),
      statusHint: status.success ? status.data : 'unknown',
      ...(cell('status') !== '' && { rawStatus: cell('status') }),
    },
  ];
}

function madeId(title: string, name: string | undefined, isbn: string | undefined): string {
  const digest = createHash('sha256')
    .update(`${title}\n${name ?? ''}\n${isbn ?? ''}`)
    .digest('hex');
  return `x${digest.slice(0, 15)}`;
}
