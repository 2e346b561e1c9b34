import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { Problem } from '../contract/problems.js';
import { CSRF_HEADER } from '../contract/sign-in.js';
import type { PatronSession, PatronSessions } from '../engine/sessions/patron-sessions.js';
import { cookieOf, dropCookie, setCookie, type CookieCare } from './cookies.js';
import type { PatronTokens } from './patron-token.js';
import { knownSessionOf, sessionOf } from './session.js';

const COOKIE = 'carrel_patron';
/** A token is given anew when a quarter of its time is over. */
const RENEWAL = 4;

/** Where a patron's session meets HTTP: its cookie, and the token that every write must carry. */
export interface PatronDoor {
  /** Mount it behind `anonymousSession`. Whoever sends no patron's cookie passes by without anything being done. */
  readonly recognise: RequestHandler;
  /** The session of this request, or undefined; one that has ended meanwhile is none. */
  find(req: Request): PatronSession | undefined;
  /** The session; Problem('signed_out') when there is none. */
  get(req: Request): PatronSession;
  /** The session of a write that carries its token; Problem('signed_out'), or 'csrf_refused'. */
  getForWrite(req: Request): PatronSession;
  /** Gives the cookie of a session that has just begun. */
  admit(res: Response, session: PatronSession): Promise<void>;
  /** Takes the cookie away. The session itself is for the caller to end. */
  dismiss(res: Response): void;
  /** The token that signing in from this browser must carry; gives the browser a session where it has none. */
  signInToken(req: Request): string;
  /** Problem('csrf_refused') for a sign-in that this browser did not open the form for. */
  checkSignIn(req: Request): void;
}

/** `formKey`: 32 bytes under which tokens of the sign-in form are made. */
export function createPatronDoor(
  deps: { sessions: PatronSessions; tokens: PatronTokens; formKey: Uint8Array } & CookieCare,
): PatronDoor {
  const { sessions, tokens } = deps;
  const found = new WeakMap<Request, PatronSession>();

  const admit = async (res: Response, session: PatronSession): Promise<void> => {
    setCookie(res, COOKIE, await tokens.sign(session.id), deps);
  };
  const find = (req: Request): PatronSession | undefined => {
    const session = found.get(req);
    return session?.ended.aborted === false ? session : undefined;
  };
  const get = (req: Request): PatronSession => {
    const session = find(req);
    if (!session) throw new Problem('signed_out');
    return session;
  };
  const formToken = (sessionId: string): string =>
    createHmac('sha256', deps.formKey).update(sessionId).digest('base64url');

  return {
    async recognise(req, res, next) {
      const sent = cookieOf(req, COOKIE, deps);
      if (sent === undefined) return next();
      const token = await tokens.read(sent);
      const session = token && sessions.use(token.sessionId);
      if (token && session) {
        found.set(req, session);
        if (token.ageMs * RENEWAL >= sessions.limits.idleMs) await admit(res, session);
      }
      return next();
    },
    find,
    get,
    getForWrite(req) {
      const session = get(req);
      requireToken(req, session.csrf);
      return session;
    },
    admit,
    dismiss: (res) => dropCookie(res, COOKIE, deps),
    signInToken: (req) => formToken(sessionOf(req)),
    checkSignIn(req) {
      const visit = knownSessionOf(req);
      if (visit === undefined) throw new Problem('csrf_refused', { detail: 'Open the sign-in form first.' });
      requireToken(req, formToken(visit));
    },
  };
}

function requireToken(req: Request, expected: string): void {
  const sent = Buffer.from(req.get(CSRF_HEADER) ?? '');
  const wanted = Buffer.from(expected);
  if (sent.length === wanted.length && timingSafeEqual(sent, wanted)) return;
  throw new Problem('csrf_refused', {
    detail: `The header ${CSRF_HEADER} is missing or not this session’s.`,
  });
}
