/** Small pieces of ISBD punctuation shared by the record builders. */
import type { DataFieldSource } from '../../server/lib/iso2709-writer.js';
import type { Subfields } from './names.js';

/** A data field from its parts. */
export function field(tag: string, ind1: string, ind2: string, subfields: Subfields): DataFieldSource {
  return { tag, ind1, ind2, subfields };
}

/** The text with a full stop, unless it already ends a sentence. */
export function closed(text: string): string {
  return /[.!?。]$/.test(text) ? text : `${text}.`;
}

/** The text with its first letter in upper case. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** 245 with ISBD punctuation: "Title :$bsubtitle /$cresponsibility." */
export function titleSubfields(title: string, subtitle: string | undefined, by: string): Subfields {
  const out: Subfields = [['a', title]];
  if (subtitle) out.push(['b', subtitle]);
  if (by) out.push(['c', by]);
  return out.map(([code, value], index) => {
    const next = out[index + 1]?.[0];
    if (next === undefined) return [code, closed(value)];
    return [code, `${value} ${next === 'b' ? ':' : '/'}`];
  });
}

/** "Name ; 3" as $a and $v. */
export function seriesSubfields(statement: string): Subfields {
  const [name = '', volume] = statement.split(' ; ');
  return volume === undefined
    ? [['a', name]]
    : [
        ['a', `${name} ;`],
        ['v', volume],
      ];
}
