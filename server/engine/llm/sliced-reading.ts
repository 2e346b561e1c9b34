import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** A slice takes at most about this long, so that leaving while a prompt is read takes effect within 300 ms. */
const SLICE_MS = 250;
/**
 * On processors, from 64 on flash attention works in tiles: 63 tokens take longer than 64, and so do 48. Only where a
 * whole 64 takes too long is a slice shorter, and then so short that it gains time.
 */
const GOOD_SLICE = 64;
const SHORTER = 40;
const LONGEST_MS = 300;
/** Where a whole 64 took hardly too long, the machine may have been busy: it is tried again, once in so long. */
const HARDLY_MS = 600;
const AGAIN_MS = 30_000;
const SMALLEST_SLICE = 8;
const LARGEST_SLICE = 512;

/** Reads prompts in slices whose length follows the measured speed. */
export interface SlicedReading {
  /**
   * Brings the sequence to hold `tokens` and nothing else; what it holds already is not read again. Answers how many
   * were read. Throws the signal's reason between two slices; what was read by then stays.
   */
  read(sequence: LlamaContextSequence, tokens: readonly Token[], signal: AbortSignal): Promise<number>;
}

export function createSlicedReading(now: () => number = () => performance.now()): SlicedReading {
  let slice = GOOD_SLICE;
  /** What a whole 64 took at best: who was once quick enough only had a slow moment. */
  let bestGoodMs = Infinity;
  let goodTriedAt = now();
  const next = (tookMs: number): number => {
    const wanted = (slice * SLICE_MS) / Math.max(tookMs, 1);
    // At most twice or half as long as before, so that one slow moment does not decide.
    const near = Math.min(LARGEST_SLICE, slice * 2, Math.max(slice / 2, wanted));
    if (slice >= GOOD_SLICE) {
      bestGoodMs = Math.min(bestGoodMs, (GOOD_SLICE * tookMs) / slice);
      goodTriedAt = now();
    }
    const isGoodNow =
      slice >= GOOD_SLICE ? (GOOD_SLICE * tookMs) / slice <= LONGEST_MS : tookMs <= LONGEST_MS;
    if (isGoodNow && bestGoodMs <= LONGEST_MS) {
      return Math.max(1, Math.floor(near / GOOD_SLICE)) * GOOD_SLICE;
    }
    return Math.max(SMALLEST_SLICE, Math.floor(Math.min(SHORTER, near) / 8) * 8);
  };
  return {
    async read(sequence, tokens, signal) {
      const { firstDifferentIndex } = sequence.compareContextTokens([...tokens]);
      await sequence.eraseContextTokenRanges([{ start: firstDifferentIndex, end: sequence.nextTokenIndex }]);
      if (slice < GOOD_SLICE && bestGoodMs <= HARDLY_MS && now() - goodTriedAt > AGAIN_MS) slice = GOOD_SLICE;
      for (let at = firstDifferentIndex; at < tokens.length;) {
        signal.throwIfAborted();
        const part = tokens.slice(at, at + slice);
        const startedAt = now();
        await sequence.evaluateWithoutGeneratingNewTokens(part);
        at += part.length;
        // A last slice that is short says little of the speed: most of its time is the call itself.
        if (part.length === slice) slice = next(now() - startedAt);
      }
      return tokens.length - firstDifferentIndex;
    },
  };
}
