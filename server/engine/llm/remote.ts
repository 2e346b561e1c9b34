import { DeadlineError, reasonOf, systemClock, within, type Clock } from '../cache/clock.js';
import { createBreaker } from '../remote/breaker.js';
import { openEndpoint, type RemoteEngine } from '../remote/endpoint.js';
import { EngineFault } from '../remote/engine-fault.js';
import { createTurns } from '../remote/turns.js';
import { LlmDeclined, type ChatRequest, type Llm } from './llm.js';
import { createSpeed } from './remote-speed.js';
import { createChatStream } from './remote-stream.js';

export interface RemoteLlmOptions {
  engine: RemoteEngine;
  clock?: Clock;
  /** Requests at a time; more wait in turn, client by client. Default 4. */
  concurrent?: number;
  /** The longest silence in the middle of an answer; default 10 s. */
  stallMs?: number;
  /** Failures in a row before nothing is asked for `openMs`; defaults 3 and 10 s. */
  failures?: number;
  openMs?: number;
  /** Chance for the wait before a repetition, 0 to 1. */
  random?: () => number;
}

/** Age at which measured speed is forgotten, so that one slow minute does not shut an engine out. */
const forgetMs = 30_000;

/**
 * A language model at an address that speaks OpenAI's protocol (llama-server, vLLM, Ollama). What patrons ask goes to
 * that host and nowhere else. Throws TypeError when the address is not http or https; whether an engine answers there
 * shows with the first question.
 */
