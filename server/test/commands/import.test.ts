import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import t, { type Test } from 'tap';
import { programDir } from '../../config.js';
import { importCommand, importHelp, importOptions, type ImportCommand } from '../../commands/import.js';
import { checkCommand } from '../../commands/check.js';
import type { Job } from '../../contract/office.js';
import { duration, progressLine } from '../../commands/job-progress.js';
import { noProgress } from '../../engine/jobs/job-store.js';
import { marc, marcFile, someRecords } from '../fakes/some-marc.js';

/** `carrel import` in a folder of its own: each run answers its exit status and all that it wrote. */
function terminal(t: Test, options: { interactive?: boolean } = {}) {
  const dir = t.testdir();
  const dataDir = join(dir, 'var');
  const run = async (args: string[], more: Partial<ImportCommand> = {}) => {
    const table = Object.fromEntries(
      Object.entries(importOptions).map(([name, { type }]) => [name, { type }]),
    );
    const { positionals, values } = parseArgs({ args, options: table, allowPositionals: true });
    const written: Uint8Array[] = [];
    const problems: string[] = [];
    const status = await importCommand({
      dataDir,
      positionals,
      values,
      output: {
        write: (text) => void written.push(Buffer.from(text)),
        problem: (line) => void problems.push(line),
        interactive: options.interactive ?? false,
      },
      signal: new AbortController().signal,
      check: () => Promise.resolve(0),
      ...more,
    });
    const bytes = Buffer.concat(written);
    return { status, text: bytes.toString(), bytes, problems };
  };
  return {
    dir,
    run,
    file: (name: string, ...list: Parameters<typeof someRecords>) =>
      marcFile(dir, name, someRecords(...list)),
  };
}

t.test('an import ends with what a librarian wants to know', async (t) => {
  const { run, file } = terminal(t, { interactive: true });
  const path = file('export.mrc', 1500, (record, at) => {
    record.authority = at === 4;
    record.suppressed = at === 6;
    if (at === 9) record.id = 'r3';
  });
  const { status, text, problems } = await run([path]);
  t.equal(status, 0, text + problems.join());
  t.match(
    text,
    /The catalogue holds 1,498 records: 1,498 added, 0 changed, 0 unchanged\. 1 refused; each is listed/,
  );
  t.match(text, '1 is kept but hidden from patrons.');
  t.match(text, '1 id came more than once; the last record of each counts.');
  t.match(text, 'See them with: carrel import --quarantine list');
  t.match(text, /1,500 records read in \d+ s\./);
  t.match(text, /Learned from 1,497 records/);
  t.ok(text.includes('\r\u001b[K'), 'progress stays on one line');
  const again = await run([path, '--quiet']);
  t.match(again.text, /^Nothing changed: 1,498 records are as they were\./);
  t.equal(again.text.split('\n').length, 2, 'one line');
});

t.test('with --json it is one object and nothing else', async (t) => {
  const { run, file } = terminal(t);
  const { text, status } = await run([file('a.mrc', 20), '--json', '--no-vectors', '--source', 'ebooks']);
  t.equal(status, 0);
  t.match(JSON.parse(text), { state: 'done', source: 'ebooks', mode: 'full', progress: { added: 20 } });
  t.notMatch(text, /path|head/, 'no places of this machine');
});

t.test('what cannot be done is one line and a status of 1', async (t) => {
  const { run, file, dir } = terminal(t);
  t.match(await run([join(dir, 'absent.mrc')]), {
    status: 1,
    problems: ['There is no file absent.mrc.'],
    text: '',
  });
  for (const args of [['--resume'], ['--cancel'], ['--rollback']]) {
    const { status, problems, text } = await run(args);
    t.equal(status, 1);
    t.match(problems, [/\.$/]);
    t.equal(text, '');
  }
  await run([file('a.mrc', 50), '--no-vectors']);
  const shrunk = await run([file('b.mrc', 5)]);
  t.match(shrunk, { status: 1, problems: [/^The file lacks 45 of the 50 records/] });
  t.match(await run([file('b.mrc', 5), '--allow-shrink', '--no-vectors']), { status: 0, text: /45 removed/ });
});

