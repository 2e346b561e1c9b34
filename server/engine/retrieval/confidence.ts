import type { Intent } from '../../contract/intent.js';
import { mapped, type ConfidenceMap, type Signals } from './confidence-map.js';
import type { Ranking } from './rank-all.js';

const mostWords = 10;
/** Share of the words from which a question is a theme. */
const themeFrom = 0.5;
/** What is left of confidence where limits were let go: nobody has judged such answers. */
const relaxedShare = 0.6;

/** The signals of a ranking; undefined when nothing was found. */
export function signalsOf({ ranked, plan }: Pick<Ranking, 'ranked' | 'plan'>): Signals | undefined {
  const [first] = ranked;
  if (!first) return undefined;
  const said = plan.words.flatMap((word, at) =>
    word.stop ? [] : [{ word, isCovered: plan.covered[at] === true }],
  );
  const unheard = said.filter(({ word, isCovered }) => word.words.size === 0 && !isCovered).length;
  const amiss = said.length === 0 ? 0 : (unheard + plan.corrected.length) / said.length;
  return {
    named: first.known,
    answered: Math.min(1, first.relevance) * Math.max(0, 1 - amiss),
    only_limits: plan.list.length === 0 && plan.concepts.length === 0 ? 1 : 0,
    words: Math.log(1 + Math.min(mostWords, said.length)),
    is_theme: said.length > 0 && said.filter(({ isCovered }) => isCovered).length >= themeFrom * said.length,
  };
}

/**
 * 0 to 1: the share of judged questions with such signals that had a relevant record among the first five. Likeness to a
 * held book and limits let go are not judged anywhere: rules of thumb speak for them.
 */
export function confidenceOf(
  { ranked, plan, relaxed }: Pick<Ranking, 'ranked' | 'plan' | 'relaxed'>,
  intent: Intent,
  map: ConfidenceMap,
): number {
  const [first] = ranked;
  const signals = signalsOf({ ranked, plan });
  if (!first || !signals) return 0;
  const resembles = intent.like !== undefined || intent.like_author !== undefined;
  const like = resembles ? 0.6 * Math.max(0, first.cosine) + 0.3 : 0;
  const sure = Math.min(1, Math.max(mapped(signals, map), like));
  return relaxed.length > 0 ? sure * relaxedShare : sure;
}
