import type { JsonSchema } from './json-schema.js';
import type { ChatMessage } from './llm.js';

/** How a model is opened in its process. */
export interface LlamaSettings {
  modelPath: string;
  gpu: 'auto' | 'off' | 'cuda' | 'vulkan' | 'metal';
  /** It was `auto`, and the process fell with that. */
  gpuFell?: boolean;
  /** Threads for arithmetic on the processor. */
  threads: number;
  /** The context that the model was made for. */
  modelContextTokens: number;
  /** Tokens of one conversation; undefined takes what suits the device. */
  contextTokens: number | undefined;
  /** Conversations at once; undefined takes what suits the device. */
  sequences: number | undefined;
  /** Look at every weight while loading: slower, and refuses files with numbers that are none. */
  checkTensors: boolean;
  /** Folder for the states of fixed prompts, and a name that changes with everything that a state depends on. */
  prefixFolder: string;
  /** The folder lives no longer than the server. */
  temporaryFolder: boolean;
  prefixKey: string;
}

/** What was opened, and why there. */
export interface LlamaFacts {
  device: 'cpu' | 'cuda' | 'vulkan' | 'metal';
  /** Names of the GPUs in use. */
  deviceNames: readonly string[];
  /** Layers in the GPU's memory, of all. */
  gpuLayers: number;
  layers: number;
  threads: number;
  contextTokens: number;
  sequences: number;
  loadMs: number;
  /** Where it runs and why, as one sentence for staff. */
  why: string;
}

/** Tokens a second. */
export interface MeasuredSpeed {
  reading: number | null;
  writing: number | null;
}

/** What one answer took. `readTokens` are those that were not there from before. */
export interface AnswerFigures {
  promptTokens: number;
  readTokens: number;
  readMs: number;
  writtenTokens: number;
  writeMs: number;
}

export interface Question {
  messages: readonly ChatMessage[];
  schema?: JsonSchema;
  maxTokens: number;
}

/** `stopped`: the asker left; `fault`: the engine failed at this one and goes on. */
export type AnswerEnd = 'whole' | 'cut' | 'too_long' | 'stopped' | 'fault';

export interface MeasureOptions {
  readTokens: number;
  writeTokens: number;
  /** When measuring ends, finished or not. */
  limitMs: number;
}

export type ToLlama =
  | { type: 'open'; settings: LlamaSettings; prefixes: readonly string[] }
  | { type: 'prepare'; prefixes: readonly string[] }
  | { type: 'ask'; id: number; question: Question }
  | { type: 'measure'; id: number; options: MeasureOptions }
  | { type: 'stop'; id: number }
  | { type: 'ping' }
  | { type: 'close' };

export type FromLlama =
  | { type: 'ready'; facts: LlamaFacts; speed: MeasuredSpeed }
  | { type: 'refused'; reason: string }
  | { type: 'text'; id: number; text: string }
  | { type: 'ended'; id: number; how: AnswerEnd; figures: AnswerFigures }
  | { type: 'measured'; id: number; speed: MeasuredSpeed }
  | { type: 'pong' };
