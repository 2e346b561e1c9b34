import { retryAfterOf } from '../../remote/refusal.js';
import type { HttpReply } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';

/** The body as JSON; undefined when it is none. */
export function jsonOf(reply: HttpReply): unknown {
  try {
    return JSON.parse(reply.body.toString('utf8'));
  } catch {
    return undefined; // A page of something in between: judged by who asked.
  }
}

/** The fault that a status stands for which nobody expected; `writes` where the request was to change something. */
export function unexpected(reply: HttpReply, now: number, writes = false): IlsFault {
  const { status } = reply;
  const retryAfterMs = retryAfterOf(reply.headers['retry-after'], now);
  const mayHaveHappened = writes;
  if (status === 429 || (status === 503 && retryAfterMs !== undefined))
    return new IlsFault('busy', 'OverDrive', {
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      mayHaveHappened,
    });
  return new IlsFault(status >= 500 || status === 408 ? 'broken' : 'foreign', 'OverDrive', {
    mayHaveHappened,
  });
}
