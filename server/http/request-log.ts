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
      const route = (req.route as { path?: string } | undefined)?.path;
      log.info({
        requestId: id,
        method: req.method,
        route: route === undefined ? undefined : req.baseUrl + route,
        status: res.statusCode,
        ms: Math.round(performance.now() - startedAt),
        ...(!res.writableFinished && { aborted: true }),
      });
    });
    return next();
  };
}

/** The id under which a request is logged. */
export function requestIdOf(req: Request): string | undefined {
  return ids.get(req);
}
