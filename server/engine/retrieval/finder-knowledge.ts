import { readAdvisory, type Advisory } from './advisory.js';
import { readRules, type Rules } from './understanding/rules.js';

/** What finding knows besides the catalogue: how limits are worded, and the reader's-advisory vocabulary. */
export interface FinderKnowledge {
  rules: Rules;
  advisory: Advisory;
}

/** Reads the knowledge files once for any number of catalogues. Throws naming the file that is wrong. */
export function readFinderKnowledge(dirs: readonly string[] = []): FinderKnowledge {
  return { rules: readRules(dirs), advisory: readAdvisory(dirs) };
}
