import { readFileSync } from 'node:fs';
import type { AnswerEnd, AnswerFigures } from '../../server/engine/llm/llama-messages.js';
import { openLlamaHost, type LlamaHost, type LlamaHostOptions } from '../../server/engine/llm/llama-host.js';
import type { LocalChatModel } from '../../server/engine/models/model.js';

/** Carrel's own host of a model, asked as desks ask it. */
export interface Asked {
  host: LlamaHost;
  /** Resolves with the wall clock of a whole answer, from the asking to its last piece, and the host's own figures. */
  ask(question: AskedQuestion): Promise<{ ms: number; figures: AnswerFigures }>;
  close(): Promise<void>;
}

export interface AskedQuestion {
  system?: string;
  text: string;
  maxTokens: number;
  client?: string;
}

const LOADING_MS = 120_000;

/** Opens a model on the processor and waits until it answers. */
export async function openAsked(
  model: LocalChatModel,
  options: Partial<LlamaHostOptions> = {},
): Promise<Asked> {
  const figuresOf: (AnswerFigures & { how: AnswerEnd })[] = [];
  const host = openLlamaHost({
    model,
    gpu: 'off',
    onAnswer: (figures) => figuresOf.push(figures),
    ...options,
  });
  await host.ready(AbortSignal.timeout(LOADING_MS));
  return {
    host,
    async ask({ system, text, maxTokens, client = 'one' }) {
      const startedAt = performance.now();
      const pieces = host.chat({
        messages: [
          ...(system === undefined ? [] : [{ role: 'system' as const, text: system }]),
          { role: 'user', text },
        ],
        maxTokens,
        client,
        // Never declined: what is measured is the work, not the waiting.
        budgetMs: 600_000,
        signal: AbortSignal.timeout(600_000),
      });
      for await (const piece of pieces) void piece;
      const figures = figuresOf.shift();
      if (!figures) throw new Error('an answer ended without figures');
      return { ms: performance.now() - startedAt, figures };
    },
    close: () => host.close(),
  };
}

/** Processor time of a process so far, in milliseconds; undefined where the system does not tell (Linux does). */
export function processorMs(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    // Clock ticks of a hundredth of a second, in user and in system mode.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
