import { createHash } from 'node:crypto';
import { reasonOf, systemClock, within, DeadlineError, type Clock } from '../cache/clock.js';
import { backoffMs } from '../remote/backoff.js';
import { createBreaker } from '../remote/breaker.js';
import { openEndpoint, type RemoteEngine } from '../remote/endpoint.js';
import { EngineFault, isPassing } from '../remote/engine-fault.js';
import type { Embedding } from './embedding.js';
import { toUnit } from './quantised.js';
import { readVectors } from './remote-vectors.js';

export interface RemoteEmbeddingOptions {
  engine: RemoteEngine & { readonly queryPrefix: string; readonly passagePrefix: string };
  /** What the model is expected to give; a model that gives another number is not opened. */
  dimensions?: number;
  clock?: Clock;
  /** One request may take this long; default 30 s. */
  timeoutMs?: number;
  /** Attempts at a request that fails in passing; default 3. */
  attempts?: number;
  /** Failures in a row before nothing is asked for `openMs`; defaults 3 and 10 s. */
  failures?: number;
  openMs?: number;
  random?: () => number;
  signal?: AbortSignal;
}

const maxBatch = 32;
const retryMs = 500;
/** Shorter texts are not made shorter still when an engine refuses them. */
const shortest = 200;
const bytesPerNumber = 32;

/**
 * An embedding model at an address that speaks OpenAI's protocol (Text Embeddings Inference, vLLM, Ollama,
 * llama-server). Asks once to learn the dimensions. Its `embed`, and opening it, reject with EngineFault; a text too
 * long for the model counts by its beginning.
 */
export async function openRemoteEmbedding(
  options: RemoteEmbeddingOptions,
): Promise<Embedding & { close(): Promise<void> }> {
  const { engine, clock = systemClock, timeoutMs = 30_000, attempts = 3, random } = options;
  const endpoint = openEndpoint(engine, { clock, sockets: 4 });
  const { host } = endpoint;
  const breaker = createBreaker({
    clock,
    failures: options.failures ?? 3,
    openMs: options.openMs ?? 10_000,
  });
  let encoding: 'base64' | 'float' = 'base64';
  let dimensions = options.dimensions;

  const post = async (input: readonly string[], signal: AbortSignal): Promise<Float32Array[]> => {
    const body = { model: engine.model, input, encoding_format: encoding };
    const work = async (inner: AbortSignal) => {
      const reply = await endpoint.post('/embeddings', body, { signal: inner });
      const mostBytes = 64 * 1024 + input.length * (dimensions ?? 8192) * bytesPerNumber;
      return endpoint.json(reply, mostBytes);
    };
    try {
      const answer = await within(clock, timeoutMs, signal, work);
      return readVectors(answer, { count: input.length, dimensions, host });
    } catch (error) {
      throw error instanceof DeadlineError ? new EngineFault('silent', host) : error;
    }
  };

  /** One request behind the breaker; what passes is tried again. */
  const ask = async (input: readonly string[], signal: AbortSignal): Promise<Float32Array[]> => {
    for (let attempt = 1; ; attempt++) {
      if (!breaker.allows()) throw new EngineFault('unreachable', host);
      try {
        const vectors = await post(input, signal);
        breaker.succeeded();
        return vectors;
      } catch (error) {
        if (signal.aborted || !(error instanceof EngineFault)) {
          breaker.abandoned();
          throw signal.aborted ? reasonOf(signal) : error;
        }
        const isBusy = error.kind === 'busy';
        if (isBusy || isAboutTheRequest(error)) breaker.abandoned();
        else breaker.failed();
        const again = isBusy || isPassing(error) || error.kind === 'cut_off';
        if (!again || attempt >= attempts) throw error;
        await clock.after(error.retryAfterMs ?? backoffMs(attempt, retryMs, random), signal);
      }
    }
  };

  /** Asks for fewer and then for shorter texts where an engine refuses the request as it is. */
  const embedAll = async (input: readonly string[], signal: AbortSignal): Promise<Float32Array[]> => {
    try {
      return await ask(input, signal);
    } catch (error) {
      if (!isAboutTheRequest(error)) throw error;
      if (input.length > 1) {
        const half = Math.ceil(input.length / 2);
        const first = await embedAll(input.slice(0, half), signal);
        return [...first, ...(await embedAll(input.slice(half), signal))];
      }
      const [text = ''] = input;
      if (text.length <= shortest) throw error;
      // Never half of a character that takes two places.
      const half = text.slice(0, Math.ceil(text.length / 2)).replace(/[\uD800-\uDBFF]$/, '');
      return embedAll([half], signal);
    }
  };

  const probe = async (signal: AbortSignal): Promise<number> => {
    const once = async () => (await ask(['book'], signal))[0]?.length ?? 0;
    try {
      return await once();
    } catch (error) {
      if (!isAboutTheRequest(error)) throw error;
      encoding = 'float';
      return once();
    }
  };

  /** Ends what nobody else would end. */
  const closed = new AbortController();
  const found = await probe(options.signal ?? closed.signal).catch((error: unknown) => {
    endpoint.close();
    throw error;
  });
  dimensions = found;

  return {
    // With another prefix the records have other vectors.
    id: [`remote:${host}:${engine.model}:${found}`, ...digestOf(engine.passagePrefix)].join(':'),
    dimensions: found,
    maxBatch,
    queryPrefix: engine.queryPrefix,
    passagePrefix: engine.passagePrefix,
    async embed(texts, { signal = closed.signal } = {}) {
      signal.throwIfAborted();
      if (texts.length > maxBatch) throw new RangeError(`embed takes at most ${maxBatch} texts`);
      // Engines refuse empty texts; there is nothing known in them.
      const told = texts.filter((text) => text.trim() !== '');
      const made = told.length === 0 ? [] : await embedAll(told, signal);
      let next = 0;
      return texts.map((text) =>
        text.trim() === '' ? new Float32Array(found) : toUnit(made[next++] as Float32Array),
      );
    },
    close() {
      closed.abort(new EngineFault('unreachable', host));
      endpoint.close();
      return Promise.resolve();
    },
  };
}

function digestOf(prefix: string): string[] {
  return prefix === '' ? [] : [createHash('sha256').update(prefix).digest('hex').slice(0, 8)];
}

/** True when the engine is well and only this request does not suit it. */
function isAboutTheRequest(error: unknown): boolean {
  if (!(error instanceof EngineFault)) return false;
  if (error.kind === 'too_long') return true;
  return error.kind === 'refused' && (error.status === 400 || error.status === 422);
}
