import { fold } from '../../../lib/fold.js';

const numbers: Record<string, number> = {
  one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11, twelve: 12,
  thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16, seventeen: 17, eighteen: 18, twenty: 20, hundred: 100,
  first: 1, second: 2, third: 3, fourth: 4, fifth: 5, sixth: 6,
  uno: 1, un: 1, una: 1, dos: 2, tres: 3, cuatro: 4, cinco: 5, seis: 6, siete: 7, ocho: 8, nueve: 9, diez: 10, once: 11,
  doce: 12, trece: 13, catorce: 14, quince: 15, dieciseis: 16, diecisiete: 17, dieciocho: 18, veinte: 20, cien: 100,
}; // prettier-ignore
const decades: Record<string, number> = {
  twenties: 20, thirties: 30, forties: 40, fifties: 50, sixties: 60, seventies: 70, eighties: 80, nineties: 90,
  veinte: 20, treinta: 30, cuarenta: 40, cincuenta: 50, sesenta: 60, setenta: 70, ochenta: 80, noventa: 90,
}; // prettier-ignore

/** A mark left where something was taken out of a text, so that names do not run across the gap. */
export const gap = '¦';

/** Text as patterns read it: folded, one space between words, typographic quotation marks made plain. */
export function patternText(text: string): string {
  return fold(text)
    .replace(/[“”«»„]/gu, '"')
    .replace(/[¿¡*_~]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Compiles patterns of the understanding files to one expression; `fill` gives the alternatives of <lang>, <branch>. */
export function compile(patterns: readonly string[], fill: Record<string, readonly string[]> = {}): RegExp {
  const bodies = patterns.map((pattern) => body(pattern, fill)).sort((a, b) => b.length - a.length);
  if (bodies.length === 0) return /(?!)/gu;
  return new RegExp(`(?<![\\p{L}\\p{N}\\p{M}'])(?:${bodies.join('|')})(?![\\p{L}\\p{N}\\p{M}])`, 'gu');
}

function body(pattern: string, fill: Record<string, readonly string[]>): string {
  const words = [...Object.keys(numbers)].sort((a, b) => b.length - a.length).join('|');
  let text = fold(pattern.replace(/\\p\{[LNM]\}/gu, (name) => name.replace('{', '<').replace('}', '>')));
  text = text.replace(/\\p<([lnm])>/gu, (_, category: string) => `\\p{${category.toUpperCase()}}`);
  text = text
    .replace(/\((?!\?)/g, '(?:')
    .replace(/ (?!\?)/g, '[\\s-]+')
    .replace(/ \?/g, '[\\s-]*')
    .replaceAll('<n>', `(\\d{1,4}|${words})`)
    .replaceAll('<yyyy>', '(1[5-9]\\d\\d|20\\d\\d)')
    .replaceAll('<dd>', `(\\d0|${Object.keys(decades).join('|')})`)
    .replaceAll('<x>', `([^${gap}.;!?\\n]{2,90})`);
  for (const [name, alternatives] of Object.entries(fill)) {
    const list = alternatives.map(escaped).sort((a, b) => b.length - a.length);
    text = text.replaceAll(`<${name}>`, list.length > 0 ? `(${list.join('|')})` : '(?!)');
  }
  return text;
}

/** Number of a number capture: digits, or a number word in English or Spanish. */
export function numberOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : (numbers[text] ?? NaN);
}

/** First year of a <dd> capture with its century if one was written: "90" is 1990, "10" is 2010, "1820" is 1820. */
export function decadeStart(match: string): number {
  const written = /(1[5-9]|20)(\d0)/.exec(match);
  if (written) return Number(written[0]);
  const two = Number(/\d0/.exec(match)?.[0] ?? NaN);
  const value = Number.isNaN(two)
    ? (Object.entries(decades).find(([name]) => match.includes(name))?.[1] ?? NaN)
    : two;
  return value < 30 && !Object.keys(decades).some((name) => match.includes(name))
    ? 2000 + value
    : 1900 + value;
}

function escaped(text: string): string {
  return text
    .split(/[\s-]+/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s-]+');
}
