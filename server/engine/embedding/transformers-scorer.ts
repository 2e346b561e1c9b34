import type { LoadedModel } from './model-thread.js';
import { ModelUnusable } from './model-unusable.js';
import { mostInBatch, shortestFirst, takeBatch } from './token-batches.js';
import { loadTransformersModel, type ModelToLoad } from './transformers-model.js';

export interface ScorerToLoad extends ModelToLoad {
  role: 'reranker';
}

export interface PairsToScore {
  question: string;
  texts: readonly string[];
}

/**
 * Loads a reranking model into this thread. A task is a question with texts; the answer is one score for each. Throws
 * ModelUnusable when it does not give one score for a pair of texts.
 */
export async function loadScorer(
  wanted: ScorerToLoad,
): Promise<LoadedModel<PairsToScore, Float32Array<ArrayBuffer>>> {
  const { name } = wanted;
  const model = await loadTransformersModel(wanted);
  try {
    if (!model.outputs.includes('logits'))
      throw new ModelUnusable(`${name} gives no scores: it is no reranking model.`);
    const pair = model.encode(['the'], ['the']);
    const { dims } = await model.run(pair, pair[0]?.ids.length ?? 0, 'logits').catch((cause: unknown) => {
      throw new ModelUnusable(`${name} cannot be run.`, { cause });
    });
    if (dims.length !== 2 || dims[1] !== 1)
      throw new ModelUnusable(
        `${name} gives ${dims[1] ?? 0} scores for a pair of texts instead of one: it is no reranking model.`,
      );
  } catch (error) {
    await model.close();
    throw error;
  }

  return {
    close: () => model.close(),
    async *begin({ question, texts }) {
      const answer = new Float32Array(texts.length);
      const encoded = model.encode(
        texts.map(() => question),
        texts,
      );
      const lengths = encoded.map(({ ids }) => ids.length);
      const waiting = shortestFirst(lengths);
      while (waiting.length > 0) {
        const { places, tokens } = takeBatch(lengths, waiting, mostInBatch);
        const batch = places.flatMap((place) => encoded[place] ?? []);
        const { data } = await model.run(batch, tokens, 'logits');
        places.forEach((place, at) => (answer[place] = data[at] ?? 0));
        if (waiting.length > 0) yield;
      }
      return answer;
    },
  };
}
