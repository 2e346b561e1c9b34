import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'node:http';
import { parseArgs } from 'node:util';
import { programDir } from '../../server/config.js';
import { plainFts5, type Plain } from './bm25.js';
import { generateCatalogue } from './generate.js';
import { benchIls } from './ils.js';
import { exchange, load } from './load.js';
import { percentiles, type Percentiles } from './percentiles.js';
import { benchModels } from './models.js';
import { askQuestions } from './questions.js';
import { startServer } from './server-process.js';

const usage = `npm run bench -- [--records 25000,100000] [--clients 500] [--questions 400]

Generates catalogues, imports them with the product's own command, asks the product's own server, and holds each figure
against plain SQLite FTS5 with BM25 over the same records in the same run. --clients 0 leaves the crowd out.

npm run bench -- models measures models: npm run bench -- models --help. npm run bench -- ils measures what the library's
own system costs: npm run bench -- ils --help.`;

/** Benchmarks of one part, each with arguments of its own. */
const parts: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  models: benchModels,
  ils: benchIls,
};
const part = parts[process.argv[2] ?? ''];
const { values } = parseArgs({
  args: part ? [] : process.argv.slice(2),
  options: {
    records: { type: 'string', default: '25000,100000' },
    clients: { type: 'string', default: '500' },
    questions: { type: 'string', default: '400' },
    help: { type: 'boolean', default: false },
  },
});

if (part) {
  await part(process.argv.slice(3));
} else if (values.help) {
  console.log(usage);
} else {
  console.log(`Machine: ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`);
  for (const records of values.records.split(',').map(Number)) {
    await bench(records, Number(values.clients), Number(values.questions));
  }
}

async function bench(records: number, clients: number, questions: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'carrel-bench-'));
  try {
    const file = join(folder, 'generated.mrc');
    const known = await generateCatalogue(file, records);
    console.log(`\n## ${records} records, ${megabytes(statSync(file).size)} of MARC\n`);
    const plain = plainFts5(file, join(folder, 'plain.db'));
    await benchImport(file, join(folder, 'data'), records, plain);
    await benchAnswers(join(folder, 'data'), askQuestions(known, questions), plain);
    if (clients > 0) await benchCrowd(join(folder, 'data'), clients, askQuestions(known, clients * 4, 11));
    await benchWhileImporting(join(folder, 'data'), file, askQuestions(known, questions, 13));
    plain.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchImport(file: string, dataDir: string, records: number, plain: Plain): Promise<void> {
  const words = await carrel(dataDir, ['import', file, '--quiet', '--no-vectors']);
  const rate = records / words.seconds;
  row(
    'import to searchable',
    `${Math.round(rate)} records/s (whole command, ${words.seconds.toFixed(1)} s), peak memory ${words.peakMb.toFixed(0)} MB`,
  );
  row(
    'plain FTS5, bare reader',
    `${Math.round(plain.recordsPerSecond)} records/s; ratio ${(rate / plain.recordsPerSecond).toFixed(2)}`,
  );
  row(
    'same file again',
    `${(await carrel(dataDir, ['import', file, '--quiet', '--no-vectors'])).seconds.toFixed(1)} s`,
  );
  const size = catalogueBytes(dataDir);
  row(
    'catalogue on disk, words only',
    `${megabytes(size)}, ${(size / records / 1024).toFixed(2)} kB a record (plain FTS5 ${plain.sizeMb.toFixed(0)} MB)`,
  );
  const vectors = await carrel(dataDir, ['train', '--quiet']);
  row(
    'vectors trained',
    `${vectors.seconds.toFixed(1)} s, peak memory ${vectors.peakMb.toFixed(0)} MB, catalogue then ${megabytes(catalogueBytes(dataDir))}`,
  );
}

async function benchAnswers(dataDir: string, questions: readonly string[], plain: Plain): Promise<void> {
  const server = await startServer(dataDir);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const once = async (text: string): Promise<number> => {
      const startedAt = performance.now();
      await exchange(agent, 'GET', `${server.base}/api/v1/search?q=${encodeURIComponent(text)}`);
      return performance.now() - startedAt;
    };
    for (const text of questions.slice(0, 40)) await once(text);
    const carrelMs: number[] = [];
    const plainMs: number[] = [];
    for (const text of questions) {
      carrelMs.push(await once(text));
      const startedAt = performance.now();
      plain.search(text);
      plainMs.push(performance.now() - startedAt);
    }
    const search = percentiles(carrelMs);
    const bare = percentiles(plainMs);
    row('search over HTTP, one client', show(search));
    row(
      'plain BM25, in process',
      `${show(bare)}; ratio of p50 ${(search.p50 / bare.p50).toFixed(1)}, of p95 ${(search.p95 / bare.p95).toFixed(1)}`,
    );
    row('turns over HTTP, one client', show(await load(server.base, 1, questions, 'turn')));
    const { residentMb } = await server.readProbe();
    row('resident after that', `${residentMb.toFixed(0)} MB`);
  } finally {
    agent.destroy();
    await server.stop();
  }
}

