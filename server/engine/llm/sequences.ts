import type { LlamaContext, LlamaContextSequence, Token } from 'node-llama-cpp';

/** The model's conversations side by side. Between two requests each holds at most a fixed prompt. */
export interface Sequences {
  /**
   * Runs `work` on a free sequence, one that begins with `prefix` where there is one; waits while none is free.
   * Afterwards everything behind the prefix is erased, so that nobody's words reach the next.
   */
  use<T>(prefix: readonly Token[], work: (sequence: LlamaContextSequence) => Promise<T>): Promise<T>;
  /** Tokens that each free sequence still holds. */
  held(): readonly (readonly Token[])[];
}

/** What was said could not be erased: the process must end, so that nobody sees it. */
export class StuckSequenceError extends Error {
  constructor(cause: unknown) {
    super('a conversation could not be erased', { cause });
    this.name = 'StuckSequenceError';
  }
}

export function createSequences(context: LlamaContext): Sequences {
  const free = Array.from({ length: context.totalSequences }, () => context.getSequence());
  const waiting: ((sequence: LlamaContextSequence) => void)[] = [];

  const take = (prefix: readonly Token[]): Promise<LlamaContextSequence> => {
    const best = free.findIndex((sequence) => sharedTokens(sequence, prefix) === prefix.length);
    const empty = free.findIndex((sequence) => sequence.nextTokenIndex === 0);
    const [taken] = free.splice(best >= 0 ? best : Math.max(0, empty), 1);
    return taken ? Promise.resolve(taken) : new Promise((resolve) => waiting.push(resolve));
  };
  const giveBack = (sequence: LlamaContextSequence): void => {
    const next = waiting.shift();
    if (next) next(sequence);
    else free.push(sequence);
  };

  return {
    async use(prefix, work) {
      const sequence = await take(prefix);
      try {
        return await work(sequence);
      } finally {
        await eraseBehind(sequence, prefix).catch((cause: unknown) => {
          throw new StuckSequenceError(cause);
        });
        giveBack(sequence);
      }
    },
    held: () => free.map((sequence) => sequence.contextTokens),
  };
}

async function eraseBehind(sequence: LlamaContextSequence, prefix: readonly Token[]): Promise<void> {
  const shared = sharedTokens(sequence, prefix);
  // Models that cannot go back to an earlier state begin anew.
  if (shared === 0 || sequence.needsCheckpoints) return sequence.clearHistory();
  await sequence.eraseContextTokenRanges([{ start: shared, end: sequence.nextTokenIndex }]);
}

function sharedTokens(sequence: LlamaContextSequence, prefix: readonly Token[]): number {
  return sequence.compareContextTokens([...prefix]).firstDifferentIndex;
}
