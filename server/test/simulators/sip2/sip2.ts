import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { systemClock, type Clock } from '../../../engine/cache/clock.js';
import type { Certificate } from './certificate.js';
import { serve, type Sip2Asked, type Sip2Rules } from './connection.js';
import { noFaults, type Sip2Faults } from './faults.js';
import { sipDate } from './frame.js';
import type { Sip2Library } from './patron-answers.js';
import { sampleState, type Sip2State } from './state.js';

export interface Sip2Options extends Partial<Sip2Rules> {
  /** Tells what time it is in replies, and waits for `slowMs`. */
  clock?: Clock;
  /** Default "UWOLS", as in the published exchanges. */
  institution?: string;
  /** An AO that is not the institution's finds no patron; default false. */
  needsInstitution?: boolean;
  /** Holds and renewals without the PIN are refused; default false. A wrong one always is. */
  needsPin?: boolean;
  /** Dates are marked as UTC ("   Z"), or local ones are so far ahead of it; default local and 0. */
  utc?: boolean;
  offsetMinutes?: number;
  /** Speaks TLS with this certificate; see `throwAwayCertificate`. */
  tls?: Certificate;
  faults?: Partial<Sip2Faults>;
}

/**
 * A SIP2 server as the published exchanges show one (SIPServer), on a free port of 127.0.0.1. A code that it does not
 * know ends the connection, and so do 01, 09, 11, 25 and 37, which it has no hands for: `asked` shows that they came.
 */
export interface Sip2Simulator {
  readonly host: string;
  readonly port: number;
  readonly state: Sip2State;
  readonly faults: Sip2Faults;
  /** Every whole message, in the order they came. */
  readonly asked: Sip2Asked[];
  /** Connections accepted so far, and those that stand now. */
  readonly connections: { readonly opened: number; readonly open: number };
  /** Resolves when that many messages have come in all. */
  heard(count: number): Promise<void>;
  /** Resolves when no connection stands. */
  deserted(): Promise<void>;
  /** Ends all connections and refuses new ones, until `comeBack` on the same port. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** Login is by 93 with "scclient" and "clientpwd" unless the options say otherwise. */
export async function openSip2Simulator(options: Sip2Options = {}): Promise<Sip2Simulator> {
  const clock = options.clock ?? systemClock;
  const faults: Sip2Faults = { ...noFaults(), ...options.faults };
  const state = sampleState(clock.now());
  const rules: Sip2Rules = {
    login: options.login ?? '93',
    user: options.user ?? 'scclient',
    password: options.password ?? 'clientpwd',
    statusBeforeLogin: options.statusBeforeLogin ?? false,
    needsAcAndAd: options.needsAcAndAd ?? true,
  };
  const library: Sip2Library = {
    state,
    faults,
    institution: options.institution ?? 'UWOLS',
    needsInstitution: options.needsInstitution ?? false,
    needsPin: options.needsPin ?? false,
    nowMs: () => clock.now(),
    date: (ms) => sipDate(ms, { utc: options.utc ?? false, offsetMinutes: options.offsetMinutes ?? 0 }),
  };

  const asked: Sip2Asked[] = [];
  const sockets = new Set<Socket>();
  const waits: { isMet: () => boolean; resolve: () => void }[] = [];
  const check = (): void => waits.filter(({ isMet }) => isMet()).forEach(({ resolve }) => resolve());
  const until = (isMet: () => boolean): Promise<void> =>
    isMet() ? Promise.resolve() : new Promise((resolve) => waits.push({ isMet, resolve }));
  let opened = 0;

  const accept = (socket: Socket): void => {
    opened += 1;
    if (faults.full) {
      socket.on('error', () => undefined);
      socket.end();
      return;
    }
    const heard = (one: Sip2Asked): void => {
      asked.push(one);
      check();
    };
    serve(socket, { number: opened, library, rules, clock, heard });
  };
  const server: Server = options.tls ? createTlsServer(options.tls, accept) : createServer(accept);
  // Below TLS, so that a handshake in the middle does not hold up the end.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      check();
    });
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const stop = async (): Promise<void> => {
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await stopped;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;

  return {
    host: '127.0.0.1',
    port,
    state,
    faults,
    asked,
    connections: {
      get opened() {
        return opened;
      },
      get open() {
        return sockets.size;
      },
    },
    heard: (count) => until(() => asked.length >= count),
    deserted: () => until(() => sockets.size === 0),
    goAway: stop,
    comeBack: () => listen(port),
    close: stop,
  };
}
