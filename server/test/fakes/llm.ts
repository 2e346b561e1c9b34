import { systemClock, type Clock } from '../../engine/cache/clock.js';
import { reasonOf } from '../../engine/cache/clock.js';
import type { LlmDeclined } from '../../engine/llm/llm.js';
import { type ChatRequest, type Estimate, type Llm, type LlmState } from '../../engine/llm/llm.js';

/** A model that answers what its script says, and what it was asked. */
export interface FakeLlm extends Llm {
  asked: ChatRequest[];
  running: number;
  aborted: number;
  /** Changes from turn to turn as a test needs. */
  behave: Behaviour;
}

export interface Behaviour {
  /** What is answered, as it is; an object is written as JSON. */
  script: (request: ChatRequest) => string | object;
  /** Thrown before the first word. */
  decline?: LlmDeclined | undefined;
  /** Throws this after so many letters. */
  diesAfter?: { letters: number; error: unknown } | undefined;
  /** Writes nothing, and hears of no abort. */
  hangs?: boolean;
  pieceMs?: number;
  pieceLetters?: number;
  estimate?: Estimate;
  state?: Partial<LlmState>;
}

export function createFakeLlm(script: Behaviour['script'], clock: Clock = systemClock): FakeLlm {
  const fake: FakeLlm = {
    id: 'fake-1',
    asked: [],
    running: 0,
    aborted: 0,
    behave: { script },
    async *chat(request) {
      fake.asked.push(request);
      const { decline, diesAfter, hangs, pieceMs = 0, pieceLetters = 7 } = fake.behave;
      if (decline) throw decline;
      fake.running += 1;
      try {
        if (hangs) await new Promise<never>(() => undefined);
        const answer = fake.behave.script(request);
        const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
        for (let at = 0; at < text.length; at += pieceLetters) {
          if (request.signal.aborted) throw reasonOf(request.signal);
          if (pieceMs > 0) await clock.after(pieceMs, request.signal);
          else await Promise.resolve();
          if (diesAfter && at >= diesAfter.letters) throw diesAfter.error as Error;
          yield text.slice(at, at + pieceLetters);
        }
      } catch (error) {
        if (request.signal.aborted) fake.aborted += 1;
        throw error;
      } finally {
        fake.running -= 1;
      }
    },
    estimate: () => fake.behave.estimate,
    state: () => ({
      state: 'ready',
      engine: 'local',
      model: 'fake',
      detail: 'Made for a test.',
      device: 'cpu',
      reading: 100,
      writing: 20,
      waiting: 0,
      restarts: 0,
      ...fake.behave.state,
    }),
    close: () => Promise.resolve(),
  };
  return fake;
}

/** True when a question is to be read, false when books are to be chosen. */
export const isReading = (request: ChatRequest): boolean =>
  JSON.stringify(request.schema).includes('asks_for');

/** How many books may be chosen among. */
export function offeredIn(request: ChatRequest): string[] {
  const [, books = ''] = /Books:\n<<<\n([^]*?)\n>>>/u.exec(request.messages[1]?.text ?? '') ?? [];
  return books.split('\n');
}
