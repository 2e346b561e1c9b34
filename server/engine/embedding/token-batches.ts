/** Texts that go through a model together: their places, and tokens of the longest, to which the others are padded. */
export interface TokenBatch {
  places: number[];
  tokens: number;
}

/** The most that goes through a model at once, because a model's runtime keeps what its largest batch took. */
export const mostInBatch = { texts: 32, paddedTokens: 2048 } as const;

/**
 * The next batch of texts, shortest first, so that little is padding: at most `texts` texts and `paddedTokens` tokens
 * with the padding, yet never none. `lengths` are those of all texts in tokens, `waiting` the places still to do, sorted
 * by length; those taken are removed from it.
 */
export function takeBatch(
  lengths: readonly number[],
  waiting: number[],
  most: { texts: number; paddedTokens: number },
): TokenBatch {
  const places: number[] = [];
  let tokens = 0;
  for (const place of waiting) {
    const longest = Math.max(tokens, lengths[place] ?? 0);
    const full = places.length >= most.texts || longest * (places.length + 1) > most.paddedTokens;
    if (places.length > 0 && full) break;
    places.push(place);
    tokens = longest;
  }
  waiting.splice(0, places.length);
  return { places, tokens };
}

/** Places of the texts, shortest first. */
export function shortestFirst(lengths: readonly number[]): number[] {
  return [...lengths.keys()].sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
}

/**
 * How many padded tokens one step may take, so that it is over in about `stepMs`: from what the steps before took, and
 * never more than `most`. The first step is small.
 */
export function createPace({ stepMs, most }: { stepMs: number; most: number }) {
  let tokensAMs: number | undefined;
  return {
    get paddedTokens(): number {
      return tokensAMs === undefined ? Math.min(most, 256) : Math.min(most, tokensAMs * stepMs);
    },
    took(paddedTokens: number, ms: number): void {
      const now = paddedTokens / Math.max(ms, 0.1);
      tokensAMs = tokensAMs === undefined ? now : 0.7 * tokensAMs + 0.3 * now;
    },
  };
}
