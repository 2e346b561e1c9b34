import http from 'node:http';
import https from 'node:https';
import { DeadlineError, reasonOf, systemClock, whileAlive, type Clock } from '../cache/clock.js';
import { IlsFault } from './ils-fault.js';
import { lineTrouble } from './line-trouble.js';

export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query exactly as they go out: encoded by the caller, never changed here (Polaris signs this string). */
  target: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  signal: AbortSignal;
  /** A longer answer is `foreign`; default 16 MiB. */
  mostBytes?: number;
}

export interface HttpReply {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/**
 * One system's HTTP address. Connections go to that host alone: redirects are not followed, no proxy is asked, nothing
 * is repeated. Every status is an answer; throws IlsFault when there is none or only a part of one (`silent` when the
 * line shows no life any more, however long the whole has taken), and the signal's reason when it aborts, which also
 * closes the connection.
 */
export interface HttpClient {
  /** Scheme, host and port, as they stand in a signed URL: "https://ils.example.org". */
  readonly origin: string;
  /** Path of the base address without its last slash: "" or "/api/v1". */
  readonly basePath: string;
  /** Host and port, fit to be shown. */
  readonly host: string;
  call(call: HttpCall): Promise<HttpReply>;
  close(): void;
}

export interface HttpClientOptions {
  /** Names it in faults. */
  system: string;
  /** The most connections at a time. */
  sockets: number;
  /** Milliseconds without a byte after which an answer is given up. Default: two minutes. */
  quietMs?: number;
  clock?: Clock;
}

const MOST_BYTES = 16 * 1024 * 1024;
const QUIET_MS = 2 * 60_000;

/** Opens nothing yet. Throws TypeError when `url` is not http or https. */
export function openHttpClient(url: string, options: HttpClientOptions): HttpClient {
  const base = new URL(url);
  if (base.protocol !== 'http:' && base.protocol !== 'https:')
    throw new TypeError('a library system is reached by http or https');
  const isTls = base.protocol === 'https:';
  const { request, Agent } = isTls ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: options.sockets });
  const { system, quietMs = QUIET_MS, clock = systemClock } = options;

  const send = (call: HttpCall): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { method, target, headers, body, signal } = call;
      const sent = request({
        protocol: base.protocol,
        hostname: base.hostname.replace(/^\[|\]$/g, ''),
        port: base.port,
        path: target,
        method,
        signal,
        // A kept connection may have gone away unnoticed; what writes must not be left in doubt by that.
        agent: method === 'GET' ? agent : new Agent({ keepAlive: false }),
        headers: {
          host: base.host,
          'user-agent': 'Carrel',
          ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
          ...headers,
        },
      });
      let isConnected = false;
      sent.on('socket', (socket) => {
        isConnected = !socket.connecting;
        // With TLS nothing goes out before both sides know each other.
        if (socket.connecting) socket.once(isTls ? 'secureConnect' : 'connect', () => (isConnected = true));
      });
      sent.on('response', resolve);
      sent.on('error', (cause) => {
        if (signal.aborted) return reject(reasonOf(signal));
        const grant = lineTrouble(cause);
        const more = { mayHaveHappened: isConnected, cause, ...(grant !== undefined && { grant }) };
        reject(new IlsFault('unreachable', system, more));
      });
      sent.end(body);
    });

  const whole = async (message: http.IncomingMessage, call: HttpCall, alive: () => void): Promise<Buffer> => {
    const parts: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of message) {
        alive();
        bytes += (chunk as Buffer).length;
        if (bytes > (call.mostBytes ?? MOST_BYTES)) throw new IlsFault('foreign', system);
        parts.push(chunk as Buffer);
      }
    } catch (cause) {
      if (call.signal.aborted) throw reasonOf(call.signal);
      if (cause instanceof IlsFault) throw cause;
      throw new IlsFault('cut_off', system, { cause });
    }
    return Buffer.concat(parts);
  };

  return {
    origin: base.origin,
    basePath: base.pathname.replace(/\/+$/, ''),
    host: base.host,
    async call(call) {
      const exchange = async (signal: AbortSignal, alive: () => void): Promise<HttpReply> => {
        const message = await send({ ...call, signal });
        alive();
        const body = await whole(message, { ...call, signal }, alive);
        return { status: message.statusCode ?? 0, headers: message.headers, body };
      };
      try {
        return await whileAlive(clock, quietMs, call.signal, exchange);
      } catch (error) {
        if (!(error instanceof DeadlineError) || call.signal.aborted) throw error;
        throw new IlsFault('silent', system, { cause: error });
      }
    },
    close: () => agent.destroy(),
  };
}
