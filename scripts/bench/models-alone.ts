import type { LocalChatModel } from '../../server/engine/models/model.js';
import { median, openAsked, processorMs } from './models-asking.js';
import { openBare } from './models-bare.js';
import { noise } from './models-made.js';

export interface AloneMeasured {
  promptTokens: number;
  threads: number;
  /** Tokens a second, medians of the rounds. */
  reading: Compared;
  writing: Compared;
}

interface Compared {
  carrel: number;
  bare: number;
  /** Carrel to bare within a round, so that a busy moment weighs on both; the median. */
  ratio: number;
  /** The same by the two processes' processor time; undefined where the system does not tell. */
  ratioByCpu: number | undefined;
}

const PROMPT_TOKENS = 700;
const WRITTEN_TOKENS = 64;
const TRIAL_WORDS = 200;
const CONTEXT_TOKENS = 2048;
/** What Carrel gives its model's process. */
const NICENESS = 5;

interface Took {
  ms: number;
  cpuMs: number | undefined;
  promptTokens: number;
}
type Ask = (text: string, maxTokens: number) => Promise<Took>;

/**
 * One patron through Carrel's host and the same prompts through node-llama-cpp alone, turn by turn: same threads,
 * context, niceness, chat format and numbers of tokens. The clock runs from the asking to the end of the answer; reading
 * is a long prompt with one token written, writing is what 64 tokens more take after a short one.
 */
export async function measureAlone(model: LocalChatModel, rounds: number): Promise<AloneMeasured> {
  const asked = await openAsked(model, { contextTokens: CONTEXT_TOKENS });
  const { threads } = asked.host.facts() ?? { threads: 1 };
  const bare = await openBare({
    modelPath: model.path,
    threads,
    contextTokens: CONTEXT_TOKENS,
    niceness: NICENESS,
  });
  const timed = async (pid: number, work: () => Promise<Omit<Took, 'cpuMs'>>): Promise<Took> => {
    const before = processorMs(pid);
    const took = await work();
    const after = processorMs(pid);
    const cpuMs = before === undefined || after === undefined ? undefined : after - before;
    return { ...took, cpuMs };
  };
  const throughCarrel: Ask = (text, maxTokens) =>
    timed(asked.host.pid() ?? 0, async () => {
      const { ms, figures } = await asked.ask({ text, maxTokens });
      return { ms, promptTokens: counted(figures, maxTokens) };
    });
  const throughBare: Ask = (text, maxTokens) =>
    timed(bare.pid, async () => {
      const answer = await bare.ask({ text, maxTokens });
      return { ms: answer.ms, promptTokens: counted(answer, maxTokens) };
    });
  try {
    const trial = await throughCarrel(noise(TRIAL_WORDS, 1), 4);
    await throughBare(noise(TRIAL_WORDS, 1), 4);
    const words = Math.round((TRIAL_WORDS * PROMPT_TOKENS) / trial.promptTokens);
    const pairs: { carrel: Round; bare: Round }[] = [];
    for (let round = 0; round < rounds; round++) {
      const measure = (ask: Ask): Promise<Round> => measureRound(ask, words, 100 + 10 * round);
      // Turn about, so that neither is always the one that comes after.
      if (round % 2 === 0)
        pairs.push({ carrel: await measure(throughCarrel), bare: await measure(throughBare) });
      else {
        const first = await measure(throughBare);
        pairs.push({ carrel: await measure(throughCarrel), bare: first });
      }
    }
    return {
      promptTokens: pairs[0]?.carrel.promptTokens ?? 0,
      threads,
      reading: compare(pairs, 'reading'),
      writing: compare(pairs, 'writing'),
    };
  } finally {
    await bare.close();
    await asked.close();
  }
}

interface Rate {
  aSecond: number;
  aCpuSecond: number | undefined;
}
interface Round {
  promptTokens: number;
  reading: Rate;
  writing: Rate;
}

async function measureRound(ask: Ask, words: number, seed: number): Promise<Round> {
  const long = await ask(noise(words, seed), 1);
  const one = await ask(noise(4, seed + 1), 1);
  const more = await ask(noise(4, seed + 1), 1 + WRITTEN_TOKENS);
  const writeCpuMs = more.cpuMs === undefined || one.cpuMs === undefined ? undefined : more.cpuMs - one.cpuMs;
  return {
    promptTokens: long.promptTokens,
    reading: rate(long.promptTokens, long.ms, long.cpuMs),
    writing: rate(WRITTEN_TOKENS, more.ms - one.ms, writeCpuMs),
  };
}

function rate(tokens: number, ms: number, cpuMs: number | undefined): Rate {
  return {
    aSecond: (1000 * tokens) / ms,
    aCpuSecond: cpuMs === undefined ? undefined : (1000 * tokens) / cpuMs,
  };
}

function compare(pairs: readonly { carrel: Round; bare: Round }[], what: 'reading' | 'writing'): Compared {
  const cpuRatios = pairs.flatMap(({ carrel, bare }) => {
    const [mine, theirs] = [carrel[what].aCpuSecond, bare[what].aCpuSecond];
    return mine === undefined || theirs === undefined ? [] : [mine / theirs];
  });
  return {
    carrel: median(pairs.map(({ carrel }) => carrel[what].aSecond)),
    bare: median(pairs.map(({ bare }) => bare[what].aSecond)),
    ratio: median(pairs.map(({ carrel, bare }) => carrel[what].aSecond / bare[what].aSecond)),
    ratioByCpu: cpuRatios.length > 0 ? median(cpuRatios) : undefined,
  };
}

/** The prompt's tokens. Throws when not as many were written as asked for: the two sides would not be alike. */
function counted(answer: { promptTokens: number; writtenTokens: number }, maxTokens: number): number {
  if (answer.writtenTokens !== maxTokens)
    throw new Error(`${answer.writtenTokens} tokens were written and ${maxTokens} asked for`);
  return answer.promptTokens;
}

/** Rows of the bench's table. */
export function aloneRows(name: string, measured: AloneMeasured): string[] {
  const { promptTokens, threads, reading, writing } = measured;
  const figure = ({ carrel, bare, ratio, ratioByCpu }: Compared): string =>
    `${carrel.toFixed(1)} against ${bare.toFixed(1)} tokens/s; share ${ratio.toFixed(2)} (at least 0.95)` +
    (ratioByCpu === undefined ? '' : `, by processor time ${ratioByCpu.toFixed(2)}`);
  return [
    `| ${name}: reading ${promptTokens} tokens, ${threads} thread(s), Carrel against node-llama-cpp alone | ${figure(reading)} |`,
    `| ${name}: writing ${WRITTEN_TOKENS} tokens, the same | ${figure(writing)} |`,
  ];
}
