/**
 * Reads what the last run of all tests covered (tap's json-summary) and fails below 90 % of the server's lines.
 * `node dist/scripts/coverage-floor.js`; the page (server/web), tests and scripts are not counted.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { programDir } from '../server/config.js';

const FLOOR = 90;
const Summary = z.record(
  z.string(),
  z.object({ lines: z.object({ total: z.number(), covered: z.number() }) }),
);
const SHOWN = 8;

const path = join(programDir, '.tap/report/coverage-summary.json');
if (!existsSync(path)) {
  console.error(`There is no ${relative(programDir, path)}: run npm test first.`);
  process.exit(1);
}
const summary = Summary.parse(JSON.parse(readFileSync(path, 'utf8')));
const rows = readdirSync(join(programDir, 'server'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('web/') && !file.startsWith('test/'))
  .map((file) => ({ file, ...(summary[join(programDir, 'server', file)]?.lines ?? unseen(file)) }));
const covered = sum(rows.map((row) => row.covered));
const total = sum(rows.map((row) => row.total));
const percent = (100 * covered) / total;

console.log(
  `Tests cover ${percent.toFixed(1)} % of ${total.toLocaleString('en')} server lines (floor: ${FLOOR} %).`,
);
if (!(percent >= FLOOR)) {
  const most = rows.sort((a, b) => b.total - b.covered - (a.total - a.covered)).slice(0, SHOWN);
  for (const row of most)
    console.error(`  server/${row.file}: ${row.total - row.covered} lines without a test`);
  process.exitCode = 1;
}

/** A file that no test loaded counts whole, unless it compiles to nothing because it holds types alone. */
function unseen(file: string): { total: number; covered: number } {
  const compiled = join(programDir, 'dist/server', file.replace(/\.ts$/, '.js'));
  const code = existsSync(compiled) ? readFileSync(compiled, 'utf8') : '';
  const isTypesOnly = code.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '').trim() === 'export {};';
  const lines = readFileSync(join(programDir, 'server', file), 'utf8').split('\n').length;
  return { total: isTypesOnly ? 0 : lines, covered: 0 };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
