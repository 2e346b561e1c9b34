import type { JsonSchema } from './json-schema.js';

/** One piece of a conversation with a model. Patrons' and records' words go into `user` messages only. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  text: string;
}

export interface ChatRequest {
  /** The first is the system prompt: the fixed part, kept ready by adapters that can. */
  messages: readonly ChatMessage[];
  /** The answer is JSON of this schema, held by a grammar while it is written. Check it again all the same. */
  schema?: JsonSchema;
  /** The most that may be written, in tokens. */
  maxTokens: number;
  /** Who asks, as an opaque id: those who wait are served in turn, client by client. */
  client: string;
  /** When the first word must come, in milliseconds from now; what would come later is declined at once as `busy`. */
  budgetMs: number;
  signal: AbortSignal;
}

/** When an answer would begin and end if it were asked for now, in milliseconds, from measured speed. */
export interface Estimate {
  firstMs: number;
  wholeMs: number;
}

/**
 * A language model. `chat` answers pieces of text as they are written, in the order written. It throws LlmDeclined when
 * there will be no answer (or no more of it) and the signal's reason when the asker leaves; the work then ends within
 * 300 ms. Temperature is 0: equal requests get equal answers.
 */
export interface Llm {
  /** Changes whenever answers would: model, its file's digest, engine. */
  readonly id: string;
  chat(request: ChatRequest): AsyncIterable<string>;
  /** Undefined while nothing is known of the speed. */
  estimate(request: Pick<ChatRequest, 'messages' | 'maxTokens'>): Estimate | undefined;
  state(): LlmState;
  /** Fixed system prompts to keep ready, where the engine can; they are the same for every patron. */
  preload?(systemPrompts: readonly string[]): void;
  close(): Promise<void>;
}

/** How a model is, as `/health/ready` and staff see it. */
export interface LlmState {
  state: 'off' | 'starting' | 'ready' | 'restarting' | 'failing';
  engine: 'none' | 'local' | 'remote';
  /** Name of the model; null when there is none. */
  model: string | null;
  /** Where it runs and why it was chosen, as one sentence for staff. */
  detail: string;
  /** `cpu`, `cuda`, `vulkan` or `metal`; null when unknown. */
  device: string | null;
  /** Measured tokens a second, reading a prompt and writing an answer; null before the first. */
  reading: number | null;
  writing: number | null;
  waiting: number;
  restarts: number;
}

/** `off`: switched off or no model; `away`: the engine fell or cannot be reached; `cut`: JSON that was not finished. */
export type DeclineReason = 'off' | 'busy' | 'away' | 'too_long' | 'cut';

/** There is no answer from the model just now: the desk answers without it. Never shown to a patron as an error. */
export class LlmDeclined extends Error {
  readonly reason: DeclineReason;
  /** For `busy`: when the first word would have come, in milliseconds. */
  readonly waitMs: number | undefined;

  constructor(reason: DeclineReason, options: ErrorOptions & { waitMs?: number } = {}) {
    super(`the model declined: ${reason}`, options);
    this.name = 'LlmDeclined';
    this.reason = reason;
    this.waitMs = options.waitMs;
  }
}
