import { createHash } from 'node:crypto';
import type { Bib } from '../bib.js';
import { subfield, subfieldTexts, type MarcRecord } from '../formats/marc-record.js';
import { notice, type Notice } from '../formats/notices.js';
import { createAudienceReader } from './audience.js';
import { createNameReader } from './contributors.js';
import { fixed008, materialOf } from './fixed-field.js';
import { createFormatReader } from './format.js';
import { createItemReader } from './items.js';
import type { MarcKnowledge } from './knowledge.js';
import { createLanguageReader } from './languages.js';
import { createLengthReader } from './length.js';
import { createLinkReader } from './links.js';
import { createFormReader } from './literary-form.js';
import { readNotes } from './notes.js';
import { readKeys, readNumbers } from './numbers.js';
import { extentOf, readPublication } from './publication.js';
import { joined, plainText } from './punctuation.js';
import { recordFields, type RecordFields } from './record-fields.js';
import { readSeries } from './series.js';
import { readSubjects } from './subjects.js';
import { readTitles, UNTITLED } from './titles.js';
import { isUnimarc, unimarcToMarc21 } from './unimarc.js';

export type MapMarc = (record: MarcRecord) => { bib: Bib; notices: Notice[] };

/** Tags whose unpaired original scripts are worth searching: names, titles, series, summary, subjects. */
const searchedTag = /^(?:[178]\d\d|24[0-7]|4[49]0|520|6\d\d)$/;

/** Maps MARC 21 and UNIMARC records to Bibs; the notices say what the cataloguing lacks. `profile` as for createItemReader. */
export function createMarcMapper(
  knowledge: MarcKnowledge,
  { profile }: { profile?: string | undefined } = {},
): MapMarc {
  const readNames = createNameReader(knowledge);
  const languageReader = createLanguageReader(knowledge);
  const audienceReader = createAudienceReader(knowledge);
  const readForm = createFormReader(knowledge);
  const readFormat = createFormatReader(knowledge);
  const lengthReader = createLengthReader(knowledge);
  const readLinks = createLinkReader(knowledge);
  const readItems = createItemReader(knowledge, profile);

  return (source) => {
    const notices: Notice[] = [];
    const fromUnimarc = isUnimarc(source);
    if (fromUnimarc) notices.push(notice('unimarc'));
    const record = recordFields(fromUnimarc ? unimarcToMarc21(source) : source);
    const fixed = fixed008(record);
    const material = materialOf(record.leader);
    const format = readFormat(record, fixed, material);
    const series = readSeries(record);
    const { found, ...titles } = readTitles(
      record,
      series.map((s) => s.name),
    );
    if (!found) notices.push(notice('title_missing', { field: '245' }));
    const names = readNames(record);
    const id = recordId(record);
    if (id === undefined) notices.push(notice('id_missing', { field: '001' }));
    const stableId = id ?? madeId(titles.title.text, names.contributors[0]?.text, source);
    const { ilsId, ...holding } = readItems(record, stableId);
    const isPlayed =
      format === 'film' || format === 'music' || format === 'audiobook' || format === 'eaudiobook';
    const callNumber = callNumberOf(record);
    const extent = extentOf(record);
    const bib: Bib = {
      id: stableId,
      keys: readKeys(record, ilsId),
      ...titles,
      ...names,
      ...readPublication(record, fixed),
      ...(extent !== undefined && { extent }),
      ...lengthReader.ofRecord(record, isPlayed, material === 'visual' ? fixed.slice(18, 21) : ''),
      format,
      ...languageReader.ofRecord(record, fixed),
      ...audienceReader.ofRecord(record, fixed, material),
      ...readForm(record, fixed, material),
      ...readNotes(record),
      ...readSubjects(record),
      series,
      ...readNumbers(record),
      links: readLinks(record),
      ...(callNumber !== undefined && { callNumber }),
      ...holding,
      unpairedOriginals: unpairedOriginals(record),
      deleted: record.leader[5] === 'd',
    };
    return { bib, notices };
  };
}

/** Field 001, else the number that Koha or another system put into 999 $c or 901 $c. */
function recordId(record: RecordFields): string | undefined {
  const control = record.first('001')?.value.trim();
  if (control) return control;
  return subfield(record.first('999'), 'c') ?? subfield(record.first('901'), 'c');
}

/** An id that comes out the same for the same content at the next import. */
function madeId(title: string, name: string | undefined, record: MarcRecord): string {
  const content = title === UNTITLED ? JSON.stringify(record.fields) : `${title}\n${name ?? ''}`;
  return `x${createHash('sha256').update(content).digest('hex').slice(0, 15)}`;
}

/** Dewey before Library of Congress: 092, 082, 090, 050, then other classes. */
function callNumberOf(record: RecordFields): string | undefined {
  for (const tag of ['092', '082', '090', '050', '060', '080', '084']) {
    const field = record.first(tag);
    if (field === undefined) continue;
    const codes = tag === '082' || tag === '092' ? 'a' : 'ab';
    const mark = joined(subfieldTexts(field, codes)).replaceAll('/', '').replaceAll('′', '').trim();
    if (mark !== '') return mark;
  }
  return undefined;
}

function unpairedOriginals(record: RecordFields): string[] {
  const texts = record.unpaired
    .filter(({ tag }) => searchedTag.test(tag))
    .map(({ field }) => plainText(joined(subfieldTexts(field, 'abcnptvxyz'))))
    .filter((text) => text !== '');
  return [...new Set(texts)];
}
