import { fold } from '../../../lib/fold.js';
import type { Bib } from '../bib.js';
import { subfield, subfieldTexts } from '../formats/marc-record.js';
import type { MarcKnowledge } from './knowledge.js';
import { plainText } from './punctuation.js';
import type { RecordFields } from './record-fields.js';

/** Addresses (856 $u) where the item itself is read or heard: http and https only, not covers or tables of contents. */
export function createLinkReader({ carriers }: MarcKnowledge) {
  const about = new RegExp(`\\b(?:${carriers.links_about.join('|')})`);

  return (record: RecordFields): Bib['links'] => {
    const links: Bib['links'] = [];
    for (const field of record.all('856')) {
      // Second indicator 2 is a related resource; 0, 1 and blank are the item or a version of it.
      if (field.ind2 === '2' || field.ind2 === '4') continue;
      const said = subfieldTexts(field, '3yz');
      if (said.some((text) => about.test(fold(text)))) continue;
      const label = plainText(subfield(field, '3') ?? subfield(field, 'y') ?? subfield(field, 'z') ?? '');
      for (const address of subfieldTexts(field, 'u')) {
        const url = webAddress(address);
        if (url === undefined || links.some((l) => l.url === url)) continue;
        links.push({ url, ...(label !== '' && { label }) });
      }
    }
    return links;
  };
}

/** The address when it is a web address that names a host and no picture; undefined otherwise. */
export function webAddress(text: string): string | undefined {
  const address = text.trim();
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined;
  return /\.(jpe?g|png|gif|webp)$/i.test(address) ? undefined : address;
}