export function openRemoteLlm(options: RemoteLlmOptions): Llm {
  const { engine, clock = systemClock, concurrent = 4, stallMs = 10_000, failures = 3 } = options;
  const endpoint = openEndpoint(engine, { clock, sockets: concurrent });
  const { host } = endpoint;
  const breaker = createBreaker({ clock, failures, openMs: options.openMs ?? 10_000 });
  const turns = createTurns({ most: concurrent });
  const speed = createSpeed({ clock, forgetMs });
  const stream = createChatStream({ endpoint, model: engine.model, clock, random: options.random });
  const live = new Set<AbortController>();
  let inARow = 0;
  let trouble: EngineFault | undefined;
  let restUntil = -Infinity;
  let isClosed = false;

  /** How many answers have to end before one asked for now could begin. */
  const ahead = (): number => (turns.running < concurrent ? 0 : (turns.waiting + 1) / concurrent);
  const busy = (waitMs: number | undefined, cause?: unknown): LlmDeclined =>
    new LlmDeclined('busy', { cause, ...(waitMs === undefined ? {} : { waitMs: Math.round(waitMs) }) });

  /** Throws LlmDeclined where it is known beforehand that no word would come in time. */
  const declineEarly = ({ budgetMs, maxTokens }: ChatRequest): void => {
    if (isClosed || breaker.isOpen()) throw new LlmDeclined('away');
    const restMs = restUntil - clock.now();
    if (restMs > 0) throw busy(restMs);
    const firstMs = speed.estimate(maxTokens, ahead())?.firstMs;
    if (firstMs !== undefined && firstMs > budgetMs) throw busy(firstMs);
  };

  const turnFor = async (request: ChatRequest, signal: AbortSignal): Promise<() => void> => {
    let taking: Promise<() => void> | undefined;
    try {
      return await within(clock, request.budgetMs, signal, (inner) => {
        taking = turns.take(request.client, inner);
        return taking;
      });
    } catch (error) {
      // A turn that came in the moment of giving up is passed on.
      void taking?.then(
        (end) => end(),
        () => undefined,
      );
      if (!(error instanceof DeadlineError)) throw error;
      throw busy(speed.estimate(request.maxTokens, ahead())?.firstMs, error);
    }
  };

  const succeeded = (): void => {
    breaker.succeeded();
    inARow = 0;
    trouble = undefined;
  };
  const failed = (fault: EngineFault): void => {
    breaker.failed();
    inARow += 1;
    trouble = fault;
  };
  /** Why there is no answer, after breaker and state were told of it. */
  const declined = (fault: EngineFault, says: 'of the engine' | 'nothing'): LlmDeclined => {
    if (fault.kind === 'busy' || fault.kind === 'too_long' || says === 'nothing') breaker.abandoned();
    else failed(fault);
    if (fault.kind === 'too_long') return new LlmDeclined('too_long', { cause: fault });
    if (fault.kind === 'silent') return busy(undefined, fault);
    if (fault.kind !== 'busy') return new LlmDeclined('away', { cause: fault });
    restUntil = clock.now() + (fault.retryAfterMs ?? 0);
    return busy(fault.retryAfterMs, fault);
  };

  const answer = async function* (request: ChatRequest, deadline: number, signal: AbortSignal) {
    if (!breaker.allows()) throw new LlmDeclined('away');
    const began = clock.now();
    let isTold = false;
    let isHeard = false;
    let isCut = false;
    let firstAt: number | undefined;
    let pieces = 0;
    let promptTokens: number | undefined;
    let writtenTokens: number | undefined;
    try {
      const events = stream(request, signal);
      for (;;) {
        const waitMs = firstAt === undefined ? Math.max(0, deadline - clock.now()) : stallMs;
        const next = await within(clock, waitMs, signal, () => events.next());
        if (next.done) break;
        isHeard = true;
        const event = next.value;
        isCut ||= event.finish === 'length';
        promptTokens = event.promptTokens ?? promptTokens;
        writtenTokens = event.writtenTokens ?? writtenTokens;
        if (event.text === '') continue;
        firstAt ??= clock.now();
        pieces += 1;
        yield event.text;
      }
      const ended = clock.now();
      speed.began((firstAt ?? ended) - began, promptTokens);
      speed.ended(writtenTokens ?? pieces, ended - (firstAt ?? ended), ended - began);
      succeeded();
      isTold = true;
      if (pieces === 0 || (isCut && request.schema !== undefined)) throw new LlmDeclined('cut');
    } catch (error) {
      if (isTold || signal.aborted) throw signal.aborted ? reasonOf(signal) : error;
      const late = error instanceof DeadlineError;
      if (!late && !(error instanceof EngineFault)) throw error;
      isTold = true;
      if (!late) throw declined(error, 'of the engine');
      if (firstAt !== undefined) throw declined(new EngineFault('cut_off', host), 'of the engine');
      const waited = clock.now() - began;
      speed.gaveUp(waited);
      // What waited long for its turn left the engine little time, and one that is at work is not away.
      const says = !isHeard && waited >= request.budgetMs / 2 ? 'of the engine' : 'nothing';
      throw declined(new EngineFault('silent', host), says);
    } finally {
      if (!isTold && firstAt !== undefined) succeeded();
      else if (!isTold) breaker.abandoned();
    }
  };

  return {
    id: `remote:${host}:${engine.model}`,
    async *chat(request) {
      request.signal.throwIfAborted();
      declineEarly(request);
      const deadline = clock.now() + request.budgetMs;
      const stop = new AbortController();
      const leave = (): void => stop.abort(reasonOf(request.signal));
      request.signal.addEventListener('abort', leave, { once: true });
      live.add(stop);
      try {
        const end = await turnFor(request, stop.signal);
        try {
          yield* answer(request, deadline, stop.signal);
        } finally {
          // Whatever is still on its way is cut off: an engine stops writing when its listener is gone.
          stop.abort(new Error('the answer is over'));
          end();
        }
      } finally {
        live.delete(stop);
        request.signal.removeEventListener('abort', leave);
      }
    },
    estimate: ({ maxTokens }) => speed.estimate(maxTokens, ahead()),
    state() {
      const isFailing = inARow >= failures || trouble?.kind === 'refused';
      return {
        state: isClosed ? 'off' : isFailing ? 'failing' : 'ready',
        engine: 'remote',
        model: engine.model,
        detail: isFailing && trouble ? `The last request failed: ${trouble.message}.` : `It runs at ${host}.`,
        device: null,
        reading: speed.reading,
        writing: speed.writing,
        waiting: turns.waiting,
        restarts: 0,
      };
    },
    close() {
      isClosed = true;
      for (const stop of live) stop.abort(new LlmDeclined('away'));
      endpoint.close();
      return Promise.resolve();
    },
  };
}
