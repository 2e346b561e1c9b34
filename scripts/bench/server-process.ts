import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { programDir } from '../../server/config.js';
import type { ProbeReading } from './event-loop-probe.js';

export interface ServerProcess {
  base: string;
  pid: number;
  resetProbe(): void;
  readProbe(): Promise<ProbeReading>;
  stop(): Promise<void>;
}

/** Starts the real server on a free loopback port over `dataDir`, without a rate limit, and waits until it is ready. */
export async function startServer(dataDir: string): Promise<ServerProcess> {
  const port = await freePort();
  const dist = join(programDir, 'dist');
  const child = fork(join(dist, 'server/main.js'), {
    execArgv: ['--import', pathToFileURL(join(dist, 'scripts/bench/event-loop-probe.js')).href],
    env: {
      PATH: process.env.PATH,
      CARREL_PORT: String(port),
      CARREL_DATA: dataDir,
      CARREL_RATE_LIMIT: '0',
      CARREL_LOG: 'fatal',
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const base = `http://127.0.0.1:${port}`;
  await untilReady(base, child);
  return {
    base,
    pid: child.pid ?? 0,
    resetProbe: () => void child.send('reset'),
    readProbe: async () => {
      child.send('read');
      const [reading] = (await once(child, 'message')) as [ProbeReading];
      return reading;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function untilReady(base: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const ready = await fetch(`${base}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server was not ready within a minute');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
