/**
 * Measures search on judged sets, what it says of its own answers, and reading on broken files, and fails when a figure falls below its recorded floor.
 * `node dist/scripts/eval-floors.js DIR` looks for the sets named in eval-floors.json below DIR; where there are none it
 * says so and passes, since a library that clones the project does not have them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { runEval } from '../server/commands/eval.js';
import { programDir } from '../server/config.js';
import { checkAwkwardFiles } from './awkward-files.js';
import { measureConfidence } from './confidence-measures.js';

const Floors = z.record(z.string(), z.record(z.string(), z.number()));
const { CONFIDENCE: confidenceFloors = {}, ...floors } = Floors.parse(
  JSON.parse(readFileSync(join(programDir, 'scripts/eval-floors.json'), 'utf8')),
);
const dir = process.argv[2] ?? join(programDir, '../shared/eval');
const signal = new AbortController().signal;
const below: string[] = [];

for (const [set, bySort] of Object.entries(floors)) {
  const folder = join(dir, set);
  if (!existsSync(join(folder, 'queries.jsonl'))) {
    console.log(`Search quality on ${set}: skipped, the judged set is not here.`);
    continue;
  }
  const { records, queries, latencyMs, rows } = await runEval({ dir: folder, signal });
  console.log(
    `\nSearch quality on ${set}: ${records} records, ${queries} questions, p95 ${latencyMs.p95} ms`,
  );
  console.log(`${'type'.padEnd(24)} ${'n'.padStart(4)} ${'nDCG@10'.padStart(8)} ${'floor'.padStart(6)}`);
  for (const row of rows) {
    const floor = bySort[row.type];
    const shown = floor === undefined ? '' : floor.toFixed(3);
    console.log(
      `${row.type.padEnd(24)} ${String(row.queries).padStart(4)} ${row.ndcg10.toFixed(3).padStart(8)} ${shown.padStart(6)}`,
    );
    if (floor !== undefined && row.ndcg10 < floor)
      below.push(`${set} ${row.type}: ${row.ndcg10.toFixed(3)} is below ${shown}`);
  }
  for (const sort of Object.keys(bySort))
    if (!rows.some((row) => row.type === sort)) below.push(`${set} ${sort}: not measured`);
}

const judged = Object.keys(floors).map((set) => join(dir, set));
if (judged.every((folder) => existsSync(join(folder, 'qrels.tsv')))) {
  const measures = await measureConfidence(judged, { signal });
  console.log(
    '\nWhat search says of its own answers, on the half of the questions that it was not fitted to',
  );
  for (const [name, value] of Object.entries(measures)) {
    const floor = confidenceFloors[name];
    console.log(
      `${name.padEnd(24)} ${value.toFixed(3).padStart(13)} ${(floor?.toFixed(3) ?? '').padStart(6)}`,
    );
    if (floor !== undefined && !(value >= floor))
      below.push(`confidence ${name}: ${value.toFixed(3)} is below ${floor.toFixed(3)}`);
  }
} else console.log('\nWhat search says of its own answers: skipped, the judged sets are not here.');

if (existsSync(join(dir, 'awkward/expected.json'))) {
  const { files, amiss } = await checkAwkwardFiles(join(dir, 'awkward'));
  console.log(`\nBroken and odd files: ${files - amiss.length} of ${files} as expected`);
  below.push(...amiss);
} else console.log('Broken and odd files: skipped, they are not here.');

if (below.length > 0) {
  console.error(`\nBelow the recorded floor:\n  ${below.join('\n  ')}`);
  process.exitCode = 1;
}
