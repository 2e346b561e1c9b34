import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { Problem } from '../contract/problems.js';
import { CSRF_HEADER } from '../contract/sign-in.js';
import type { Clock } from '../engine/cache/clock.js';
import type { PatronSession, PatronSessions } from '../engine/sessions/patron-sessions.js';
import { keyFor } from '../engine/settings/seal.js';
import { cookieOf, dropCookie, setCookie, type CookieCare } from './cookies.js';
import { createPatronTokens } from './patron-token.js';
import { knownSessionOf, openSessionOf } from './session.js';

const COOKIE = 'carrel_patron';
/** A token is given anew when it is a quarter as old as an unused session gets. */
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
  /**
   * The token that signing in from this browser must carry; gives the browser a session where it has none that goes on.
   * Problem('csrf_refused') when another site asks.
   */
  signInToken(req: Request): string;
  /** The visit that signs in; Problem('csrf_refused') for a sign-in that this browser did not open the form for. */
  checkSignIn(req: Request): string;
}

/** `fileKey`: the 32 bytes of the key file, of which the door's own keys are made. */
export function createPatronDoor(
  deps: { sessions: PatronSessions; fileKey: Buffer; clock?: Clock } & CookieCare,
): PatronDoor {
  const { sessions } = deps;
  const { idleMs } = sessions.limits;
  const formKey = keyFor('sign-in forms', deps.fileKey);
  const tokens = createPatronTokens({
    key: keyFor('patron tokens', deps.fileKey),
    // So that a token not yet given anew never ends before its session would.
    lifetimeMs: idleMs + idleMs / RENEWAL,
    ...(deps.clock && { clock: deps.clock }),
  });
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
    createHmac('sha256', formKey).update(sessionId).digest('base64url');

  return {
    async recognise(req, res, next) {
      const sent = cookieOf(req, COOKIE, deps);
      if (sent === undefined) return next();
      const token = await tokens.read(sent);
      const session = token && sessions.use(token.sessionId);
      if (token && session) {
        found.set(req, session);
        if (token.ageMs * RENEWAL >= idleMs) await admit(res, session);
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
    signInToken(req) {
      // A link on another site would be followed without the cookie, and its answer put a new one in its place.
      const from = req.get('sec-fetch-site') ?? 'same-origin';
      if (from !== 'same-origin' && from !== 'none') throw new Problem('csrf_refused');
      return formToken(openSessionOf(req));
    },
    checkSignIn(req) {
      const visit = knownSessionOf(req);
      if (visit === undefined) throw new Problem('csrf_refused', { detail: 'Open the sign-in form first.' });
      requireToken(req, formToken(visit));
      return visit;
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
