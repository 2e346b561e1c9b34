/** A run of a sentence, and whether it stands in the record word for word. */
export interface Run {
  text: string;
  quoted: boolean;
}

/** Scripts that put no spaces between words: any sign may begin a word, and any may begin a line. */
export const NO_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/**
 * Cuts `sentence` into runs so that each quote found in it can be marked; longer quotes win over those inside them, and
 * "mar" is not found in "summary".
 */
export function runsOf(sentence: string, quotes: readonly string[]): Run[] {
  const spans: { from: number; to: number }[] = [];
  const lower = sentence.toLowerCase();
  for (const quote of [...quotes].sort((a, b) => b.length - a.length)) {
    if (quote.trim() === '') continue;
    const exact = placeOf(quote, sentence);
    // Lower-casing may change a text's length (İ), so the loose look is only trusted where it did not.
    const from = exact >= 0 || lower.length !== sentence.length ? exact : placeOf(quote.toLowerCase(), lower);
    const to = from + quote.length;
    if (from >= 0 && !spans.some((s) => from < s.to && s.from < to)) spans.push({ from, to });
  }
  spans.sort((a, b) => a.from - b.from);
  const runs: Run[] = [];
  let at = 0;
  for (const { from, to } of spans) {
    if (from > at) runs.push({ text: sentence.slice(at, from), quoted: false });
    runs.push({ text: sentence.slice(from, to), quoted: true });
    at = to;
  }
  if (at < sentence.length) runs.push({ text: sentence.slice(at), quoted: false });
  return runs;
}

/** The first place where `quote` stands as words of its own, or -1. */
function placeOf(quote: string, text: string): number {
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + 1)) {
    const end = at + quote.length;
    if (!joined(text, at) && !joined(text, end)) return at;
  }
  return -1;
}

/** Whether the signs before and after a place belong to one word. */
function joined(text: string, at: number): boolean {
  const [before, after] = [text[at - 1] ?? '', text[at] ?? ''];
  const inWord = (sign: string): boolean => /[\p{L}\p{M}\p{N}]/u.test(sign) && !NO_SPACES.test(sign);
  return inWord(before) && inWord(after);
}
