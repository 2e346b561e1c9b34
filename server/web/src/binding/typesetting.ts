/** Lines of type that fit a box. */
export interface TypeSet {
  lines: string[];
  size: number;
  /** Columns read from top to bottom, right to left, one sign under the other. */
  vertical: boolean;
}

export interface TypeBox {
  width: number;
  height: number;
  largest: number;
  smallest: number;
}

export const LEADING = 1.2;

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const NO_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const NOT_FIRST = /^[、。，．・：；？！）」』】〉》ー々,.:;!?)\]}»”’]/u;

/**
 * Sets `text` as large as the box allows, with lines of even length, in any script: it breaks at spaces, between
 * signs where a script writes none, inside a word only when nothing else helps, and ends in "…" when even the
 * smallest type does not fit.
 */
export function typeset(text: string, box: TypeBox): TypeSet {
  const words = pieces(text);
  for (let size = box.largest; size >= box.smallest; size -= 1) {
    const lines = broken(words, box.width / size);
    if (lines && lines.length * size * LEADING <= box.height) {
      return { lines: evened(words, box.width / size, lines), size, vertical: false };
    }
  }
  const size = box.smallest;
  const rows = Math.max(1, Math.floor(box.height / (size * LEADING)));
  const lines = broken(
    words.flatMap((w) => halved(w, box.width / size)),
    box.width / size,
  ) ?? [text];
  if (lines.length <= rows) return { lines, size, vertical: false };
  const kept = lines.slice(0, rows);
  kept[rows - 1] = `${(kept[rows - 1] ?? '').replace(/[\s,;:.]+$/u, '').slice(0, -1)}…`;
  return { lines: kept, size, vertical: false };
}

/** Sets a short title of Chinese, Japanese or Korean signs in one or two columns; undefined when it is no such title. */
export function typesetDown(text: string, box: TypeBox): TypeSet | undefined {
  const signs = graphemes(text.replace(/\s+/g, ''));
  if (signs.length > 18 || !signs.every((s) => CJK.test(s) || /[・ー々]/u.test(s))) return undefined;
  for (let size = box.largest; size >= box.smallest; size -= 1) {
    const perColumn = Math.floor(box.height / (size * 1.12));
    const columns = Math.ceil(signs.length / perColumn);
    if (columns * size * LEADING > box.width) continue;
    const each = Math.ceil(signs.length / columns);
    const lines = Array.from({ length: columns }, (_, i) => signs.slice(i * each, (i + 1) * each).join(''));
    return { lines, size, vertical: true };
  }
  return undefined;
}

/** What a binder would stamp of a long title: the part before the subtitle, when that says enough. */
export function coverTitle(title: string): string {
  const whole = title.replace(/\s*[/:;,.]\s*$/u, '').trim();
  if ([...whole].length <= 48) return whole;
  const short = /^(.{3,}?)\s*(?::| ; | — | – |\. )\s*\S/u.exec(whole)?.[1];
  if (short !== undefined) return short;
  return [...whole].length <= 90 ? whole : (/^(.{24,90}?),\s/u.exec(whole)?.[1] ?? whole);
}

/** A name as bindings carry it: "Woolf, Virginia, 1882-1941" becomes "Virginia Woolf". */
export function coverAuthor(heading: string): string {
  const parts = heading
    .replace(/\([^)]*\)/gu, '')
    .split(/[,،，]\s*/u)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/\d/u.test(part));
  const [family, given] = parts;
  if (given !== undefined && /^(?:[JS]r\.?|I{2,3}|IV)$/u.test(given)) return heading.trim();
  if (family === undefined) return heading.trim();
  return given === undefined
    ? family.replace(/\.$/u, '')
    : `${given.replace(/(?<=\p{Ll})\.$/u, '')} ${family}`;
}

/** Width of a text in ems, near enough to break lines by. */
export function ems(text: string): number {
  let sum = 0;
  for (const sign of text) sum += width(sign);
  return sum;
}

function width(sign: string): number {
  if (/\p{M}/u.test(sign)) return 0;
  if (CJK.test(sign) || /[\u3000-\u303f\uff01-\uff60]/u.test(sign)) return 1.02;
  if (sign === ' ') return 0.26;
  if (/[iljtfrI.,;:'’!|()[\]-]/u.test(sign)) return 0.36;
  if (/[mwMW—…@%]/u.test(sign)) return 0.9;
  if (/\p{Lu}/u.test(sign)) return 0.72;
  if (/[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(sign)) return 0.56;
  if (/[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}]/u.test(sign)) return 0.68;
  return 0.56;
}

function pieces(text: string): string[] {
  return text
    .trim()
    .split(/\s+/u)
    .flatMap((word) => (NO_SPACES.test(word) ? glued(word) : [`${word} `]));
}

function glued(word: string): string[] {
  const signs: string[] = [];
  for (const sign of graphemes(word)) {
    const last = signs.at(-1);
    const joins =
      last !== undefined && (NOT_FIRST.test(sign) || (!NO_SPACES.test(sign) && !NO_SPACES.test(last)));
    if (joins) signs[signs.length - 1] = last + sign;
    else signs.push(sign);
  }
  const end = signs.length - 1;
  return signs.map((sign, i) => (i === end ? `${sign} ` : sign));
}

function graphemes(text: string): string[] {
  return Array.from(
    new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text),
    (s) => s.segment,
  );
}

/** Greedy lines no wider than `room` ems; undefined when a piece alone is wider. */
function broken(words: readonly string[], room: number): string[] | undefined {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (ems(word.trimEnd()) > room) return undefined;
    if (line !== '' && ems((line + word).trimEnd()) > room) {
      lines.push(line.trimEnd());
      line = word;
    } else line += word;
  }
  if (line !== '') lines.push(line.trimEnd());
  return lines;
}

/** The narrowest setting that takes no more lines, so that no word is left alone at the end. */
function evened(words: readonly string[], room: number, lines: string[]): string[] {
  let best = lines;
  for (let narrower = room * 0.95; narrower > room * 0.4; narrower *= 0.95) {
    const tried = broken(words, narrower);
    if (!tried || tried.length > lines.length) return best;
    best = tried;
  }
  return best;
}

function halved(word: string, room: number): string[] {
  const rows: string[] = [''];
  for (const sign of graphemes(word)) {
    const last = rows.at(-1) ?? '';
    if (last !== '' && sign !== ' ' && ems(last + sign) > room) rows.push(sign);
    else rows[rows.length - 1] = last + sign;
  }
  return rows;
}
