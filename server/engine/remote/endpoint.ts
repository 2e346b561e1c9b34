import http from 'node:http';
import https from 'node:https';
import { reasonOf, type Clock } from '../cache/clock.js';
import { EngineFault } from './engine-fault.js';
import { faultOf, retryAfterOf } from './refusal.js';

/** An engine that the library names: where, which model, and the key it asks for. */
export interface RemoteEngine {
  readonly url: string;
  readonly model: string;
  readonly key: string | undefined;
}

export interface Reply {
  readonly contentType: string;
  /** The body as it comes; its end without all bytes is an EngineFault. Leaving the loop closes the connection. */
  readonly chunks: AsyncIterable<Buffer>;
}

/**
 * One engine's address. Connections go to that host alone: redirects are not followed and no proxy is asked. `post`
 * rejects with EngineFault, or with the signal's reason when it aborts, which also closes the connection.
 */
export interface Endpoint {
  /** Host and port, fit to be shown. */
  readonly host: string;
  post(path: string, body: unknown, options: { signal: AbortSignal }): Promise<Reply>;
  /** Reads a JSON body of at most `mostBytes`. */
  json(reply: Reply, mostBytes: number): Promise<unknown>;
  close(): void;
}

const errorBytes = 64 * 1024;

/** Opens nothing yet; `sockets` is the most connections at a time. Throws TypeError when `url` is not http or https. */
export function openEndpoint(
  engine: RemoteEngine,
  { clock, sockets }: { clock: Clock; sockets: number },
): Endpoint {
  const base = new URL(engine.url.replace(/\/+$/, ''));
  if (base.protocol !== 'http:' && base.protocol !== 'https:')
    throw new TypeError('an engine is reached by http or https');
  const { host } = base;
  const { request, Agent } = base.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });

  const send = (path: string, text: Buffer, signal: AbortSignal): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const call = request(
        new URL(base.href.replace(/\/$/, '') + path),
        {
          method: 'POST',
          agent,
          signal,
          headers: {
            'content-type': 'application/json',
            'content-length': text.length,
            accept: 'text/event-stream, application/json',
            ...(engine.key === undefined ? {} : { authorization: `Bearer ${engine.key}` }),
          },
        },
        resolve,
      );
      call.on('error', () =>
        reject(signal.aborted ? reasonOf(signal) : new EngineFault('unreachable', host)),
      );
      call.end(text);
    });

  const chunksOf = async function* (message: http.IncomingMessage, signal: AbortSignal) {
    let came = false;
    try {
      for await (const chunk of message) {
        came = true;
        yield chunk as Buffer;
      }
    } catch {
      // The socket's own words may name addresses: what counts is whether anything had come.
      throw signal.aborted ? reasonOf(signal) : new EngineFault(came ? 'cut_off' : 'unreachable', host);
    }
  };

  const whole = async (chunks: AsyncIterable<Buffer>, mostBytes: number): Promise<string> => {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw new EngineFault('foreign', host);
      parts.push(chunk);
    }
    return Buffer.concat(parts).toString('utf8');
  };

  return {
    host,
    async post(path, body, { signal }) {
      signal.throwIfAborted();
      const message = await send(path, Buffer.from(JSON.stringify(body)), signal);
      const status = message.statusCode ?? 0;
      const contentType = message.headers['content-type'] ?? '';
      const chunks = chunksOf(message, signal);
      if (status >= 200 && status < 300) return { contentType, chunks };
      const text = await whole(chunks, errorBytes);
      const retryAfterMs = retryAfterOf(message.headers['retry-after'], clock.now());
      throw faultOf(host, { status, body: parsed(text), retryAfterMs });
    },
    async json(reply, mostBytes) {
      const value = parsed(await whole(reply.chunks, mostBytes));
      if (value === undefined) throw new EngineFault('foreign', host);
      return value;
    },
    close: () => agent.destroy(),
  };
}

/** Undefined when the text is no JSON, such as the page of a proxy. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
