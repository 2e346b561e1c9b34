import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refuseSlowBodies, type BodyPace } from './slow-bodies.js';

/** How often connections without an answer under way are closed once the server closes. */
const IDLE_LOOK_MS = 100;

export interface Listening {
  port: number;
  /** Stops accepting, lets answers under way finish for `graceMs`, then ends what is left. */
  close(graceMs: number): Promise<void>;
}

/**
 * Listens on host and port (0: any free one). Headers must come within 30 s and bodies at a pace (refuseSlowBodies);
 * one limit on whole requests would cut off long uploads. Rejects with the system's error when the address cannot be had.
 */
export function listen(
  app: RequestListener,
  options: { host: string; port: number; bodyPace?: BodyPace },
): Promise<Listening> {
  const server: Server = createServer(
    {
      requestTimeout: 0,
      headersTimeout: 30_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 5_000,
    },
    app,
  );
  refuseSlowBodies(server, options.bodyPace);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve({
        port: (server.address() as AddressInfo).port,
        close: (graceMs) => closeServer(server, graceMs),
      });
    });
  });
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A browser keeps its connection after its last answer; it would be waited for in vain.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}
