import type { Intent } from '../../contract/intent.js';
import { wordsOf } from '../../lib/words.js';
import type { Advisory, AdvisoryMatch } from './advisory.js';
import type { Concept } from './concept.js';
import { readWords, type QueryWord, type WordReader } from './query-words.js';

/** What ranking looks for: words, and concepts that take the place of the words they cover. */
export interface Plan {
  /** All words of the topic, stop words too, in order. */
  list: string[];
  words: QueryWord[];
  concepts: { concept: Concept; weight: number; covers: number[]; language: string }[];
  /** Whether a concept stands for the word at this place. */
  covered: boolean[];
  corrected: { from: string; to: string }[];
  /** Neighbouring words of a long description and how much finding them side by side says. */
  pairs: Map<string, number>;
  /** True when the topic is a long description rather than a few words. */
  descriptive: boolean;
}

export interface PlanDeps extends WordReader {
  advisory: Advisory;
  conceptOf: (entry: Parameters<Advisory['label']>[0]) => Concept | undefined;
}

const descriptiveFrom = 10;
/** A concept weighs at least as much as a common word, however often its own words stand in this catalogue. */
const leastConceptWeight = 2;

/** Plans the search for an intent's topic; `plain` leaves the advisory vocabulary out. */
export function planFor(intent: Intent, deps: PlanDeps, { plain = false } = {}): Plan {
  const list = wordsOf(intent.topic);
  // What the vocabulary of readers covers as typed is no slip: "duelo" is mourning, not a mistyped "duel".
  const known = plain ? new Set<number>() : placesOf(deps.advisory.match(list));
  const { words, corrected } = readWords(intent.topic, deps, known);
  const contentWords = words.filter(({ stop }) => !stop).length;
  const descriptive = contentWords >= descriptiveFrom || list.length >= descriptiveFrom + 3;
  const spelt = list.map((word) => corrected.find(({ from }) => from === word)?.to ?? word);
  const wanted = new Set(intent.appeals ?? []);
  const matches = plain ? [] : deps.advisory.match(spelt);
  const concepts: Plan['concepts'] = [];
  for (const { entry, from, to, language } of matches) {
    const concept =
      wanted.has(entry.id) || intent.appeals === undefined ? deps.conceptOf(entry.id) : undefined;
    if (!concept) continue;
    const covers = [...words.keys()].filter((place) => {
      const at = words[place]?.at ?? -1;
      return at >= from && at <= to;
    });
    const own = covers.reduce(
      (sum, place) => sum + (words[place]?.stop ? 0 : (words[place]?.weight ?? 0)),
      0,
    );
    const weight = entry.weight * Math.max(leastConceptWeight, Math.min(own, 8));
    // In a long description a genre word is one word among many.
    concepts.push({ concept, weight: descriptive ? weight * 0.05 : weight, covers, language });
    wanted.delete(entry.id);
  }
  // Appeals that were carried over from an earlier turn and are not in the words any more.
  for (const id of plain ? [] : wanted) {
    const concept = deps.conceptOf(id);
    if (concept)
      concepts.push({
        concept,
        weight: concept.entry.weight * leastConceptWeight,
        covers: [],
        language: 'en',
      });
  }
  const covered = new Array<boolean>(words.length).fill(false);
  for (const { covers } of concepts) for (const place of covers) covered[place] = true;
  const pairs = descriptive ? pairsOf(list, words) : new Map<string, number>();
  return { list, words, concepts, covered, corrected, descriptive, pairs };
}

function placesOf(matches: readonly AdvisoryMatch[]): Set<number> {
  return new Set(
    matches.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, step) => from + step)),
  );
}

function pairsOf(list: readonly string[], words: readonly QueryWord[]): Map<string, number> {
  const byText = new Map(words.map((word) => [word.text, word]));
  const pairs = new Map<string, number>();
  for (let at = 0; at + 1 < list.length; at++) {
    const both = [byText.get(list[at] ?? ''), byText.get(list[at + 1] ?? '')];
    const weight = both.reduce((sum, word) => sum + (word === undefined ? 0 : word.weight), 0);
    if (both.some((word) => word !== undefined && !word.stop))
      pairs.set(`${list[at]} ${list[at + 1]}`, weight);
  }
  return pairs;
}
