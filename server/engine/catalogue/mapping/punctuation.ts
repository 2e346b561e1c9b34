const separators = new Set([' ', '/', ':', ';', '=', ',', '\u00a0']);
// Words whose final stop belongs to them; anything of one or two letters, or with a stop inside, keeps it as well.
const abbreviations = new Set(
  'inc ltd corp bros dept univ vol vols etc esq rev gen col capt sgt prof mrs hon sra srta cia hnos gmbh publ assoc int'.split(
    ' ',
  ),
);

/** Text without the ISBD marks that only lead to the next element: "The scroll /" becomes "The scroll". */
export function withoutSeparators(text: string): string {
  const spaced = oneSpaced(text);
  let start = 0;
  let end = spaced.length;
  while (start < end && isBlank(spaced[start])) start++;
  while (end > start && separators.has(spaced[end - 1] ?? '')) end--;
  return start === 0 && end === spaced.length ? spaced : spaced.slice(start, end);
}

/** Text without its final stop, unless that belongs to an initial or an abbreviation: "Tolkien, J. R. R." keeps it. */
export function withoutFullStop(text: string): string {
  if (!text.endsWith('.') || text.endsWith('...')) return text;
  // "Clarke, Alan R..": the stop of the field after that of the initial.
  if (text.endsWith('..')) return text.slice(0, -1);
  const hyphen = text.lastIndexOf('-');
  const start = Math.max(text.lastIndexOf(' '), text.lastIndexOf('('), hyphen) + 1;
  const word = text.slice(start, -1);
  // "Louis-P." is an initial, "Gia-Fu." is a whole name.
  const shortest = start === hyphen + 1 && hyphen >= 0 ? 1 : 2;
  const isDigits = /^\d+$/.test(word);
  if (!isDigits && (word.length <= shortest || word.includes('.') || abbreviations.has(word.toLowerCase()))) {
    return /^[\p{L}\p{M}]+$/u.test(word) && !/\p{Script=Latin}/u.test(word) ? text.slice(0, -1) : text;
  }
  return text.slice(0, -1);
}

/** Both: what is left is the element itself. */
export function plainText(text: string): string {
  return withoutSeparators(withoutFullStop(withoutSeparators(text)));
}

/** Elements joined by one space each, empty ones left out, runs of blanks inside them made one. */
export function joined(parts: readonly string[]): string {
  return oneSpaced(parts.length === 1 ? (parts[0] ?? '') : parts.filter((part) => part !== '').join(' '));
}

// Only here: readers keep blanks as they are, because in coded fields positions count.
function oneSpaced(text: string): string {
  return text.includes('  ') ? text.replace(/ {2,}/g, ' ') : text;
}

/** Brackets around a whole text are the cataloguer's mark for "supplied": "[Leeds]" becomes "Leeds". */
export function withoutBrackets(text: string): string {
  return /^\[[^[\]]*\]?$/.test(text) ? text.replace(/^\[|\]$/g, '').trim() : text;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\u00a0';
}
