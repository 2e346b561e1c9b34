import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programDir } from '../../server/config.js';
import { generateCatalogue, type Known } from './generate.js';
import { makeBenchModel } from './models-made.js';

/** A data folder with a generated catalogue, its vectors and a chosen language model, made by the product's own commands. */
export async function prepareData(
  folder: string,
  records: number,
): Promise<{ dataDir: string; known: Known }> {
  const dataDir = join(folder, 'data');
  const file = join(folder, 'generated.mrc');
  const known = await generateCatalogue(file, records);
  await runCarrel(dataDir, ['import', file, '--quiet']);
  const prompts = join(programDir, 'data/prompts/discovery');
  const texts = readdirSync(prompts)
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(join(prompts, name), 'utf8'));
  // With tokens made for its prompts, a prompt is about as long for this model as for a real one.
  const learnFrom = [...texts, ...known.titles.slice(0, 300), ...known.subjects.slice(0, 100)].join('\n');
  const model = makeBenchModel(folder, 'half', learnFrom);
  await chooseModel(dataDir, model.path, 'made-half', 'chat');
  return { dataDir, known };
}

/** Has the product take a model file or folder and choose it; `more` are further options of `carrel models add`. */
export async function chooseModel(
  dataDir: string,
  path: string,
  id: string,
  role: string,
  more: readonly string[] = [],
): Promise<void> {
  const options = ['--id', id, '--role', role, '--accept-licence', '--quiet', ...more];
  await runCarrel(dataDir, ['models', 'add', path, ...options]);
  await runCarrel(dataDir, ['models', 'use', id]);
}

async function runCarrel(dataDir: string, args: string[]): Promise<void> {
  const child = spawn(process.execPath, [join(programDir, 'dist/server/cli.js'), ...args], {
    env: { PATH: process.env.PATH, CARREL_DATA: dataDir },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`carrel ${args.slice(0, 2).join(' ')} ended with ${code}`);
}

/** Waits until the served model answers. Throws after a minute and a half. */
export async function modelReady(base: string): Promise<void> {
  for (let tries = 0; tries < 900; tries++) {
    const answer = await fetch(`${base}/health/ready`);
    const { llm } = (await answer.json()) as { llm: { state: string } };
    if (llm.state === 'ready') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the model was not ready in time');
}

/** The served model's process (Linux). Throws when there is none. */
export function modelPid(serverPid: number): number {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]);
      const line = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      if (parent === serverPid && line.includes('llama-process')) return Number(name);
    } catch {
      // It ended while it was looked at.
    }
  }
  throw new Error('the model has no process');
}
