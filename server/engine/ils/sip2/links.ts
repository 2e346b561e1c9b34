import { setMaxListeners } from 'node:events';
import { reasonOf } from '../../cache/clock.js';
import { createTurns } from '../../remote/turns.js';
import { IlsFault } from '../ils-fault.js';
import { openLink, type LinkDeps, type SipLink } from './link.js';
import type { Reply } from './reply.js';
import type { SipRequest } from './request.js';

/** The few connections to one server, opened when needed and kept while they are. */
export interface SipLinks {
  /** Waits for a free connection. Rejects with IlsFault or the signal's reason. */
  ask(request: SipRequest, signal: AbortSignal): Promise<Reply>;
  /** Opens a new connection, signs in, and gives what the server said of itself. */
  hello(signal: AbortSignal): Promise<Reply | undefined>;
  close(): void;
}

/** A connection that answered less than this ago is taken to be alive. */
const PROVEN_MS = 5_000;
const MINUTE_MS = 60_000;

interface Resting {
  link: SipLink;
  /** When a question was last put over it, other than to keep it open. */
  usedAt: number;
  wake: AbortController;
}

export function createLinks(deps: LinkDeps): SipLinks {
  const { settings, clock, requests } = deps;
  const turns = createTurns({ most: settings.connections });
  const closing = new AbortController();
  // Everyone who waits for a turn listens.
  setMaxListeners(0, closing.signal);
  const resting: Resting[] = [];

  const discard = (one: Resting): void => {
    one.wake.abort();
    one.link.close();
  };

  /** The connection used last, if there is one that stands; those found dead are done away with. */
  const takeResting = (isFit: (link: SipLink) => boolean): SipLink | undefined => {
    for (let one = resting.pop(); one; one = resting.pop()) {
      if (one.link.isOpen && isFit(one.link)) {
        one.wake.abort();
        return one.link;
      }
      discard(one);
    }
    return undefined;
  };

  const rest = (link: SipLink, usedAt: number): void => {
    if (settings.reconnect_per_message || closing.signal.aborted || !link.isOpen) return link.close();
    const one = { link, usedAt, wake: new AbortController() };
    resting.push(one);
    const idleMs = settings.idle_close_minutes * MINUTE_MS;
    const keepMs = settings.keep_alive_seconds * 1_000;
    const waitMs = keepMs === 0 ? idleMs : keepMs;
    const tended = clock.after(waitMs, one.wake.signal).then(() => tend(one, idleMs));
    // Either someone has taken it, or it has just failed: who asks next opens another and is told what is wrong.
    tended.catch(() => undefined);
  };

  /** Keeps an unused connection open for a while, then gives it up. */
  const tend = async (one: Resting, idleMs: number): Promise<void> => {
    const at = resting.indexOf(one);
    if (at < 0) return;
    resting.splice(at, 1);
    if (clock.now() - one.usedAt >= idleMs) return one.link.close();
    const done = await turns.take('keep', closing.signal);
    try {
      await one.link.ask(requests.status(), closing.signal);
      rest(one.link, one.usedAt);
    } finally {
      done();
    }
  };

  /** A request that must not be doubled goes only where the server has just answered, or over a new connection. */
  const linkFor = async (request: SipRequest, signal: AbortSignal): Promise<SipLink> => {
    const isFit = (link: SipLink): boolean =>
      request.sent !== 'once' || clock.now() - link.heardAt < PROVEN_MS;
    return takeResting(isFit) ?? (await openLink(deps, signal));
  };

  /** Has its turn, kind by kind so that no patron waits behind many copies; ends when its asker leaves, or all is closed. */
  const during = async <T>(
    lane: string,
    asker: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    asker.throwIfAborted();
    closing.signal.throwIfAborted();
    const stop = new AbortController();
    const leave = (): void => stop.abort(reasonOf(asker.aborted ? asker : closing.signal));
    asker.addEventListener('abort', leave, { once: true });
    closing.signal.addEventListener('abort', leave, { once: true });
    try {
      const done = await turns.take(lane, stop.signal);
      try {
        return await work(stop.signal);
      } finally {
        done();
      }
    } finally {
      asker.removeEventListener('abort', leave);
      closing.signal.removeEventListener('abort', leave);
    }
  };

  return {
    ask: (request, asker) =>
      during(request.code, asker, async (signal) => {
        let link = await linkFor(request, signal);
        let reply: Reply;
        try {
          reply = await link.ask(request, signal);
        } catch (error) {
          if (request.sent !== 'again' || !isLost(error)) throw error;
          link = await openLink(deps, signal);
          reply = await link.ask(request, signal);
        }
        rest(link, clock.now());
        return reply;
      }),
    hello: (asker) =>
      during('hello', asker, async (signal) => {
        takeResting(() => false);
        const link = await openLink(deps, signal);
        rest(link, clock.now());
        return link.hello;
      }),
    close() {
      closing.abort(new Error('the connection to the library’s system has been closed'));
      resting.splice(0).forEach(discard);
    },
  };
}

/** True when the connection went away, as idle ones do; a server that says nothing or nonsense is not asked again. */
function isLost(error: unknown): boolean {
  return error instanceof IlsFault && (error.kind === 'unreachable' || error.kind === 'cut_off');
}
