import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { Problem } from '../contract/problems.js';

/** Security headers with a policy that lets the page load nothing from anywhere but this server. */
export function securityHeaders(options: { secure: boolean }): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: options.secure,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
}

/** At most `perMinute` requests a minute from one address; 0 means no limit. Over it: 429 with Retry-After. */
export function requestLimit(perMinute: number): RequestHandler {
  if (perMinute === 0) return (_req, _res, next) => next();
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (req, _res, next) => {
      const reset = (req as { rateLimit?: { resetTime?: Date } }).rateLimit?.resetTime?.getTime();
      const seconds = reset ? Math.max(1, Math.ceil((reset - Date.now()) / 1000)) : 60;
      next(new Problem('too_many_requests', { retryAfterSeconds: seconds }));
    },
  });
}

/**
 * Refuses writes that a browser sends from another site (by Sec-Fetch-Site, and by Origin where that header is
 * missing). Programs that send neither header pass: they carry no patron's cookie by accident.
 */
export function sameSiteWrites(): RequestHandler {
  return (req, _res, next) => {
    if (req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS') return next();
    const site = req.get('sec-fetch-site');
    const origin = req.get('origin');
    const foreign = site
      ? site !== 'same-origin' && site !== 'none'
      : origin !== undefined && !isOwn(origin, req.get('host'));
    return next(foreign ? new Problem('csrf_refused') : undefined);
  };
}

/** Lets staff in by `Authorization: Bearer KEY`. With no key configured the staff door stays closed. */
export function staffOnly(key: string | undefined): RequestHandler {
  const expected = key === undefined ? undefined : digest(key);
  return (req, _res, next) => {
    const sent = /^Bearer (.+)$/.exec(req.get('authorization') ?? '')?.[1];
    const allowed = expected !== undefined && sent !== undefined && timingSafeEqual(digest(sent), expected);
    return next(
      allowed
        ? undefined
        : new Problem(
            'staff_only',
            expected ? {} : { detail: 'No staff key is set: start Carrel with CARREL_STAFF_KEY.' },
          ),
    );
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isOwn(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
