import { ModelTrouble } from './trouble.js';

/** What a model needs to run, in bytes. */
export interface MemoryEstimate {
  weights: number;
  /** The conversation's memory: every token of context of every sequence. */
  context: number;
  total: number;
}

/** What of a model tells its need. */
export interface MemoryFacts {
  /** Bytes of the weights. */
  bytes: number;
  /** Chat models: what a token of context takes. */
  kvBytesPerToken?: number | undefined;
}

export interface MachineMemory {
  totalBytes: number;
  freeBytes: number;
}

/** What a chat model is given unless its host decides otherwise: a short context, and a few patrons at once. */
export const usualUse = { contextTokens: 2048, sequences: 4 } as const;

/** Weights are laid out anew for the processor in part, and reading a prompt needs room of its own. */
const WEIGHTS_AND_WORK = 1.2;
/** What the system and the rest of Carrel cannot do without. */
const KEPT_FREE = 0.1;
const MiB = 1024 ** 2;

/** Estimates the memory of a model that runs on the processor: its file and a fifth, and its context at 16 bits a number. */
export function estimateMemory(
  model: MemoryFacts,
  options: { contextTokens: number; sequences: number },
): MemoryEstimate {
  const weights = Math.ceil(model.bytes * WEIGHTS_AND_WORK);
  const context = (model.kvBytesPerToken ?? 0) * options.contextTokens * options.sequences;
  return { weights, context, total: weights + context };
}

/** One sentence when the model can never run here; undefined when it can. */
export function tooBigForMachine(estimate: MemoryEstimate, memory: MachineMemory): string | undefined {
  if (estimate.total <= memory.totalBytes * (1 - KEPT_FREE)) return undefined;
  return `This model needs about ${gigabytes(estimate.total)} of memory and this machine has ${gigabytes(memory.totalBytes)} in all: take a smaller one.`;
}

/** One sentence when there is not room for the model just now; undefined when there is. */
export function tooBigForNow(estimate: MemoryEstimate, memory: MachineMemory): string | undefined {
  if (estimate.total <= memory.freeBytes) return undefined;
  return `This model needs about ${gigabytes(estimate.total)} of memory and ${gigabytes(memory.freeBytes)} are free just now: end other programs or take a smaller one.`;
}

/** Throws ModelTrouble when the model can never run here. */
export function requireMachine(estimate: MemoryEstimate, memory: MachineMemory): void {
  const sentence = tooBigForMachine(estimate, memory);
  if (sentence !== undefined) throw new ModelTrouble(sentence);
}

/** Bytes as a person says them: "2.5 GB", "118 MB", "4 kB". */
export function gigabytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= MiB) return `${Math.round(bytes / 1e6)} MB`;
  return bytes >= 1000 ? `${Math.round(bytes / 1000)} kB` : `${bytes} bytes`;
}
