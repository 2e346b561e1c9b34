import type { ProblemBody, ProblemCode } from '../../../contract/problems.js';

/** Why an answer did not come: the server said no, could not be reached, or broke off half-way. */
export type Refusal =
  | { kind: 'problem'; code: ProblemCode; title: string; retryAfterSeconds?: number }
  | { kind: 'unreachable' }
  | { kind: 'broken_off' };

/** Thrown by the API client for every answer that is not one. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.kind, options);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

/** Reads a problem body and a Retry-After header; a body that is not a problem counts as a fault of ours. */
export function refusalOf(body: unknown, retryAfter: string | null): Refusal {
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
  const wait = Number.isFinite(seconds) && seconds > 0 ? { retryAfterSeconds: Math.ceil(seconds) } : {};
  return isProblem(body)
    ? { kind: 'problem', code: body.code, title: body.title, ...wait }
    : { kind: 'problem', code: 'internal', title: '', ...wait };
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}
