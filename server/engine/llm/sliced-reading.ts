import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** A slice takes at most about this long, so that leaving while a prompt is read takes effect within 300 ms. */
const SLICE_MS = 250;
/** On processors, whole 64s are read a fifth faster than anything less; only where they take too long is a slice shorter. */
const GOOD_SLICE = 64;
const NEARLY_GOOD = 56;
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
  return {
    async read(sequence, tokens, signal) {
      const { firstDifferentIndex } = sequence.compareContextTokens([...tokens]);
      await sequence.eraseContextTokenRanges([{ start: firstDifferentIndex, end: sequence.nextTokenIndex }]);
      for (let at = firstDifferentIndex; at < tokens.length;) {
        signal.throwIfAborted();
        const part = tokens.slice(at, at + slice);
        const startedAt = now();
        await sequence.evaluateWithoutGeneratingNewTokens(part);
        at += part.length;
        // A last slice that is short says little of the speed: most of its time is the call itself.
        if (part.length === slice) slice = suited(slice, now() - startedAt);
      }
      return tokens.length - firstDifferentIndex;
    },
  };
}

/** At most twice or half as long as before, so that one slow moment does not decide. */
function suited(slice: number, tookMs: number): number {
  const wanted = (slice * SLICE_MS) / Math.max(tookMs, 1);
  const near = Math.min(LARGEST_SLICE, slice * 2, Math.max(slice / 2, wanted));
  if (near >= NEARLY_GOOD) return Math.max(1, Math.floor(near / GOOD_SLICE)) * GOOD_SLICE;
  return Math.max(SMALLEST_SLICE, Math.floor(near / 8) * 8);
}
