import { readFile } from 'node:fs/promises';
import net from 'node:net';
import tls from 'node:tls';
import { reasonOf } from '../../cache/clock.js';
import { createFrames, FloodError } from './framing.js';
import type { Sip2Settings } from './settings.js';

/** Why a connection is no longer of use. */
export class WireLostError extends Error {
  /** True when it ended in the middle of a message. */
  readonly isInMessage: boolean;
  /** True when it was given up because more came than any answer holds. */
  readonly isFlood: boolean;

  constructor(isInMessage: boolean, cause?: unknown) {
    super('the connection was lost', { cause });
    this.name = 'WireLostError';
    this.isInMessage = isInMessage;
    this.isFlood = cause instanceof FloodError;
  }
}

/** One TCP or TLS connection, seen as messages. Whoever stops waiting must close it, for the answer may still come. */
export interface Wire {
  readonly isOpen: boolean;
  send(bytes: Buffer): void;
  /** The next whole message, its terminator left off. Rejects with WireLostError, or the signal's reason. */
  next(signal: AbortSignal): Promise<Buffer>;
  /** Waits in a terminal dialogue for one of the texts, in any case; answers the one that came first. */
  until(texts: readonly string[], signal: AbortSignal): Promise<string>;
  /** Forgets messages that nobody asked for, and ends a terminal dialogue. */
  forget(): void;
  close(): void;
}

const MOST_BYTES = 64 * 1024;
const MOST_UNASKED = 64;
const INTERPRET_AS_COMMAND = 0xff;

type WireSettings = Pick<Sip2Settings, 'host' | 'port' | 'tls' | 'tls_ca_file' | 'tls_servername' | 'login'>;

/** Connects; rejects with the socket's own error, or the signal's reason. A server's certificate is always checked. */
export async function openWire(settings: WireSettings, signal: AbortSignal): Promise<Wire> {
  signal.throwIfAborted();
  const { host, port } = settings;
  const ca = settings.tls_ca_file === undefined ? undefined : await readFile(settings.tls_ca_file);
  signal.throwIfAborted();
  const named = settings.tls_servername ?? (net.isIP(host) === 0 ? host : undefined);
  const socket = settings.tls
    ? tls.connect({
        host,
        port,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
        ...(ca !== undefined && { ca }),
        ...(named !== undefined && { servername: named }),
      })
    : net.connect({ host, port });
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    const leave = (): void => {
      socket.destroy();
      reject(reasonOf(signal));
    };
    signal.addEventListener('abort', leave, { once: true });
    socket.once(settings.tls ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', leave);
      resolve();
    });
    socket.once('error', (error: Error) => {
      signal.removeEventListener('abort', leave);
      reject(error);
    });
  });
  return wireOver(socket, settings.login === 'telnet');
}

function wireOver(socket: net.Socket, beginsAsDialogue: boolean): Wire {
  const frames = createFrames(MOST_BYTES);
  const inbox: Buffer[] = [];
  let dialogue = beginsAsDialogue ? '' : undefined;
  let lost: WireLostError | undefined;
  let wake = (): void => undefined;

  const lose = (cause?: unknown): void => {
    lost ??= new WireLostError(frames.rest().length > 0, cause);
    socket.destroy();
    wake();
  };
  const take = (chunk: Buffer): void => {
    if (dialogue !== undefined) dialogue = (dialogue + withoutCommands(chunk)).slice(-MOST_BYTES);
    else inbox.push(...frames.push(chunk));
    if (inbox.length > MOST_UNASKED) throw new FloodError();
    wake();
  };
  socket.on('data', (chunk: Buffer) => {
    try {
      take(chunk);
    } catch (error) {
      lose(error);
    }
  });
  socket.on('error', lose);
  socket.on('close', () => lose());

  /** Asks `found` now and after whatever comes, until it answers. */
  const waitFor = <T>(found: () => T | undefined, signal: AbortSignal): Promise<T> =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        wake = () => undefined;
        signal.removeEventListener('abort', leave);
      };
      const leave = (): void => {
        stop();
        reject(reasonOf(signal));
      };
      const look = (): void => {
        const value = found();
        if (value === undefined && !lost) return;
        stop();
        if (value === undefined) reject(lost ?? new WireLostError(false));
        else resolve(value);
      };
      if (signal.aborted) return reject(reasonOf(signal));
      signal.addEventListener('abort', leave, { once: true });
      wake = look;
      look();
    });

  return {
    get isOpen() {
      return !lost && !socket.destroyed;
    },
    send: (bytes) => void socket.write(bytes),
    next: (signal) => waitFor(() => inbox.shift(), signal),
    async until(texts, signal) {
      const { text, end } = await waitFor(() => {
        const shown = (dialogue ?? '').toLowerCase();
        return texts
          .map((text) => ({ text, at: shown.indexOf(text.toLowerCase()) }))
          .filter(({ at }) => at >= 0)
          .sort((one, other) => one.at - other.at)
          .map(({ text, at }) => ({ text, end: at + text.length }))[0];
      }, signal);
      dialogue = dialogue?.slice(end);
      return text;
    },
    forget() {
      if (dialogue !== undefined) inbox.push(...frames.push(Buffer.from(dialogue, 'latin1')));
      dialogue = undefined;
      inbox.length = 0;
    },
    close: () => socket.destroy(),
  };
}

/** What a terminal would show, without the three-byte commands of Telnet. */
function withoutCommands(chunk: Buffer): string {
  const shown: number[] = [];
  for (let at = 0; at < chunk.length; at += 1) {
    const byte = chunk[at] ?? 0;
    if (byte === INTERPRET_AS_COMMAND) at += 2;
    else shown.push(byte);
  }
  return Buffer.from(shown).toString('latin1');
}
