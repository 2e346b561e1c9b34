const special: Record<string, string> = {
  ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i', ŋ: 'n', ħ: 'h', ŧ: 't', ƒ: 'f',
  ς: 'σ', ё: 'е',
}; // prettier-ignore
const specials = new RegExp(`[${Object.keys(special).join('')}]`, 'gu');
// Marks of Latin, Greek and Cyrillic letters; Indic and Arabic vowel signs are part of the word and stay.
const marks = /[\u0300-\u036f]/gu;
const asciiOnly = /^[\x20-\x7e]*$/u;

/** Lower-cases and folds compatibility forms and Latin, Greek and Cyrillic diacritics: "Œuvres d’Été" → "oeuvres d'ete". */
export function fold(text: string): string {
  if (asciiOnly.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(marks, '')
    .replace(specials, (letter) => special[letter] ?? letter)
    .replace(/[’‘ʼ＇`´ʹʻ]/gu, "'")
    .normalize('NFC');
}

/** Letters and digits of the folded text alone, no spaces or vowel signs: equal for any spelling of spaces and hyphens. */
export function compact(text: string): string {
  return fold(text).replace(/[^\p{L}\p{N}]+/gu, '');
}
