import type { Bib } from '../../../../engine/catalogue/bib.js';
import type { Notice } from '../../../../engine/catalogue/formats/notices.js';
import { parseIso2709 } from '../../../../engine/catalogue/formats/iso2709-record.js';
import { createMarcMapper } from '../../../../engine/catalogue/mapping/marc-to-bib.js';
import { knowledge, marc } from '../formats/marc-builder.js';

const map = createMarcMapper(knowledge);

/** A record of lines ("245 10 $aTitle"), mapped; 001 is b1 and the title T unless given. */
export function bibOf(lines: readonly string[], leader?: string, profile?: string): Bib {
  return mapped(lines, leader, profile).bib;
}

export function mapped(
  lines: readonly string[],
  leader?: string,
  profile?: string,
): { bib: Bib; notices: Notice[] } {
  const has = (tag: string) => lines.some((line) => line.startsWith(tag));
  const titled = has('245') || has('200');
  const all = [...(has('001') ? [] : ['001 b1']), ...(titled ? [] : ['245 10 $aT']), ...lines];
  const parsed = parseIso2709(marc(all, leader));
  if (!('notices' in parsed)) throw new Error(parsed.refusal.message);
  return (profile === undefined ? map : createMarcMapper(knowledge, { profile }))(parsed.record);
}

/** Field 008 with some positions set. */
export function fixed(positions: Record<number, string>): string {
  const characters = Array.from('260115s2001    xx            000   eng d');
  for (const [at, text] of Object.entries(positions)) {
    Array.from(text).forEach((character, n) => (characters[Number(at) + n] = character));
  }
  return `008 ${characters.join('')}`;
}

export const leaderOf = (type: string, level = 'm') => `00000n${type}${level} a2200000 i 4500`;
