import type { Bib } from '../bib.js';
import { subfield, subfieldTexts, type MarcField } from '../formats/marc-record.js';
import { joined, plainText, withoutBrackets, withoutSeparators } from './punctuation.js';
import { scripted, type RecordFields } from './record-fields.js';

type Publication = Partial<Pick<Bib, 'year' | 'publisher' | 'edition'>>;

/** Year (008/07-10, else 264 or 260 $c), publisher ($b) and edition (250) of what the library holds. */
export function readPublication(record: RecordFields, fixed: string): Publication {
  const statements = [...record.all('264'), ...record.all('260')];
  const main =
    statements.find((f) => f.tag === '260' || f.ind2 === '1') ?? statements.find((f) => f.ind2 !== '4');
  const year = yearOf(fixed, [...(main ? [main] : []), ...statements]);
  const publisher = main && publisherOf(main, record);
  const edition = record.first('250');
  const editionText = edition && plainText(joined(subfieldTexts(edition, 'ab')));
  return {
    ...(year !== undefined && { year }),
    ...(publisher && { publisher }),
    ...(editionText && { edition: editionText }),
  };
}

function publisherOf(field: MarcField, record: RecordFields): Bib['publisher'] {
  const text = withoutBrackets(plainText(subfield(field, 'b') ?? ''));
  if (text === '' || /^s\.\s?n\.?$/i.test(text) || /not identified/i.test(text)) return undefined;
  const original = record.original(field);
  return scripted(text, original && withoutBrackets(plainText(subfield(original, 'b') ?? '')));
}

/** A reprint's date, not its original's: patrons ask for what is on the shelf. */
function yearOf(fixed: string, statements: readonly MarcField[]): number | undefined {
  const coded = fixed.slice(7, 11);
  const exact = plausible(coded);
  if (exact !== undefined && fixed[6] !== 'b') return exact;
  for (const field of statements) {
    for (const text of subfieldTexts(field, 'c')) {
      for (const [digits] of text.matchAll(/\d{4}/g)) {
        const year = plausible(digits);
        if (year !== undefined) return year;
      }
    }
  }
  // "199u": somewhere in the nineties; the decade's first year keeps it in its decade.
  return /^\d{3}u$/.test(coded) ? plausible(`${coded.slice(0, 3)}0`) : undefined;
}

function plausible(digits: string): number | undefined {
  const year = /^\d{4}$/.test(digits) ? Number(digits) : 0;
  return year >= 1000 && year <= 2100 ? year : undefined;
}

/** Extent as catalogued: "xii, 312 pages : illustrations". */
export function extentOf(record: RecordFields): string | undefined {
  const field = record.first('300');
  if (field === undefined) return undefined;
  const text = withoutSeparators(joined(subfieldTexts(field, 'ab'))).replace(/[;+]$/, '');
  return text.trim() === '' ? undefined : text.trim();
}
