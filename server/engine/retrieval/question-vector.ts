import { fold } from '../../lib/fold.js';
import type { CatalogueFile } from './catalogue-file.js';
import type { Plan } from './plan.js';

/**
 * Asks for the vector of a question as the model of this id makes it; undefined when it cannot be had just now, or when
 * that model is not there. Never rejects.
 */
export type AskVector = (model: string, text: string) => Promise<Float32Array | undefined>;

/** What a question is compared with records by. */
export interface QuestionVector {
  /** Of unit length; undefined when nothing in the question has a vector. */
  vector: Float32Array | undefined;
  /** What two texts that have nothing to do with one another score: the point from which likeness counts. */
  usual: number;
  /** True when the model was asked and did not answer in time. */
  missed: boolean;
}

/** Records that are compared with a question to learn what is usual. */
const sampled = 64;

/** Makes questions' vectors in the live space of an open file, by the file's own training or by asking for a model's. */
export function createQuestionVector({ index, embedding, model, facts }: CatalogueFile) {
  return async (asked: {
    plan: Plan;
    topic: string;
    /** Rows that the answers should resemble. */
    like: readonly number[];
    ask: AskVector | undefined;
  }): Promise<QuestionVector> => {
    const { plan, topic, like, ask } = asked;
    const none = { vector: undefined, usual: 0, missed: false };
    if (index.dimensions === 0) return none;
    const sum = new Float32Array(index.dimensions);
    const add = (vector: Float32Array | undefined, factor: number) =>
      vector?.forEach((value, at) => (sum[at] = (sum[at] ?? 0) + factor * value));
    let missed = false;
    if (embedding) {
      const widened = plan.concepts.map(({ concept }) => concept.entry.strong.join(' ')).join(' ');
      const spelt = plan.words.map((word) => (word.stop ? '' : (word.corrected ?? word.text))).join(' ');
      const [own, wide] = await embedding.embed([spelt, widened]);
      add(own, 1);
      // Where headings are rich the words asked for are in them; where they are poor, related words must find the matter.
      add(wide, 0.5 * (1 - 0.8 * facts.described));
    } else if (model !== undefined && plan.words.length > 0) {
      const own = await ask?.(model, respelt(topic, plan.corrected));
      missed = own === undefined;
      if (own?.length === sum.length) add(own, 1);
    }
    for (const row of like) add(index.vectorOf(row), 1.5 / like.length);
    const length = Math.hypot(...sum);
    if (length === 0) return { ...none, missed };
    const vector = sum.map((value) => value / length);
    return { vector, usual: model === undefined ? 0 : usualFor(vector), missed };
  };

  /** Models crowd all texts together, each in its own measure: what is usual is learnt from records taken evenly. */
  function usualFor(vector: Float32Array): number {
    const step = Math.max(1, Math.floor(facts.highestRow / sampled));
    let sum = 0;
    let records = 0;
    for (let row = 1; row <= facts.highestRow; row += step) {
      const cosine = index.cosine(vector, row);
      if (cosine === 0) continue;
      sum += cosine;
      records++;
    }
    return records === 0 ? 0 : Math.min(0.95, Math.max(0, sum / records));
  }
}

/** The topic as one would write it, with the words that were read as others put right: a model reads it whole. */
export function respelt(topic: string, corrected: readonly { from: string; to: string }[]): string {
  if (corrected.length === 0) return topic;
  return topic.replace(
    /[\p{L}\p{N}\p{M}]+/gu,
    (word) => corrected.find(({ from }) => from === fold(word))?.to ?? word,
  );
}
