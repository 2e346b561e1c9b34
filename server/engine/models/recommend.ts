import { estimateMemory, gigabytes } from './memory.js';
import type { Machine } from './machine.js';
import { leastMemoryBytes, type OfferedChat, type OfferedEmbedding, type OfferedModel } from './offered.js';

/** What to take on a machine and why, as sentences for staff. */
export interface Recommendation {
  chat: { id: string | null; reason: string };
  embedding: { id: string | null; reason: string };
}

/** What a patron waits for: a question with its books around it, and a short answer. */
export const usualTurn = { promptTokens: 700, answerTokens: 120 } as const;

/** Seconds until the first words, and until the last, of an answer that reads `promptTokens` and writes `answerTokens`. */
export interface Felt {
  firstSeconds: number;
  wholeSeconds: number;
}

/** A box sold as 8 GB tells less: the firmware and a GPU on the board keep some for themselves. */
const SOLD_AS = 0.9;
/** Tokens a second below which a patron reads faster than the model writes and gives up. */
const LEAST_WRITING = 5;
/** Seconds to read a whole prompt; a turn reads about half of it anew, for the fixed part is kept ready. */
const MOST_READING_SECONDS = 12;
/**
 * Bytes of weights times tokens a second that one thread reads a prompt with: 44 to 76 thousand million in our
 * measurements (files of 0.3 to 0.9 GB, AVX-512). An estimate for other processors.
 */
const READ_BY_A_THREAD = 50e9;

/**
 * The chat model and the embedding model that suit a machine, from what is offered: the largest that its memory holds
 * (a GPU's, where there is one that holds it), and that the processor is quick enough for.
 */
export function recommend(machine: Machine, offered: readonly OfferedModel[]): Recommendation {
  return { chat: chatFor(machine, offered), embedding: embeddingFor(machine, offered) };
}

function chatFor(machine: Machine, offered: readonly OfferedModel[]): Recommendation['chat'] {
  const chats = offered
    .filter((model): model is OfferedChat => model.role === 'chat')
    .toSorted((a, b) => b.about_bytes - a.about_bytes);
  const gpu = machine.gpus.toSorted((a, b) => b.memory_bytes - a.memory_bytes)[0];
  const onGpu = gpu && chats.find((model) => needOf(model) <= gpu.free_bytes);
  if (gpu !== undefined && onGpu !== undefined) {
    return {
      id: onGpu.id,
      reason: `${onGpu.name} fits whole into the ${gigabytes(gpu.free_bytes)} that are free on the GPU (${gpu.names.join(', ') || gpu.kind}).`,
    };
  }
  const held = chats.filter((model) => machine.memory_bytes >= leastMemoryBytes(model) * SOLD_AS);
  if (held.length === 0) {
    return {
      id: null,
      reason: `None: with ${gigabytes(machine.memory_bytes)} of memory there is no room for a model beside the catalogue. Answers are composed from records, exact and at once.`,
    };
  }
  const quick = held.find((model) => isQuick(machine, model));
  if (quick === undefined) {
    return {
      id: null,
      reason:
        'None: this machine’s memory is too slow for even the smallest model to write as fast as a patron reads.',
    };
  }
  const passed = held[0] === quick ? '' : ` and that is quick enough here (${held[0]?.name} is not)`;
  const speed = ceiling(machine, quick.about_bytes);
  const writes = speed === undefined ? '' : ` and write at most ${figure(speed)} tokens a second`;
  return {
    id: quick.id,
    reason: `${quick.name} is the largest that ${gigabytes(machine.memory_bytes)} of memory hold beside the catalogue${passed}; it should read a prompt in about ${figure(readingSeconds(machine, quick.about_bytes))} s${writes} (estimates).`,
  };
}

function isQuick(machine: Machine, model: OfferedChat): boolean {
  const writing = ceiling(machine, model.about_bytes) ?? LEAST_WRITING;
  return writing >= LEAST_WRITING && readingSeconds(machine, model.about_bytes) <= MOST_READING_SECONDS;
}

function readingSeconds(machine: Machine, fileBytes: number): number {
  const threads = Math.max(1, machine.cores - 1);
  return usualTurn.promptTokens / ((threads * READ_BY_A_THREAD) / fileBytes);
}

function embeddingFor(machine: Machine, offered: readonly OfferedModel[]): Recommendation['embedding'] {
  const best = offered.find((model): model is OfferedEmbedding => model.role === 'embedding');
  if (best === undefined || machine.memory_bytes < leastMemoryBytes(best) * SOLD_AS) {
    return {
      id: null,
      reason:
        'None: the vectors that Carrel learns from the catalogue itself need no memory of their own to speak of.',
    };
  }
  const english = offered.find((model) => model.role === 'embedding' && model.speaks === 'english');
  const smaller =
    english === undefined ? '' : ` For a catalogue in English alone, ${english.id} is smaller and quicker.`;
  return {
    id: best.id,
    reason: `${best.name}, ${gigabytes(best.about_bytes)}; languages: ${best.languages}.${smaller}`,
  };
}

/** The most tokens a second that memory lets a model write: each token reads the whole file. Undefined when not measured. */
export function ceiling(
  machine: Pick<Machine, 'memory_bytes_per_second'>,
  fileBytes: number,
): number | undefined {
  return machine.memory_bytes_per_second === null ? undefined : machine.memory_bytes_per_second / fileBytes;
}

/** What a patron feels at a measured speed, in tokens a second. */
export function felt(speed: { reading: number; writing: number }): Felt {
  const firstSeconds = usualTurn.promptTokens / speed.reading + 1 / speed.writing;
  return { firstSeconds, wholeSeconds: firstSeconds + (usualTurn.answerTokens - 1) / speed.writing };
}

function needOf(model: OfferedChat): number {
  return estimateMemory({ bytes: model.about_bytes }, { contextTokens: 0, sequences: 0 }).total;
}

function figure(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toFixed(1);
}
