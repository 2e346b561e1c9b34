import { systemClock, type Clock } from '../cache/clock.js';
import type { Embedding } from '../embedding/embedding.js';
import { EngineFault, type FaultKind } from '../remote/engine-fault.js';

const firstWaitMs = 2_000;
const longestWaitMs = 5 * 60_000;
/** What an engine on the network gets over by itself: it is restarted, or others keep it busy. */
const passing: ReadonlySet<FaultKind> = new Set(['unreachable', 'silent', 'broken', 'cut_off', 'busy']);

export interface PatientOptions {
  signal: AbortSignal;
  /** Told why it waits, as a sentence, and undefined when the engine is back. */
  onWait: (why: string | undefined) => void;
  clock?: Clock;
}

/**
 * The embedding of an engine on the network, asked again while it is away: after 2 seconds, then twice as long each time
 * up to 5 minutes, or when a busy one says. Rejects with the signal's reason, and at once with every other error.
 */
export function patientEmbedding(
  embedding: Embedding,
  { signal, onWait, clock = systemClock }: PatientOptions,
): Pick<Embedding, 'embed'> {
  return {
    async embed(texts, options) {
      for (let waitMs = firstWaitMs, waited = false; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
        try {
          const vectors = await embedding.embed(texts, options);
          if (waited) onWait(undefined);
          return vectors;
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof EngineFault) || !passing.has(error.kind)) throw error;
          const ms = Math.min(longestWaitMs, Math.max(waitMs, error.retryAfterMs ?? 0));
          onWait(
            `It waits: ${error.message}; it is asked again every few minutes, and search goes on as before.`,
          );
          waited = true;
          await clock.after(ms, signal);
        }
      }
    },
  };
}
