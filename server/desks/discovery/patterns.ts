/**
 * The small pattern language of data/followups: words, `(a|b)` for a choice, `[a|b]` for what may be left out, and
 * `<name>` for a slot. A pattern becomes a regular expression over `fold`ed text in which every word ends in a space.
 */
export type Slots = Readonly<Record<string, string>>;

/** Lower case, no accents, no apostrophes, single spaces; `#` stays, since it marks a shown title. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/['’`´]/g, '')
    .replace(/[^\p{L}\p{N}#]+/gu, ' ')
    .trim();
}

/** Source of a regular expression for one pattern; throws on an unknown slot or an unclosed bracket. */
export function patternSource(pattern: string, slots: Slots): string {
  const tokens = pattern.match(/[[\]()|]|<\w+>|[^\s[\]()|<>]+/g) ?? [];
  let at = 0;

  const sequence = (closing: string | undefined): string => {
    const alternatives: string[] = [];
    let current = '';
    for (;;) {
      const token = tokens[at];
      at += 1;
      if (token === undefined || token === closing) {
        if (token !== closing) throw new Error(`"${pattern}" lacks a "${closing ?? ''}"`);
        return [...alternatives, current].join('|');
      }
      if (token === '|') {
        alternatives.push(current);
        current = '';
      } else if (token === '[') current += `(?:${sequence(']')})?`;
      else if (token === '(') current += `(?:${sequence(')')})`;
      else if (token.startsWith('<')) current += slot(token.slice(1, -1));
      else if (token === ']' || token === ')') throw new Error(`"${pattern}" has a "${token}" too many`);
      else current += `${escape(fold(token))} `;
    }
  };
  const slot = (name: string): string => {
    const source = slots[name];
    if (source === undefined) throw new Error(`"${pattern}" names the slot <${name}>, which does not exist`);
    return `(?:${source})`;
  };
  return `(?:${sequence(undefined)})`;
}

/** A regular expression that finds the pattern between words of `${fold(text)} `. */
export function wordPattern(source: string): RegExp {
  return new RegExp(`(?<![^ ])${source}`, 'u');
}

/** Alternation of folded words, each ending in a space, longest first. */
export function anyWord(words: readonly string[]): string {
  const folded = [...new Set(words.map(fold))].sort((a, b) => b.length - a.length);
  return folded.map((word) => `${escape(word)} `).join('|');
}

function escape(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
