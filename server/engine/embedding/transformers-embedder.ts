import type { Pooling } from '../models/model.js';
import type { LoadedModel } from './model-thread.js';
import { ModelUnusable } from './model-unusable.js';
import { poolTokens } from './pooling.js';
import { createPace, mostInBatch, shortestFirst, takeBatch } from './token-batches.js';
import { loadTransformersModel, type Encoded, type ModelToLoad } from './transformers-model.js';

export interface EmbedderToLoad extends ModelToLoad {
  role: 'embedding';
  dimensions: number;
  pooling: Pooling;
}

/** A step is over in about this time: who waits for one question waits no longer for work in the background. */
const stepMs = 60;

/**
 * Loads an embedding model into this thread and tries it with its longest text. A task is a list of texts; the answer is
 * their vectors one after another. Throws ModelUnusable when it gives other vectors than it should.
 */
export async function loadEmbedder(
  wanted: EmbedderToLoad,
): Promise<LoadedModel<readonly string[], Float32Array<ArrayBuffer>>> {
  const { name, dimensions, pooling, longest } = wanted;
  const model = await loadTransformersModel(wanted);
  const output = ['last_hidden_state', 'token_embeddings'].find((one) => model.outputs.includes(one));
  const pace = createPace({ stepMs, most: mostInBatch.paddedTokens });

  async function vectorsOf(batch: readonly Encoded[], tokens: number): Promise<Float32Array[]> {
    const found = await model.run(batch, tokens, output ?? '');
    const vectors = { data: found.data, tokens, dimensions };
    return poolTokens(
      vectors,
      batch.map(({ ids }) => ids.length),
      pooling,
    );
  }

  async function tryOut(): Promise<void> {
    if (output === undefined)
      throw new ModelUnusable(`${name} gives no vectors of tokens: it is no embedding model.`);
    const [longText] = model.encode(['the '.repeat(longest)]);
    const [short] = model.encode(['the']);
    for (const text of [short, longText]) {
      if (text === undefined) continue;
      const found = await model.run([text], text.ids.length, output).catch((cause: unknown) => {
        const why = text === short ? 'cannot be run' : `cannot take a text of ${longest} tokens`;
        throw new ModelUnusable(`${name} ${why}.`, { cause });
      });
      const [texts, tokens, numbers] = found.dims;
      if (found.dims.length !== 3 || texts !== 1 || tokens !== text.ids.length)
        throw new ModelUnusable(`${name} gives no vectors of tokens: it is no embedding model.`);
      if (numbers !== dimensions)
        throw new ModelUnusable(
          `${name} gives vectors of ${numbers} numbers, not the expected ${dimensions}.`,
        );
      if (!found.data.every(Number.isFinite))
        throw new ModelUnusable(`${name} gives vectors that are no numbers: its file is damaged.`);
    }
  }

  try {
    await tryOut();
  } catch (error) {
    await model.close();
    throw error;
  }

  return {
    close: () => model.close(),
    async *begin(texts) {
      const answer = new Float32Array(texts.length * dimensions);
      const encoded = model.encode(texts);
      const lengths = encoded.map(({ ids }) => ids.length);
      const waiting = shortestFirst(lengths).filter((place) => {
        const one = encoded[place];
        return one !== undefined && texts[place]?.trim() !== '' && model.knows(one);
      });
      while (waiting.length > 0) {
        const { places, tokens } = takeBatch(lengths, waiting, {
          texts: mostInBatch.texts,
          paddedTokens: pace.paddedTokens,
        });
        const began = performance.now();
        const batch = places.flatMap((place) => encoded[place] ?? []);
        const vectors = await vectorsOf(batch, tokens);
        pace.took(places.length * tokens, performance.now() - began);
        vectors.forEach((vector, at) => answer.set(vector, (places[at] ?? 0) * dimensions));
        if (waiting.length > 0) yield;
      }
      return answer;
    },
  };
}
