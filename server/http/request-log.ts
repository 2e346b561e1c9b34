import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';

const ids = new WeakMap<Request, string>();

/**
 * One line a request: method, path pattern, status, milliseconds, request id. Never a query string, an address, a
 * session or a body: what a patron asked is nobody's business. Health checks are not logged.
 */
export function requestLog(log: Logger): RequestHandler {
  return (req, res, next) => {
    const id = randomUUID();
    const startedAt = performance.now();
    ids.set(req, id);
    res.setHeader('x-request-id', id);
    if (req.path.startsWith('/health/')) return next();
    res.once('close', () => {
      log.info({
        requestId: id,
        method: req.method,
        route: routeOf(req),
        status: res.statusCode,
        ms: Math.round(performance.now() - startedAt),
        ...(!res.writableFinished && { aborted: true }),
      });
    });
    return next();
  };
}

/**
 * The whole pattern of the route that took the request, or undefined when none did. Where it is mounted is counted off
 * the address: Express forgets `baseUrl` on the way out of a router that failed.
 */
function routeOf(req: Request): string | undefined {
  const route = (req.route as { path?: unknown } | undefined)?.path;
  if (typeof route !== 'string') return undefined;
  const own = segments(route);
  // Asked as a proxy is, by its whole address (RFC 9112, 3.2.2), it begins with a host that anybody may have made up.
  const all = segments(req.originalUrl.replace(/^[a-z]+:\/\/[^/?]*/i, '').split('?')[0] ?? '');
  return `/${[...all.slice(0, all.length - own.length), ...own].join('/')}`;
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** The id under which a request is logged. */
export function requestIdOf(req: Request): string | undefined {
  return ids.get(req);
}
