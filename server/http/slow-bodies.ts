import type { IncomingMessage, Server } from 'node:http';

export interface BodyPace {
  /** Time that any body may take. Default: 30 s. */
  graceMs: number;
  /** After that, the bytes a second that a body must have come at so far. Default: 500. */
  bytesPerSecond: number;
}

export const bodyPace: BodyPace = { graceMs: 30_000, bytesPerSecond: 500 };

/**
 * Ends connections whose request body trickles in, so that a handful of senders cannot hold all connections open. An
 * upload of gigabytes passes as long as it moves; an event stream passes because its request is long complete.
 */
export function refuseSlowBodies(server: Server, pace: BodyPace = bodyPace): void {
  const arriving = new Map<IncomingMessage, { since: number; bytesBefore: number }>();
  server.on('request', (req) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = req.headers;
    if (encoding === undefined && (length === undefined || length === '0')) return;
    arriving.set(req, { since: performance.now(), bytesBefore: req.socket.bytesRead });
  });
  const look = (): void => {
    for (const [req, { since, bytesBefore }] of arriving) {
      const { socket } = req;
      if (req.complete || socket.destroyed) {
        arriving.delete(req);
        continue;
      }
      const earnedMs = (1000 * (socket.bytesRead - bytesBefore)) / pace.bytesPerSecond;
      if (performance.now() - since > pace.graceMs + earnedMs) socket.destroy();
    }
  };
  const timer = setInterval(look, pace.graceMs / 4);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}
