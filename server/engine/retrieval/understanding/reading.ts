import { gap, patternText } from './patterns.js';

/** A question while it is read: each thing understood is taken out, and a gap stays where it stood. */
export interface Reading {
  /** What is left, folded; gaps are "¦". */
  readonly text: string;
  /**
   * A long text tells a story or a situation, in which "short", "no" and "teenage" are seldom limits: only what is said
   * outright ("for a 10 year old", "published after 2000", "but no zombies") is read as one.
   */
  readonly long: boolean;
  /**
   * First match that `accept` takes, taken out of the text; undefined without one. Captures come with it. An `accept`
   * that answers with words takes the match and gives those back to the text.
   */
  take(pattern: RegExp, accept?: (match: RegExpMatchArray) => boolean | string): RegExpMatchArray | undefined;
  /** Every match, taken out. */
  takeAll(pattern: RegExp): RegExpMatchArray[];
  /** Matches without taking them out. */
  sees(pattern: RegExp): boolean;
  /** Hides phrases from later patterns until `reveal`, for "short stories", which says nothing of length. */
  hide(pattern: RegExp): void;
  reveal(): void;
  replace(from: string, to: string): void;
}

const longFrom = 12;

/** Begins to read a text. */
export function readText(original: string): Reading {
  let text = patternText(original);
  let hidden: string[] = [];
  const long = text.split(' ').length > longFrom;
  return {
    long,
    get text() {
      return text;
    },
    take(pattern, accept = () => true) {
      for (const match of text.matchAll(pattern)) {
        if (match[0].trim() === '') continue;
        const taken = accept(match);
        if (taken === false) continue;
        const back = taken === true ? '' : `${taken} `;
        text = `${text.slice(0, match.index)} ${gap} ${back}${text.slice(match.index + match[0].length)}`;
        return match;
      }
      return undefined;
    },
    takeAll(pattern) {
      const found: RegExpMatchArray[] = [];
      text = text.replace(pattern, (...args) => {
        const [whole] = args as [string];
        found.push(
          args.filter((arg) => typeof arg === 'string' || arg === undefined) as unknown as RegExpMatchArray,
        );
        return whole.trim() === '' ? whole : ` ${gap} `;
      });
      return found;
    },
    sees: (pattern) => text.search(new RegExp(pattern.source, 'u')) >= 0,
    hide(pattern) {
      text = text.replace(pattern, (whole) => {
        hidden.push(whole);
        return `⟦${hidden.length - 1}⟧`;
      });
    },
    reveal() {
      text = text.replace(/⟦(\d+)⟧/gu, (_, at: string) => hidden[Number(at)] ?? '');
      hidden = [];
    },
    replace(from, to) {
      text = text.replace(from, to);
    },
  };
}
