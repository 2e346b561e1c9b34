import type { CookieOptions, Request, Response } from 'express';

/** `secure` behind TLS: the cookie is then named with __Host-, so that no other host of the domain can plant one. */
export interface CookieCare {
  secure: boolean;
}

/** What the browser sent under this name, or undefined. Of two cookies of one name the first counts. */
export function cookieOf(req: Request, name: string, care: CookieCare): string | undefined {
  const full = nameOf(name, care);
  for (const pair of req.headers.cookie?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === full) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** Sets a cookie that scripts cannot read, that other sites' requests do not carry, and that ends with the browser. */
export function setCookie(res: Response, name: string, value: string, care: CookieCare): void {
  res.cookie(nameOf(name, care), value, optionsOf(care));
}

export function dropCookie(res: Response, name: string, care: CookieCare): void {
  res.clearCookie(nameOf(name, care), optionsOf(care));
}

function nameOf(name: string, { secure }: CookieCare): string {
  return secure ? `__Host-${name}` : name;
}

function optionsOf({ secure }: CookieCare): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', secure, path: '/' };
}
