import { channel } from 'node:diagnostics_channel';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { systemClock, type Clock } from '../cache/clock.js';
import type { Embedding } from '../embedding/embedding.js';
import type { AskVector } from './question-vector.js';

/** Publishes `{ error }` when a question's vector could not be made. Carries nothing of the question. */
export const vectorFailed = channel('carrel:retrieval:vector-failed');

interface Asked {
  model: string;
  text: string;
}

/** In a search thread: asks whoever holds the other end. */
export function askThrough(port: MessagePort): AskVector {
  return (model, text) =>
    new Promise((resolve) => {
      port.once('message', (vector: Float32Array | null) => resolve(vector ?? undefined));
      port.once('close', () => resolve(undefined));
      port.postMessage({ model, text } satisfies Asked);
    });
}

export interface VectorAnswersOptions {
  /** The embedding of this id, where it is open. */
  embeddings: (model: string) => Embedding | undefined;
  /** A search goes on with words alone after this time; the vector is remembered when it comes. Default 150. */
  budgetMs?: number;
  clock?: Clock;
}

/** Questions that may wait for their vectors at once; what more is asked for is declined without waiting. */
const mostWaiting = 32;

/** In the server's thread: answers search threads with the vectors of questions. */
export function createVectorAnswers({
  embeddings,
  budgetMs = 150,
  clock = systemClock,
}: VectorAnswersOptions) {
  let waiting = 0;

  async function vectorOf({ model, text }: Asked): Promise<Float32Array | undefined> {
    const embedding = embeddings(model);
    // Vectors of two models have nothing to do with one another.
    if (embedding?.id !== model || waiting >= mostWaiting) return undefined;
    waiting++;
    const making = embedding
      .embed([embedding.queryPrefix + text], { urgent: true })
      .then(([vector]) => vector)
      .catch((error: unknown) => {
        vectorFailed.publish({ error });
        return undefined;
      })
      .finally(() => waiting--);
    const late = new AbortController();
    const time = clock.after(budgetMs, late.signal).then(
      () => undefined,
      () => undefined,
    );
    const vector = await Promise.race([making, time]);
    late.abort();
    return vector;
  }

  return {
    /** A port for one search, and how to close it when the search is over; undefined when the model is not there. */
    open(model: string | undefined): { port: MessagePort; close(): void } | undefined {
      if (model === undefined || embeddings(model) === undefined) return undefined;
      const { port1, port2 } = new MessageChannel();
      port1.on('message', (asked: Asked) => {
        void vectorOf(asked).then((vector) => port1.postMessage(vector ?? null));
      });
      return { port: port2, close: () => port1.close() };
    },
  };
}