t.test(
  'a file that Carrel’s own user may not read is one sentence with the remedy',
  { skip: process.getuid?.() !== 0 && 'only root can become another user' },
  (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'carrel-locked-'));
    t.teardown(() => rmSync(dir, { recursive: true }));
    const path = marcFile(dir, 'export.mrc', someRecords(2));
    chmodSync(path, 0o600);
    chmodSync(dir, 0o755);
    for (const args of [[path], ['--check', path]]) {
      const { status, stderr, stdout } = spawnSync(
        process.execPath,
        [join(programDir, 'dist/server/cli.js'), 'import', ...args],
        { uid: 65534, gid: 65534, cwd: '/', env: { CARREL_DATA: '/srv/carrel-test' }, encoding: 'utf8' },
      );
      t.equal(status, 1);
      t.equal(stdout, '');
      t.match(
        stderr,
        /^The user \w+, as whom Carrel runs, may not read \S+export\.mrc; copy it with “sudo install -o \w+ \S+ \/srv\/carrel-test\/export\.mrc” and import \S+\.\n/,
      );
    }
    t.end();
  },
);

t.test('what is not understood is a status of 2', async (t) => {
  const { run } = terminal(t);
  for (const args of [
    [],
    ['a.mrc', '--mode', 'some'],
    ['a.mrc', '--source', 'A B'],
    ['a.csv', '--csv-map', 'title'],
  ]) {
    const { status, problems } = await run(args);
    t.equal(status, 2);
    t.equal(problems.length, 1);
  }
});

t.test('columns of a table can be named', async (t) => {
  const { run, dir } = terminal(t);
  const path = join(dir, 'list.csv');
  writeFileSync(path, 'Nummer,Buch,Von wem\n7,Der lange Weg,"Berg, Anna"\n');
  const { status, text, problems } = await run([
    path,
    '--csv-map',
    'Nummer=id, Buch=title,Von wem=author',
    '--no-vectors',
  ]);
  t.equal(status, 0, problems.join());
  t.match(text, 'The catalogue holds 1 record: 1 added');
});

t.test('Ctrl-C cancels, and the catalogue stays as it was', async (t) => {
  const { run, file } = terminal(t);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 300);
  const cancelled = await run([file('big.mrc', 6000)], { signal: stop.signal });
  t.match(cancelled, { status: 1, problems: ['Cancelled; the catalogue is as it was.'], text: '' });
});

t.test('a rollback says what is back', async (t) => {
  const { run, file } = terminal(t);
  await run([file('a.mrc', 20), '--no-vectors']);
  await run([file('b.mrc', 30), '--no-vectors']);
  t.match(await run(['--rollback']), { status: 0, text: /is back, with 20 records\./ });
});

t.test('--check reads and touches no data folder', async (t) => {
  const { run } = terminal(t);
  const asked: unknown[] = [];
  const check: ImportCommand['check'] = ({ files, report, profile, csvMapping }) => {
    asked.push({ files, report, profile, csvMapping });
    return Promise.resolve(7);
  };
  t.equal(
    (
      await run(
        ['a.mrc', '--check', '--report', 'out.json', '--profile', 'koha', '--csv-map', 'Buch=title,Preis=-'],
        { check },
      )
    ).status,
    7,
  );
  const csvMapping = { Buch: 'title', Preis: '-' };
  t.strictSame(asked, [{ files: ['a.mrc'], report: 'out.json', profile: 'koha', csvMapping }]);
  t.match(await run(['--check'], { check }), { status: 2, problems: [/^Which file\?/] });
  t.match(await run(['a.mrc', '--check', '--csv-map', 'title'], { check }), { status: 2 });
  t.equal(asked.length, 1);
});

