import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { programDir } from '../../config.js';

export interface House {
  base: string;
  dataDir: string;
  pid: number;
  /** What the process wrote to standard output and standard error so far. */
  written(): string;
  /** Ends the process as a power cut would. */
  pullThePlug(): Promise<void>;
  /** Ends it in order and answers the exit code. */
  stop(): Promise<number | null>;
}

/** Runs the product's command line to its end; answers exit code and all it wrote. */
export function carrel(dataDir: string, ...args: string[]): Promise<Ran> {
  return carrelAsking(dataDir, '', ...args);
}

export interface Ran {
  code: number | null;
  text: string;
}

/** The same, with what it asks for on standard input. */
export async function carrelAsking(dataDir: string, answers: string, ...args: string[]): Promise<Ran> {
  const child = start(['dist/server/cli.js', ...args], { CARREL_DATA: dataDir }, 'pipe');
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(answers);
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

/** Starts the real server process on a free port over `dataDir` and waits until it listens. */
export async function openHouse(t: Test, dataDir: string, env: Record<string, string> = {}): Promise<House> {
  const child = start(['dist/server/main.js'], {
    CARREL_DATA: dataDir,
    CARREL_PORT: '0',
    CARREL_RATE_LIMIT: '0',
    CARREL_WORKERS: '2',
    ...env,
  });
  let written = '';
  child.stderr?.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${written}`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      written += `${line}\n`;
      const { msg, port } = JSON.parse(line) as { msg?: string; port?: number };
      if (msg === 'listening' && port !== undefined) resolve(port);
    });
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  };
  t.teardown(() => end('SIGTERM'));
  return {
    base: `http://127.0.0.1:${port}`,
    dataDir,
    pid: child.pid ?? 0,
    written: () => written,
    pullThePlug: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

function start(
  args: string[],
  env: Record<string, string>,
  input: 'ignore' | 'pipe' = 'ignore',
): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: programDir,
    env: { ...process.env, ...env },
    stdio: [input, 'pipe', 'pipe'],
  });
}
