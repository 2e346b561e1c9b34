import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Problem, problems, type ProblemBody } from '../contract/problems.js';
import { kindAndPlace } from '../engine/telemetry/places.js';
import { methodsOf } from './methods.js';
import { requestIdOf } from './request-log.js';

/** A problem as it goes out. The cause never does. */
export function problemBody(problem: Problem, requestId?: string): ProblemBody {
  const { status, title } = problems[problem.code];
  return {
    type: `/problems/${problem.code}`,
    title,
    status,
    code: problem.code,
    ...(problem.details.detail !== undefined && { detail: problem.details.detail }),
    ...(problem.details.errors !== undefined && { errors: problem.details.errors }),
    ...(requestId !== undefined && { request_id: requestId }),
  };
}

/** Any thrown value as a Problem: intended ones as they are, wrong input as bad_request, all else as `internal`. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof z.ZodError) {
    const errors = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    return new Problem('bad_request', { errors }, { cause: error });
  }
  if (isParserError(error)) {
    if (error.status === 413) return new Problem('payload_too_large', {}, { cause: error });
    return new Problem('bad_request', { detail: 'The request could not be read.' }, { cause: error });
  }
  return new Problem('internal', {}, { cause: error });
}

/** The last middleware: every error leaves as RFC 9457, faults are logged with their cause and request id. */
export function sendProblems(log: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const problem = asProblem(error);
    const requestId = requestIdOf(req);
    if (problem.code === 'internal') log.error({ requestId, err: kindAndPlace(problem.cause) }, 'fault');
    if (res.headersSent) return next(error);
    if (problem.details.retryAfterSeconds !== undefined) {
      res.setHeader('retry-after', String(Math.ceil(problem.details.retryAfterSeconds)));
    }
    res.status(problems[problem.code].status).type('application/problem+json');
    res.send(JSON.stringify(problemBody(problem, requestId)));
  };
}

/** What answers when nothing else did: an address of the API by 405 and the methods it takes (RFC 9110, 15.5.6), or 404. */
export const nothingHere: RequestHandler = (req: Request, res, next) => {
  const methods = methodsOf(req.originalUrl.replace(/\?.*$/s, ''));
  if (methods.length === 0 || methods.includes(req.method)) return next(new Problem('not_found'));
  res.setHeader('allow', methods.join(', '));
  return next(new Problem('method_not_allowed'));
};

/** body-parser and the router mark their own refusals with a 4xx status. */
function isParserError(error: unknown): error is { status: number } {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500;
}
