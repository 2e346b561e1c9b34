import type { Bib } from '../../engine/catalogue/bib.js';
import type { Evidence } from '../../engine/retrieval/search.js';
import type { Wording } from './wording.js';

/** One line of reason, and the words in it that stand in the record letter for letter. */
export interface Why {
  why: string;
  quotes: string[];
}

/**
 * The strongest evidence in words; quotes that the line does not hold are left out rather than bent. A passage cut out
 * of a summary shows that it was cut.
 */
export function whyOf(evidence: readonly Evidence[], bib: Bib, wording: Wording): Why {
  const lines = wording.phrases.why;
  const best = evidence[0];
  if (!best) return { why: lines.none, quotes: [] };
  const why = wording.fill(lines[best.field], { text: passageOf(best, bib) });
  const quotes = best.quotes.filter((quote) => quote !== '' && why.includes(quote));
  return {
    why,
    quotes: quotes.length > 0 ? quotes : [best.text].filter((text) => text !== '' && why.includes(text)),
  };
}

function passageOf({ field, text }: Evidence, bib: Bib): string {
  const whole = field === 'summary' ? bib.summary : field === 'contents' ? bib.contents : undefined;
  const at = whole?.indexOf(text) ?? -1;
  if (whole === undefined || at < 0) return text;
  const before = whole.slice(0, at).trim();
  // A passage that begins with its sentence is whole in front.
  const isCutBefore = before !== '' && !/[.!?]["”»’]?$/u.test(before);
  const isCutAfter = at + text.length < whole.trimEnd().length && !/[.!?]["”»’]?$/u.test(text);
  return `${isCutBefore ? '… ' : ''}${text}${isCutAfter ? ' …' : ''}`;
}

/** Why a record stands next to another: the shared series first, else a shared heading, else the evidence. */
export function whySimilar(
  evidence: readonly Evidence[],
  bib: Bib,
  series: { shared: string | undefined; title: string },
  wording: Wording,
): Why {
  const lines = wording.phrases.why;
  if (series.shared !== undefined) {
    return { why: wording.fill(lines.same_series, { title: wording.title(series.title) }), quotes: [] };
  }
  const [best] = evidence;
  if (best?.field !== 'subject' && best?.field !== 'genre') return whyOf(evidence, bib, wording);
  return { why: wording.fill(lines.shared, { text: best.text }), quotes: [best.text] };
}
