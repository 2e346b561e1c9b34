/** A run of a sentence, and whether it stands in the record word for word. */
export interface Run {
  text: string;
  quoted: boolean;
}

/** Cuts `sentence` into runs so that each quote found in it can be marked; longer quotes win over those inside them. */
export function runsOf(sentence: string, quotes: readonly string[]): Run[] {
  const spans: { from: number; to: number }[] = [];
  const lower = sentence.toLowerCase();
  for (const quote of [...quotes].sort((a, b) => b.length - a.length)) {
    if (quote.trim() === '') continue;
    const exact = sentence.indexOf(quote);
    // Lower-casing may change a text's length (İ), so the loose look is only trusted where it did not.
    const from = exact >= 0 || lower.length !== sentence.length ? exact : lower.indexOf(quote.toLowerCase());
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
