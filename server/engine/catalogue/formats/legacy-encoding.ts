import { TextDecoder } from 'node:util';

/** Windows encodings by language, for records that declare none: MARC language code -> WHATWG label. */
const byLanguage: Readonly<Record<string, string>> = {
  gre: 'windows-1253', grc: 'windows-1253', heb: 'windows-1255', yid: 'windows-1255', ara: 'windows-1256',
  per: 'windows-1256', urd: 'windows-1256', tha: 'windows-874', pol: 'windows-1250', cze: 'windows-1250',
  slo: 'windows-1250', hun: 'windows-1250', hrv: 'windows-1250', slv: 'windows-1250', rum: 'windows-1250',
  tur: 'windows-1254', lit: 'windows-1257', lav: 'windows-1257', est: 'windows-1257',
}; // prettier-ignore
const alphabets = new Set(['windows-1251', 'windows-1253', 'windows-1255', 'windows-1256', 'windows-874']);
const decoders = new Map<string, TextDecoder>();

/**
 * Guesses how bytes that are not valid UTF-8 were written: `marc8`, or the label of a Windows encoding. In MARC-8 a
 * diacritic always stands before a letter and high bytes rarely touch; words of high bytes are another alphabet.
 */
export function guessEncoding(bytes: Uint8Array, language: string): string {
  let high = 0;
  let inRuns = 0;
  let against = 0;
  let run = 0;
  for (let at = 0; at <= bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80) {
      high++;
      run++;
      if (!fitsMarc8(bytes, at)) against++;
      continue;
    }
    if (run >= 3) inRuns += run;
    run = 0;
  }
  const hint = byLanguage[language];
  if (inRuns > high / 2) return hint !== undefined && alphabets.has(hint) ? hint : 'windows-1251';
  if (against <= high / 10) return 'marc8';
  return hint !== undefined && !alphabets.has(hint) ? hint : 'windows-1252';
}

function fitsMarc8(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] ?? 0;
  if (byte >= 0xe0 && byte !== 0xff && byte !== 0xfc && byte !== 0xfd) {
    let next = at + 1;
    while ((bytes[next] ?? 0) >= 0xe0) next++;
    const letter = bytes[next] ?? 0;
    if (byte === 0xec || byte === 0xfb) return true;
    return (
      letter === 0x26 ||
      (letter > 0x40 && letter < 0x5b) ||
      (letter > 0x60 && letter < 0x7b) ||
      (letter > 0xa0 && letter < 0xc9)
    );
  }
  if (byte >= 0xc9) return false;
  return byte > 0xa0
    ? byte !== 0xaf && byte !== 0xbb && byte !== 0xbe && byte !== 0xbf
    : [0x88, 0x89, 0x8d, 0x8e].includes(byte);
}

/** Decodes bytes by a WHATWG label such as "windows-1251"; bytes without meaning become U+FFFD. */
export function decodeLegacy(bytes: Uint8Array, label: string): string {
  let decoder = decoders.get(label);
  if (decoder === undefined) {
    decoder = new TextDecoder(label);
    decoders.set(label, decoder);
  }
  return decoder.decode(bytes);
}