/** The same questions while nothing else happens and while as many records again come in from another source. */
async function benchWhileImporting(
  dataDir: string,
  file: string,
  questions: readonly string[],
): Promise<void> {
  const server = await startServer(dataDir);
  try {
    await load(server.base, 1, questions.slice(0, 40), 'search');
    const idle = await load(server.base, 1, questions, 'search');
    let over = false;
    const again = carrel(dataDir, ['import', file, '--source', 'again', '--quiet', '--no-vectors']).finally(
      () => (over = true),
    );
    const during: number[] = [];
    const statuses: Record<string, number> = {};
    for (let at = 0; !over; at += 20) {
      const part = Array.from({ length: 20 }, (_, i) => questions[(at + i) % questions.length] ?? '');
      const result = await load(server.base, 1, part, 'search');
      during.push(...result.times);
      for (const [status, count] of Object.entries(result.statuses))
        statuses[status] = (statuses[status] ?? 0) + count;
    }
    await again;
    const busy = percentiles(during);
    row('search while nothing else happens', show(idle));
    row(
      'search while as many records again are imported',
      `${show(busy)}, statuses ${JSON.stringify(statuses)}; ratio of p95 ${(busy.p95 / idle.p95).toFixed(2)}`,
    );
  } finally {
    await server.stop();
  }
}

async function benchCrowd(dataDir: string, clients: number, questions: readonly string[]): Promise<void> {
  const server = await startServer(dataDir);
  try {
    for (const kind of ['search', 'turn'] as const) {
      server.resetProbe();
      const result = await load(server.base, clients, questions, kind);
      const probe = await server.readProbe();
      row(
        `${clients} clients at once, ${kind}`,
        `${Math.round(result.requestsPerSecond)}/s, ${show(result)}, statuses ${JSON.stringify(result.statuses)}, event loop p99 ${probe.p99Ms.toFixed(1)} ms (max ${probe.maxMs.toFixed(0)}), ${probe.residentMb.toFixed(0)} MB`,
      );
    }
  } finally {
    await server.stop();
  }
}

/** Runs the product's command line and watches its memory from outside (VmHWM, Linux). */
async function carrel(dataDir: string, args: string[]): Promise<{ seconds: number; peakMb: number }> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(programDir, 'dist/server/cli.js'), ...args], {
    env: { PATH: process.env.PATH, CARREL_DATA: dataDir },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakMb = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakMb = Math.max(peakMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // Not Linux, or just ended: the figure stays what it was.
    }
  }, 50);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(watch);
  if (code !== 0) throw new Error(`carrel ${args[0]} ended with ${code}`);
  return { seconds: (performance.now() - startedAt) / 1000, peakMb };
}

function catalogueBytes(dataDir: string): number {
  const sizes = readdirSync(dataDir)
    .filter((name) => name.startsWith('catalogue-'))
    .map((name) => statSync(join(dataDir, name)).size);
  return Math.max(0, ...sizes);
}

function row(name: string, figure: string): void {
  console.log(`| ${name} | ${figure} |`);
}

function show(p: Percentiles): string {
  return `p50 ${p.p50.toFixed(1)}, p95 ${p.p95.toFixed(1)}, p99 ${p.p99.toFixed(1)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`;
}
