import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { programDir } from '../../server/config.js';
import type { ProbeReading } from './event-loop-probe.js';

/** The real server over `dataDir`, in which time can be moved on. */
export interface AgeingServer {
  base: string;
  /** Lets everything that is remembered of the library's system grow older than fresh. */
  later(): Promise<void>;
  resetProbe(): void;
  readProbe(): Promise<ProbeReading>;
  stop(): Promise<void>;
}

export async function startAgeingServer(dataDir: string): Promise<AgeingServer> {
  const dist = join(programDir, 'dist');
  const preload = ['event-loop-probe', 'ils-later'].flatMap((name) => [
    '--import',
    pathToFileURL(join(dist, `scripts/bench/${name}.js`)).href,
  ]);
  const child = fork(join(dist, 'server/main.js'), {
    execArgv: preload,
    env: { PATH: process.env.PATH, CARREL_PORT: '0', CARREL_DATA: dataDir, CARREL_RATE_LIMIT: '0' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const { msg, port: at } = JSON.parse(line) as { msg?: string; port?: number };
      if (msg === 'listening' && at !== undefined) resolve(at);
    });
  });
  const answered = async <T>(order: string): Promise<T> => {
    const answer = once(child, 'message') as Promise<[T]>;
    child.send(order);
    return (await answer)[0];
  };
  return {
    base: `http://127.0.0.1:${port}`,
    later: async () => void (await answered('later')),
    resetProbe: () => void child.send('reset'),
    readProbe: () => answered<ProbeReading>('read'),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
