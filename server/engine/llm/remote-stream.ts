import type { Clock } from '../cache/clock.js';
import { backoffMs } from '../remote/backoff.js';
import type { Endpoint } from '../remote/endpoint.js';
import { EngineFault, isPassing } from '../remote/engine-fault.js';
import { readEvents, TooMuchError } from '../remote/event-stream.js';
import type { ChatRequest } from './llm.js';
import { readChatEvent, type ChatEvent } from './remote-events.js';
import { chatBody, schemaForms, type SchemaForm } from './remote-request.js';

export type ChatStream = (
  request: Pick<ChatRequest, 'messages' | 'schema' | 'maxTokens'>,
  signal: AbortSignal,
) => AsyncGenerator<ChatEvent, void, undefined>;

/** An event holds one token and what engines put around it; the largest seen is under two kilobytes. */
const bytesPerToken = 8 * 1024;
const bytesAround = 256 * 1024;
const retryMs = 400;

/**
 * Events of one streamed answer. A failure that passes is tried once more as long as no event has come, never after;
 * an engine that refuses a form of schema is asked in the next one, and the one it takes is remembered. Throws
 * EngineFault, and the signal's reason when it aborts.
 */
export function createChatStream(deps: {
  endpoint: Endpoint;
  model: string;
  clock: Clock;
  random?: (() => number) | undefined;
}): ChatStream {
  const { endpoint, model, clock, random } = deps;
  let taken: SchemaForm | undefined;

  const events = async function* (
    request: Parameters<ChatStream>[0],
    form: SchemaForm,
    signal: AbortSignal,
  ): AsyncGenerator<ChatEvent, void, undefined> {
    const reply = await endpoint.post('/chat/completions', chatBody(model, request, form), { signal });
    if (!reply.contentType.startsWith('text/event-stream')) throw new EngineFault('foreign', endpoint.host);
    const mostBytes = bytesAround + request.maxTokens * bytesPerToken;
    let isFinished = false;
    let came = false;
    try {
      for await (const data of readEvents(reply.chunks, { mostBytes })) {
        const event = readChatEvent(data, endpoint.host);
        if (event === 'done') return;
        came = true;
        isFinished ||= event.finish !== undefined;
        yield event;
      }
    } catch (error) {
      throw error instanceof TooMuchError ? new EngineFault('foreign', endpoint.host) : error;
    }
    if (!isFinished) throw new EngineFault(came ? 'cut_off' : 'unreachable', endpoint.host);
  };

  /** The first event of an attempt that worked, with those that follow. */
  const begin = async (request: Parameters<ChatStream>[0], signal: AbortSignal) => {
    let retried = false;
    for (let at = taken === undefined ? 0 : schemaForms.indexOf(taken); ;) {
      const form = schemaForms[at] ?? 'asked';
      const attempt = events(request, form, signal);
      try {
        const first = await attempt.next();
        if (request.schema !== undefined) taken = form;
        return { first, attempt };
      } catch (error) {
        if (isFormRefusal(error) && request.schema !== undefined && at < schemaForms.length - 1) {
          at += 1;
        } else if (isPassing(error) && !retried) {
          retried = true;
          await clock.after(backoffMs(1, retryMs, random), signal);
        } else throw error;
      }
    }
  };

  return async function* (request, signal) {
    const { first, attempt } = await begin(request, signal);
    if (first.done) return;
    yield first.value;
    yield* attempt;
  };
}

/** Engines say 400, 422 or 501 to a parameter they do not know; a wrong key or model is another matter. */
function isFormRefusal(error: unknown): boolean {
  if (!(error instanceof EngineFault)) return false;
  if (error.kind === 'refused') return error.status === 400 || error.status === 422;
  return error.kind === 'broken' && error.status === 501;
}
