import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { cookieOf, dropCookie, setCookie, type CookieCare } from './cookies.js';

const COOKIE = 'carrel_session';
const ID = /^[A-Za-z0-9_-]{22}$/;
interface SessionOptions extends CookieCare {
  /** Whether what went on under an id is over, so that nothing can begin under it; by default nothing ever is. */
  hasEnded?: (id: string) => boolean;
}

const sessions = new WeakMap<Request, Session>();

interface Session {
  /** What the browser sent, or was given since; undefined while it has none. */
  current: () => string | undefined;
  currentOpen: () => string | undefined;
  give: () => string;
  giveOpen: () => string;
  rotate: () => string;
  end: () => void;
}

/**
 * Knows each browser by a random 128-bit session id in an httpOnly, SameSite=Strict cookie that lasts as long as the
 * browser is open. The id means nothing outside this process and is tied to no person. The cookie is set where a
 * session is first needed: a slow answer that needs none must not put another in place of one that was given since.
 */
export function anonymousSession(options: SessionOptions): RequestHandler {
  return (req, res, next) => {
    sessions.set(req, sessionFor(req, res, options));
    next();
  };
}

function sessionFor(req: Request, res: Response, options: SessionOptions): Session {
  const sent = cookieOf(req, COOKIE, options);
  let id = sent !== undefined && ID.test(sent) ? sent : undefined;
  let ended = false;
  const currentOpen = (): string | undefined =>
    id !== undefined && options.hasEnded?.(id) !== true ? id : undefined;
  const rotate = (): string => {
    id = randomBytes(16).toString('base64url');
    if (!ended) setCookie(res, COOKIE, id, options);
    return id;
  };
  return {
    current: () => id,
    currentOpen,
    give: () => id ?? rotate(),
    giveOpen: () => currentOpen() ?? rotate(),
    rotate,
    end() {
      ended = true;
      dropCookie(res, COOKIE, options);
    },
  };
}

/**
 * The session id of a request that passed `anonymousSession`, before its answer has begun; throws where it was not
 * mounted.
 */
export function sessionOf(req: Request): string {
  return mounted(req).give();
}

/** What `sessionOf` answers, for what begins here: a browser whose visit has ended gets another id. */
export function openSessionOf(req: Request): string {
  return mounted(req).giveOpen();
}

/** The session id that the browser has, if it has one: asking gives it none. */
export function knownSessionOf(req: Request): string | undefined {
  return mounted(req).current();
}

/** What `knownSessionOf` answers, for what is anybody's: a browser whose visit has ended looks as one that has none. */
export function knownOpenSessionOf(req: Request): string | undefined {
  return mounted(req).currentOpen();
}

/** Gives the browser a fresh session id in place of the one it had; what went on under the old one is the caller's to move. */
export function rotateSession(req: Request): { before: string | undefined; now: string } {
  const session = mounted(req);
  return { before: session.current(), now: session.rotate() };
}

/** Takes the cookie away with this answer. Until then `sessionOf` still tells whose request it is, but gives no cookie. */
export function endSession(req: Request): void {
  mounted(req).end();
}

function mounted(req: Request): Session {
  const session = sessions.get(req);
  if (!session) throw new Error('anonymousSession is not mounted before this route');
  return session;
}
