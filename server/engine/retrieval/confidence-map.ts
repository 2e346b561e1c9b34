import { z } from 'zod';
import { readKnowledge } from '../knowledge-files.js';

/** What retrieval knows about how well the first record answers; each tells on its own that an answer is better. */
export interface Signals {
  /** 0 to 1: how surely the question names the first record. */
  named: number;
  /** 0 to 1: share of the question that the first record answers; words that no record has are not answered. */
  answered: number;
  /** 1 when nothing but limits was asked for, and records meet them. */
  only_limits: number;
  /** Logarithm of one more than the words that say something, ten at most: one word can be about anything. */
  words: number;
  /** True when the vocabulary of readers covers most of the question: a theme, rather than a title. */
  is_theme: boolean;
}

export const signalNames = ['named', 'answered', 'only_limits', 'words'] as const satisfies (keyof Signals)[];

/** Weights by which signals become the share of such questions that were answered; made by scripts/fit-confidence. */
const ConfidenceMap = z.strictObject({
  base: z.number(),
  weights: z.strictObject({
    named: z.number().min(0),
    answered: z.number().min(0),
    only_limits: z.number().min(0),
    words: z.number().min(0),
  }),
  fitted: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
export type ConfidenceMap = z.infer<typeof ConfidenceMap>;

/** A theme that is answered in part is answered more often than a title; too few of them are judged to fit. */
const themeAtMost = 0.6;
const themeShare = 1.15;

/** The map of the last of `dirs` that has one, else Carrel's own. Throws when it is not in the form it should have. */
export function readConfidenceMap(dirs: readonly string[] = []): ConfidenceMap {
  const maps = readKnowledge('confidence', dirs).filter(({ name }) => name === 'retrieval');
  return ConfidenceMap.parse(maps.at(-1)?.content);
}

/** Signals through the map: a logistic function of their weighted sum, and for themes the rule of thumb if it says more. */
export function mapped(signals: Signals, { base, weights }: ConfidenceMap): number {
  const sum = signalNames.reduce((total, name) => total + weights[name] * signals[name], base);
  const theme = signals.is_theme ? Math.min(themeAtMost, themeShare * signals.answered) : 0;
  return Math.max(1 / (1 + Math.exp(-sum)), theme);
}