t.test(
  '--check shows how the columns of a table are read, with the library’s own words and those given',
  async (t) => {
    const { run, dir } = terminal(t);
    const path = join(dir, 'list.csv');
    writeFileSync(path, 'id,Buch,Preis\n7,Der lange Weg,9\n');
    const check = checkCommand;
    const { status, text } = await run([path, '--check', '--csv-map', 'Buch=title'], { check });
    t.equal(status, 0);
    t.match(text, '  columns: id=id, Buch=title\n  columns left out: Preis\n  Change them with --csv-map');
    const folder = await run([dir, '--check'], { check });
    t.match(folder, { status: 1, text: /This is a folder; name the file in it\./ });
  },
);

t.test('the quarantine can be looked through and worked off', async (t) => {
  const { run, file, dir } = terminal(t);
  t.match(await run(['--quarantine']), { status: 0, text: 'Nothing was refused or repaired.\n' });
  await run([file('a.mrc', 20, (record, at) => (record.authority = at === 4)), '--no-vectors']);
  const { text } = await run(['--quarantine', 'list']);
  t.match(text, /^\s+(\d+) {2}refused {2}a\.mrc record 5 /);
  const id = text.trim().split(' ')[0] ?? '';
  t.match(await run(['--quarantine', 'show', id]), {
    status: 0,
    text: /authority_record +This is an authority record/,
  });
  t.match(JSON.parse((await run(['--quarantine', 'show', id, '--json'])).text), { id, kind: 'refused' });
  t.match(JSON.parse((await run(['--quarantine', 'list', '--json'])).text), { id });
  const raw = await run(['--quarantine', 'raw', id]);
  t.equal(raw.bytes.length, marc(someRecords(5)[4] ?? { id: '', title: '' }).length);
  t.match(await run(['--quarantine', 'retry', id]), { status: 1, problems: [/authority record/] });
  t.match(await run(['--quarantine', 'retry', id, join(dir, 'absent')]), {
    status: 1,
    problems: [/cannot be opened/],
  });
  const corrected = marcFile(dir, 'corrected.mrc', [{ id: 'r5', title: 'Corrected' }]);
  t.match(await run(['--quarantine', 'retry', id, corrected]), {
    status: 0,
    text: /holds 20 records: 1 added/,
  });
  t.match(await run(['--quarantine', 'show', id]), { status: 1 });
  t.match(await run(['--quarantine', 'burn', id]), { status: 2 });
});

t.test('progress is one line of plain figures', async (t) => {
  const job: Job = {
    id: 'a',
    kind: 'import',
    state: 'running',
    source: 'main',
    mode: 'full',
    files: ['a.mrc'],
    progress: {
      ...noProgress,
      records: 12_000,
      total: 18_000,
      per_second: 7000,
      seconds_left: 65,
      refused: 3,
    },
    message: 'Reading.',
    created_at: '',
    started_at: null,
    ended_at: null,
  };
  t.equal(
    progressLine(job),
    '12,000 of about 18,000 records, 66 %, 7,000 a second, 1 min 5 s left, 3 refused',
  );
  t.equal(progressLine({ ...job, state: 'queued' }), 'Reading.');
  t.equal(progressLine({ ...job, state: 'finishing' }), '12,000 records read. Reading.');
  t.equal(progressLine({ ...job, progress: { ...noProgress, records: 5 } }), '5 records');
  t.strictSame(
    [duration(0.4), duration(59.6), duration(3600), duration(7320)],
    ['0 s', '1 min 0 s', '1 h 0 min', '2 h 2 min'],
  );
});

t.test('a reader that leaves after one line gets no stack', async (t) => {
  const dir = t.testdir();
  const path = marcFile(dir, 'a.mrc', someRecords(20));
  const cli = join(programDir, 'dist/server/cli.js');
  const { stdout, stderr } = spawnSync(
    'sh',
    [
      '-c',
      `"$0" "$1" import --check $(yes "$2" | head -300) | head -1; sleep 1`,
      process.execPath,
      cli,
      path,
    ],
    { encoding: 'utf8' },
  );
  t.match(stdout, /^a\.mrc: 20 records.*\n$/);
  t.notMatch(stderr, /EPIPE|at /);
});

t.test('help names every option', async (t) => {
  for (const name of Object.keys(importOptions)) t.match(importHelp, `--${name}`);
});
