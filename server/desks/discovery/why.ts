import type { Evidence } from '../../engine/retrieval/search.js';
import type { Wording } from './wording.js';

/** One line of reason, and the words in it that stand in the record letter for letter. */
export interface Why {
  why: string;
  quotes: string[];
}

/** The strongest evidence in words; quotes that the line does not hold are left out rather than bent. */
export function whyOf(evidence: readonly Evidence[], wording: Wording): Why {
  const lines = wording.phrases.why;
  const best = evidence[0];
  if (!best) return { why: lines.none, quotes: [] };
  const why = wording.fill(lines[best.field], { text: best.text });
  const quotes = best.quotes.filter((quote) => quote !== '' && why.includes(quote));
  return { why, quotes: quotes.length > 0 ? quotes : [best.text].filter((text) => text !== '') };
}

/** Why a record stands next to another: the shared series first, else the evidence. */
export function whySimilar(
  evidence: readonly Evidence[],
  series: { shared: string | undefined; title: string },
  wording: Wording,
): Why {
  if (series.shared === undefined) return whyOf(evidence, wording);
  const title = wording.title(series.title);
  return { why: wording.fill(wording.phrases.why.same_series, { title }), quotes: [] };
}
