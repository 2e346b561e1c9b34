import type { LocalChatModel } from '../../server/engine/models/model.js';
import { median, openAsked, type Asked } from './models-asking.js';
import { noise } from './models-made.js';

const PATRONS = 4;
const WRITTEN_TOKENS = 48;

export interface PatronsMeasured {
  sequences: number;
  isDefault: boolean;
  /** Tokens a second written in all, medians of the rounds. */
  one: number;
  all: number;
  /** All to one within a round; the median. */
  ratio: number;
  /** How long one of several waits for the whole answer, in milliseconds; the mean, median of the rounds. */
  waitMs: number;
}

/** Short questions of one patron and of four at once, turn by turn, with as many sequences as asked; undefined takes the default. */
export async function measurePatrons(
  model: LocalChatModel,
  rounds: number,
  sequences: number | undefined,
): Promise<PatronsMeasured> {
  const asked = await openAsked(model, { ...(sequences !== undefined && { sequences }) });
  try {
    await askAtOnce(asked, 1, 1);
    const rows: { one: number; all: number; waitMs: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const one = await askAtOnce(asked, 1, 1000 + 10 * round);
      const all = await askAtOnce(asked, PATRONS, 2000 + 10 * round);
      rows.push({ one: one.aSecond, all: all.aSecond, waitMs: all.waitMs });
    }
    return {
      sequences: asked.host.facts()?.sequences ?? 0,
      isDefault: sequences === undefined,
      one: median(rows.map((row) => row.one)),
      all: median(rows.map((row) => row.all)),
      ratio: median(rows.map((row) => row.all / row.one)),
      waitMs: median(rows.map((row) => row.waitMs)),
    };
  } finally {
    await asked.close();
  }
}

async function askAtOnce(
  asked: Asked,
  patrons: number,
  seed: number,
): Promise<{ aSecond: number; waitMs: number }> {
  const startedAt = performance.now();
  const answers = await Promise.all(
    Array.from({ length: patrons }, (_, i) =>
      asked.ask({ text: noise(4, seed + i), maxTokens: WRITTEN_TOKENS, client: `patron-${i}` }),
    ),
  );
  const written = answers.reduce((sum, { figures }) => sum + figures.writtenTokens, 0);
  return {
    aSecond: (1000 * written) / (performance.now() - startedAt),
    waitMs: answers.reduce((sum, { ms }) => sum + ms, 0) / patrons,
  };
}

/** Rows of the bench's table. */
export function patronsRows(name: string, measured: PatronsMeasured): string[] {
  const { sequences, isDefault, one, all, ratio, waitMs } = measured;
  const place = `${sequences} sequences${isDefault ? ', the default here' : ''}`;
  return [
    `| ${name}: written in all, ${PATRONS} patrons against 1, ${place} | ${all.toFixed(1)} against ${one.toFixed(1)} tokens/s; ratio ${ratio.toFixed(2)} (at least 1); whole answer after ${(waitMs / 1000).toFixed(1)} s on average |`,
  ];
}

const SYSTEM_WORDS = 150;

export interface PrefixMeasured {
  systemTokens: number;
  /** First token, in milliseconds, medians of the rounds. */
  keptMs: number;
  readMs: number;
}

/** The first token after a system prompt that is kept ready and after one as long that must be read. */
export async function measurePrefix(model: LocalChatModel, rounds: number): Promise<PrefixMeasured> {
  const system = noise(SYSTEM_WORDS, 7);
  const asked = await openAsked(model, { systemPrompts: [system] });
  try {
    const kept: number[] = [];
    const read: number[] = [];
    let systemTokens = 0;
    for (let round = 0; round < rounds; round++) {
      const text = noise(4, 50 + round);
      const one = await asked.ask({ system, text, maxTokens: 1 });
      const other = await asked.ask({ system: noise(SYSTEM_WORDS, 3000 + round), text, maxTokens: 1 });
      kept.push(one.ms);
      read.push(other.ms);
      systemTokens = one.figures.promptTokens - one.figures.readTokens;
    }
    return { systemTokens, keptMs: median(kept), readMs: median(read) };
  } finally {
    await asked.close();
  }
}

/** Rows of the bench's table. */
export function prefixRows(name: string, { systemTokens, keptMs, readMs }: PrefixMeasured): string[] {
  return [
    `| ${name}: first token after a kept system prompt of ${systemTokens} tokens | ${keptMs.toFixed(0)} ms; ${readMs.toFixed(0)} ms where it must be read |`,
  ];
}
