import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { checkCommand, checkFile, type CheckReport } from '../../../../commands/check.js';
import { records } from './marc-builder.js';

/** The evaluation kit beside the repository; its files have no licence to be copied into it. */
const kit = findKit(dirname(fileURLToPath(import.meta.url)));
const awkward = join(kit, 'awkward');
const absent = existsSync(awkward) ? false : `no evaluation kit at ${kit}`;

interface Expected {
  file: string;
  records: number;
  readable_min: number;
  must_report: string[];
}

function findKit(from: string): string {
  for (let dir = from; dir !== dirname(dir); dir = dirname(dir)) {
    if (existsSync(join(dir, 'package-lock.json'))) return join(dir, '..', 'shared', 'eval');
  }
  return 'shared/eval';
}

t.test('every awkward file gives what a tolerant reader must get', { skip: absent }, async (t) => {
  const expected = JSON.parse(readFileSync(join(awkward, 'expected.json'), 'utf8')) as Expected[];
  const results: Record<string, CheckReport> = {};
  for (const { file, records: count, must_report } of expected) {
    const report = await checkFile(join(awkward, file));
    results[file] = report;
    t.equal(report.records, count, `${file}: ${count} records`);
    if (must_report.length === 0) t.same(report.warnings, [], `${file} is clean`);
  }
  const path = join(mkdtempSync(join(tmpdir(), 'carrel-awkward-')), 'results.json');
  writeFileSync(path, JSON.stringify(results));
  const said = execFileSync('node', [join(kit, 'tools', 'awkward_check.mjs'), awkward, path], {
    encoding: 'utf8',
  });
  t.match(said, `${expected.length}/${expected.length} files as expected`);
});

t.test('genuine records of libraries come in whole', { skip: absent }, async (t) => {
  for (const [file, count] of [
    ['realmarc/catalogue.mrc', 1620],
    ['modern/catalogue.mrc', 5587],
    ['modern/catalogue.csv', 5587],
    ['realmarc/originals/bibs_cze.xml', 7],
  ] as const) {
    const report = await checkFile(join(kit, file));
    t.same([report.records, report.readable, report.warnings], [count, count, []], file);
  }
});

t.test('the check command prints, writes its report and answers whether all can be imported', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-check-'));
  const good = join(dir, 'good.mrc');
  const bad = join(dir, 'bad.mrc');
  const [first, second] = records(2) as [Buffer, Buffer];
  second.write('00099', 'latin1');
  writeFileSync(good, Buffer.concat([first, second, Buffer.from('00026nam a2200025 i 4500\x1e\x1d')]));
  writeFileSync(bad, '<!DOCTYPE html>');
  let said = '';
  const output = {
    write: (text: string | Uint8Array) => void (said += String(text)),
    problem: () => undefined,
    interactive: false,
  };
  const report = join(dir, 'report.json');
  t.equal(await checkCommand({ files: [good], report, output }), 0);
  t.match(said, /good\.mrc: 3 records, 2 can be imported, 1 cannot/);
  const whole = { ok: true, records: 3, readable: 2, formats: { book: 2 } };
  t.match(JSON.parse(readFileSync(report, 'utf8')), whole, 'one file is the report itself');
  t.equal(await checkCommand({ files: [good, bad], report, output, profile: 'koha' }), 1);
  t.match(
    JSON.parse(readFileSync(report, 'utf8')),
    { [good]: whole, [bad]: { readable: 0 } },
    'several are told apart',
  );
  t.match(said, /! This is a web page/);
});
