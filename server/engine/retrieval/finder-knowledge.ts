import { readAdvisory, type Advisory } from './advisory.js';
import { readConfidenceMap, type ConfidenceMap } from './confidence-map.js';
import { readRules, type Rules } from './understanding/rules.js';

/** What finding knows besides the catalogue: how limits are worded, the reader's-advisory vocabulary, what to trust. */
export interface FinderKnowledge {
  rules: Rules;
  advisory: Advisory;
  confidence: ConfidenceMap;
}

/** Reads the knowledge files once for any number of catalogues. Throws naming the file that is wrong. */
export function readFinderKnowledge(dirs: readonly string[] = []): FinderKnowledge {
  return { rules: readRules(dirs), advisory: readAdvisory(dirs), confidence: readConfidenceMap(dirs) };
}
