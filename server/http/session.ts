import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler } from 'express';

const COOKIE = 'carrel_session';
const ID = /^[A-Za-z0-9_-]{22}$/;
const sessions = new WeakMap<Request, () => string>();

/**
 * Knows each browser by a random 128-bit session id in an httpOnly, SameSite=Strict cookie that lasts as long as the
 * browser is open. The id means nothing outside this process and is tied to no person. The cookie is set where a
 * session is first needed: a slow answer that needs none must not put another in place of one that was given since.
 */
export function anonymousSession(options: { secure: boolean }): RequestHandler {
  return (req, res, next) => {
    const sent = readCookie(req.headers.cookie, COOKIE);
    let id = sent !== undefined && ID.test(sent) ? sent : undefined;
    sessions.set(req, () => {
      if (id !== undefined) return id;
      id = randomBytes(16).toString('base64url');
      res.cookie(COOKIE, id, { httpOnly: true, sameSite: 'strict', secure: options.secure, path: '/' });
      return id;
    });
    next();
  };
}

/**
 * The session id of a request that passed `anonymousSession`, before its answer has begun; throws where it was not
 * mounted.
 */
export function sessionOf(req: Request): string {
  const session = sessions.get(req);
  if (!session) throw new Error('anonymousSession is not mounted before this route');
  return session();
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
