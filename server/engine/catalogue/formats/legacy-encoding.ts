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

// Marks of MARC-8 that hardly any language needs but that are common letters in Windows-1252 (ó, í, õ, ù ...).
const rareMarks = new Set([0xed, 0xef, 0xf3, 0xf5, 0xf7, 0xf9]);
// Languages without caron and ring, whose é and ê look like those marks.
const withoutCaron = new Set(['fre', 'spa', 'por', 'ita', 'cat', 'ger', 'glg']);

/**
 * Guesses how bytes that are not valid UTF-8 were written: `marc8`, or the label of a Windows encoding. In MARC-8 a
 * diacritic always stands before a letter and high bytes rarely touch; words of high bytes are another alphabet.
 */
export function guessEncoding(bytes: Uint8Array, language: string): string {
  let high = 0;
  let inRuns = 0;
  let forMarc8 = 0;
  let against = 0;
  let run = 0;
  for (let at = 0; at <= bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80) {
      high++;
      run++;
      const vote = marc8Vote(bytes, at, withoutCaron.has(language));
      if (vote > 0) forMarc8++;
      else if (vote < 0) against++;
      continue;
    }
    if (run >= 3) inRuns += run;
    run = 0;
  }
  const hint = byLanguage[language];
  if (inRuns > high / 2) return hint !== undefined && alphabets.has(hint) ? hint : 'windows-1251';
  if (against <= forMarc8) return 'marc8';
  return hint !== undefined && !alphabets.has(hint) ? hint : 'windows-1252';
}

/** 1 for a byte that looks like MARC-8, -1 for one that does not, 0 for one that may be either. */
function marc8Vote(bytes: Uint8Array, at: number, isWestern: boolean): number {
  const byte = bytes[at] ?? 0;
  if (byte === 0xec || byte === 0xfb) return 0;
  if (byte >= 0xe0) {
    if (byte === 0xfc || byte === 0xfd || byte === 0xff) return -1;
    let next = at + 1;
    while ((bytes[next] ?? 0) >= 0xe0) next++;
    const letter = bytes[next] ?? 0;
    const isLetter =
      (letter > 0x40 && letter < 0x5b) ||
      (letter > 0x60 && letter < 0x7b) ||
      (letter > 0xa0 && letter < 0xc9);
    if (!isLetter && letter !== 0x26) return -1;
    if (rareMarks.has(byte) || (isWestern && (byte === 0xe9 || byte === 0xea))) return -1;
    const after = String.fromCharCode(letter).toLowerCase();
    // Grave and umlaut stand over vowels; what looks like them before a consonant is é, è or á of Windows.
    if ((byte === 0xe1 || byte === 0xe8) && !'aeiouynwxh'.includes(after)) return -1;
    if (isWestern && byte === 0xe7) return -1;
    if (byte === 0xe1 || byte === 0xe2 || byte === 0xe3 || byte === 0xe8)
      return 'aeiouy'.includes(after) ? 1 : 0;
    if (byte === 0xe4) return 'nao'.includes(after) ? 1 : 0;
    return byte === 0xf0 && after === 'c' ? 1 : 0;
  }
  if (byte >= 0xc9) return -1;
  if (byte > 0xa0) return byte === 0xaf || byte === 0xbb || byte === 0xbe || byte === 0xbf ? -1 : 0;
  return byte === 0x88 || byte === 0x89 || byte === 0x8d || byte === 0x8e ? 0 : -1;
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
