import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler } from 'express';

const COOKIE = 'carrel_session';
const ID = /^[A-Za-z0-9_-]{22}$/;
const ids = new WeakMap<Request, string>();

/**
 * Gives each browser a random 128-bit session id in an httpOnly, SameSite=Strict cookie that lasts as long as the
 * browser is open. The id means nothing outside this process and is tied to no person.
 */
export function anonymousSession(options: { secure: boolean }): RequestHandler {
  return (req, res, next) => {
    const known = readCookie(req.headers.cookie, COOKIE);
    const id = known && ID.test(known) ? known : randomBytes(16).toString('base64url');
    if (id !== known) {
      res.cookie(COOKIE, id, { httpOnly: true, sameSite: 'strict', secure: options.secure, path: '/' });
    }
    ids.set(req, id);
    next();
  };
}

/** The session id of a request that passed `anonymousSession`; throws where it was not mounted. */
export function sessionOf(req: Request): string {
  const id = ids.get(req);
  if (!id) throw new Error('anonymousSession is not mounted before this route');
  return id;
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
