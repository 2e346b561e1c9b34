import type { Scripted } from '../../../contract/record.js';
import type { Bib } from '../bib.js';
import { subfield, subfieldTexts, type MarcField } from '../formats/marc-record.js';
import { joined, plainText, withoutBrackets } from './punctuation.js';
import { scripted, type RecordFields } from './record-fields.js';

type Titles = Pick<Bib, 'title' | 'sortTitle' | 'otherTitles'> &
  Partial<Pick<Bib, 'subtitle' | 'responsibility'>>;

/** Title of a record that has nothing like one. */
export const UNTITLED = '[untitled]';

/**
 * Title (245 $a $n $p), subtitle ($b), statement of responsibility ($c) and other titles (130, 240, 246, 247, 740).
 * `found` is false when there was no title and the nearest thing to one stands in its place.
 */
export function readTitles(
  record: RecordFields,
  seriesNames: readonly string[],
): Titles & { found: boolean } {
  const fields = record.all('245');
  const field = fields.find((f) => properTitle(f) !== '');
  if (field === undefined) return withoutTitle(record, seriesNames);
  const original = record.original(field);
  const text = properTitle(field);
  const title = scripted(text, original && properTitle(original));
  const subtitle = part(field, original, 'b');
  const responsibility = part(field, original, 'c');
  return {
    found: true,
    title,
    sortTitle: sortTitle(field, text),
    ...(subtitle && { subtitle }),
    ...(responsibility && { responsibility }),
    otherTitles: otherTitles(record, text),
  };
}

function properTitle(field: MarcField): string {
  const main = subfield(field, 'a') ?? joined(subfieldTexts(field, 'kfgs'));
  const parts = subfieldTexts(field, 'np');
  if (parts.length === 0) return withoutBrackets(plainText(main));
  return plainText(joined([main, ...parts].map((p) => p.replace(/[\s/:;=]+$/, ''))));
}

function part(field: MarcField, original: MarcField | undefined, code: string): Scripted | undefined {
  const text = plainText(joined(subfieldTexts(field, code)));
  if (text === '') return undefined;
  return scripted(text, original && plainText(joined(subfieldTexts(original, code))));
}

/** The second indicator says how many characters of the title do not count in sorting. */
function sortTitle(field: MarcField, title: string): string {
  const skip = field.ind2 >= '1' && field.ind2 <= '9' ? Number(field.ind2) : 0;
  const rest = title.slice(skip).trim();
  return rest === '' ? title : rest;
}

const otherTitleCodes = new Map([
  ['130', 'anpmork'],
  ['240', 'anpmork'],
  ['242', 'abnp'],
  ['246', 'abnp'],
  ['247', 'abnp'],
  ['740', 'anp'],
]);

function otherTitles(record: RecordFields, title: string): Scripted[] {
  const seen = new Set([title.toLowerCase()]);
  const titles: Scripted[] = [];
  for (const [tag, codes] of otherTitleCodes) {
    for (const field of record.all(tag)) {
      const text = plainText(joined(subfieldTexts(field, codes)));
      const key = text.toLowerCase();
      if (text === '' || seen.has(key)) continue;
      seen.add(key);
      const original = record.original(field);
      titles.push(scripted(text, original && plainText(joined(subfieldTexts(original, codes)))));
    }
  }
  return titles;
}

function withoutTitle(record: RecordFields, seriesNames: readonly string[]): Titles & { found: boolean } {
  const others = otherTitles(record, '');
  const written = record.unpaired.find(({ tag, field }) => tag === '245' && properTitle(field) !== '');
  const subtitle = record.all('245').map((f) => plainText(joined(subfieldTexts(f, 'bc'))));
  const nearest =
    (written && properTitle(written.field)) ??
    others[0]?.text ??
    subtitle.find((t) => t !== '') ??
    seriesNames[0];
  const text = nearest ?? UNTITLED;
  return {
    found: false,
    title: { text },
    sortTitle: text,
    otherTitles: others.filter((o) => o.text !== text),
  };
}
