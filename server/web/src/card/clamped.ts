import { NO_SPACES, type Run } from './quotes.js';

/** About two lines on a card. */
const LENGTH = 110;

const PAIRS = [
  ['“', '”'],
  ['«', '»'],
] as const;

/**
 * Cuts a sentence to about `length` characters at word boundaries, with an ellipsis where something was left out. It
 * begins at the beginning where the first quoted run still fits, and stands around that run otherwise; a run longer
 * than that is itself cut at its end. Quotation marks that are opened stay closed.
 */
export function clamped(runs: readonly Run[], length = LENGTH): Run[] {
  const whole = runs.map((run) => run.text).join('');
  if (whole.length <= length) return [...runs];
  const [from, to] = firstQuoted(runs);
  const breaks = wordBreaks(whole);
  const room = Math.max(0, length - (to - from));
  const wanted = to <= length ? 0 : Math.min(from - Math.floor(room / 2), whole.length - length);
  const start =
    wanted <= 0 ? 0 : (breaks.find((at) => at >= wanted && at <= from && whole[at] !== ' ') ?? from);
  const last = breaks.findLast(
    (at) => at <= start + length && at > start && (at >= to || to > start + length),
  );
  return dressed(
    between(runs, start, last ?? start + length),
    start > 0,
    (last ?? start + length) < whole.length,
  );
}

function firstQuoted(runs: readonly Run[]): [from: number, to: number] {
  let at = 0;
  for (const { text, quoted } of runs) {
    if (quoted) return [at, at + text.length];
    at += text.length;
  }
  return [0, 0];
}

/** Places where a word begins or ends, in order. */
function wordBreaks(text: string): number[] {
  const places = new Set([0, text.length]);
  for (const { index, 0: space } of text.matchAll(/\s+/gu)) places.add(index).add(index + space.length);
  for (const { index, 0: sign } of text.matchAll(/\p{L}\p{M}*/gu)) {
    if (NO_SPACES.test(sign)) places.add(index).add(index + sign.length);
  }
  return [...places].sort((a, b) => a - b);
}

function between(runs: readonly Run[], start: number, end: number): Run[] {
  const kept: Run[] = [];
  let at = 0;
  for (const { text, quoted } of runs) {
    const part = text.slice(Math.max(0, start - at), Math.max(0, end - at));
    if (part !== '') kept.push({ text: part, quoted });
    at += text.length;
  }
  return kept;
}

/** The kept runs with their ellipses, and with a partner for each quotation mark that lost its own. */
function dressed(kept: Run[], cutBefore: boolean, cutAfter: boolean): Run[] {
  const [head, tail] = [kept[0], kept.at(-1)];
  if (head && cutBefore) kept[0] = { ...head, text: head.text.replace(/^[\s,;:.…—]+/u, '') };
  if (tail && cutAfter) {
    kept[kept.length - 1] = { ...tail, text: (kept.at(-1)?.text ?? '').replace(/[\s,;:.…—]+$/u, '') };
  }
  const text = kept.map((run) => run.text).join('');
  const opened = PAIRS.filter(([open, close]) => text.lastIndexOf(open) > text.lastIndexOf(close));
  const closed = PAIRS.filter(([open, close]) => {
    const first = text.indexOf(close);
    return first >= 0 && !text.slice(0, first).includes(open);
  });
  const before = cutBefore ? `${closed.map(([open]) => open).join('')}…` : '';
  const after = cutAfter ? `…${opened.map(([, close]) => close).join('')}` : '';
  return [{ text: before, quoted: false }, ...kept, { text: after, quoted: false }].filter(
    (run) => run.text !== '',
  );
}
