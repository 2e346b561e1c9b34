import type { Request, Response } from 'express';
import { asProblem, problemBody } from './problems.js';
import { requestIdOf } from './request-log.js';

export interface EventStream {
  /** Sends one named event with a JSON body. Does nothing once the reader has gone. */
  send(event: string, data: unknown): void;
  /** Sends the problem as an `error` event: the status line has long been sent. */
  fail(error: unknown): void;
  close(): void;
  /** Aborts when the reader goes away. */
  readonly signal: AbortSignal;
}

/** Turns a response into server-sent events (WHATWG HTML, section 9.2), unbuffered, with a comment as heartbeat. */
export function openEventStream(req: Request, res: Response): EventStream {
  const gone = new AbortController();
  res.status(200);
  res.setHeader('content-type', 'text/event-stream; charset=utf-8');
  res.setHeader('cache-control', 'no-store');
  res.setHeader('x-accel-buffering', 'no');
  res.flushHeaders();
  const heartbeat = setInterval(() => res.write(': still here\n\n'), 15_000);
  res.once('close', () => {
    clearInterval(heartbeat);
    gone.abort();
  });
  const send = (event: string, data: unknown): void => {
    if (!gone.signal.aborted && !res.writableEnded)
      res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  return {
    send,
    fail: (error) => send('error', problemBody(asProblem(error), requestIdOf(req))),
    close: () => {
      clearInterval(heartbeat);
      res.end();
    },
    signal: gone.signal,
  };
}

/** True when the client asked for events rather than one JSON answer. */
export function wantsEvents(req: Request): boolean {
  return req.accepts(['application/json', 'text/event-stream']) === 'text/event-stream';
}
