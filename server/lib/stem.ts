// Longest first; each leaves at least the given number of letters standing.
const suffixes = [
  'ologically', 'istically', 'ological', 'ational', 'ization', 'isation', 'fulness', 'ousness', 'iveness', 'ologist',
  'ically', 'ations', 'ements', 'istic', 'ation', 'ement', 'ative', 'ology', 'ility', 'ingly', 'edly', 'ment', 'ness',
  'able', 'ible', 'isms', 'ists', 'ions', 'ical', 'ial', 'ian', 'ism', 'ist', 'ion', 'ive', 'ous', 'ity', 'ing', 'ful',
  'ure', 'ant', 'ent', 'ary', 'ery', 'ic', 'al', 'an', 'ed', 'er', 'or', 'ly', 'ia', 'y', 'e', 'o', 'a',
]; // prettier-ignore

/**
 * Singular form of a folded Latin-script word by the plural rules that English, French, Spanish and Portuguese
 * share; other scripts, short words and words that merely end in s ("glass", "virus") come back unchanged.
 */
export function singular(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word) || !word.endsWith('s')) return word;
  if (/(ss|us|is)$/.test(word)) return word;
  if (/[^aeiou]ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(sh|ch|x|ss|zz|o)es$/.test(word) && word.length > 4) return word.slice(0, -2);
  if (/(l|r|[^aeiou]n)ves$/.test(word)) return `${word.slice(0, -3)}f`;
  return word.slice(0, -1);
}

/**
 * Family of a word: what is left when derivational endings are taken off its singular ("dystopian", "dystopias" and
 * "dystopia" give "dystop"). Coarser than a stem, so relatives count for less than the word itself.
 */
export function wordFamily(word: string): string {
  let rest = singular(word);
  if (rest.length < 6 || !/^[a-z]+$/.test(rest)) return rest;
  for (let round = 0; round < 2; round++) {
    const suffix = suffixes.find((s) => rest.endsWith(s) && rest.length - s.length >= (s.length < 3 ? 5 : 4));
    if (suffix === undefined) break;
    rest = rest.slice(0, -suffix.length);
  }
  return /([bdgmnprt])\1$/.test(rest) ? rest.slice(0, -1) : rest;
}
