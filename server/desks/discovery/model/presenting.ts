import type { Stage } from '../deliver.js';
import type { Card } from '../cards.js';
import { meets } from '../meets.js';
import type { Listing } from '../turns.js';
import type { Why } from '../why.js';
import type { Wording } from '../wording.js';
import type { Choice } from './choosing.js';
import { createGround, type Ground } from './grounding.js';
import { createSentences } from './sentences.js';
import type { Speech } from './speech.js';

/** Puts a model's choice before a patron, piece by piece, as far as the records bear it out. */
export interface Presenter {
  /** Orders the cards by the numbers chosen. Once. */
  order(picks: readonly number[]): Promise<void>;
  /** Says what has become whole of the reply so far; nothing before the order is known. */
  grow(soFar: string): Promise<void>;
  /** The end of the reply, and the reasons. */
  finish(choice: Choice): Promise<void>;
  /** What the patron has seen of it. */
  seen(): { isUsed: boolean; picks: readonly number[] | undefined };
}

const MAX_SENTENCES = 3;

/** `offered` are the candidates as numbered in the prompt, from 1; `most` is how many cards are shown. */
export function createPresenter(
  offered: readonly Card[],
  deps: { stage: Stage; list: Listing; wording: Wording; speech: Speech; question: string; most: number },
): Presenter {
  const { stage, list, wording } = deps;
  const sentences = createSentences();
  const said = new Set<string>();
  let ground: Ground | undefined;
  let picks: readonly number[] | undefined;
  let isUsed = false;

  const say = async (written: readonly string[]): Promise<void> => {
    for (const sentence of written) {
      const shown = said.size < MAX_SENTENCES ? ground?.sentence(sentence) : undefined;
      if (shown === undefined || said.has(shown)) continue;
      said.add(shown);
      isUsed = true;
      await stage.say(shown);
    }
  };

  return {
    async order(numbers) {
      picks = numbers;
      const drafted = list.current();
      const chosen = numbers.flatMap((number) => offered[number - 1] ?? []);
      const shown = inOrder(chosen, drafted.candidates, drafted.found.intent).slice(0, deps.most);
      if (shown.some((card, at) => card !== drafted.draft.cards[at])) {
        isUsed = true;
        const lead = wording.phrases.model.chosen;
        await stage.show(list.replace(drafted.showing(shown)), lead);
      }
      const table = new Map(offered.map((card, at) => [at + 1, card.bib] as const));
      ground = createGround({
        speech: deps.speech,
        question: deps.question,
        found: offered.map((card) => card.bib),
        table: new Map([...table].filter(([, bib]) => shown.some((card) => card.bib.id === bib.id))),
        title: (title) => wording.title(title),
        languageName: (code) => wording.language(code),
      });
    },
    async grow(soFar) {
      if (ground) await say(sentences.grow(soFar));
    },
    async finish(choice) {
      await say(sentences.rest(choice.reply));
      const whys = new Map<string, Why>();
      const shown = new Set(list.current().draft.cards.map((card) => card.bib.id));
      for (const { book, why } of choice.whys) {
        const bib = offered[book - 1]?.bib;
        const line = bib && shown.has(bib.id) ? ground?.why(why, bib) : undefined;
        if (bib && line && !whys.has(bib.id)) whys.set(bib.id, line);
      }
      if (whys.size === 0) return;
      isUsed = true;
      await stage.explain(whys);
    },
    seen: () => ({ isUsed, picks }),
  };
}

/**
 * The chosen first, the others behind them in their order. What does not meet the limits stays where it was, behind
 * all that does, unless nothing does: then all of it only comes close, and may be ordered freely.
 */
function inOrder(
  chosen: readonly Card[],
  candidates: readonly Card[],
  intent: Parameters<typeof meets>[1],
): Card[] {
  const isMet = new Set(candidates.filter((card) => meets(card.bib, intent)));
  const first = isMet.size === 0 ? chosen : chosen.filter((card) => isMet.has(card));
  const others = candidates.filter((card) => !first.includes(card));
  return [...first, ...others];
}
