import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { importFile } from '../../fakes/import-file.js';
import { catalogueState, newestJob } from './catalogue-state.js';
import { marcFile, someRecords } from '../../fakes/some-marc.js';

const child = fileURLToPath(new URL('./import-child.js', import.meta.url));
const KILLS = 8;
const KILLS_A_ROUND = 4;
const UNDISTURBED_MS = 60_000;

/** Runs the importing process and kills it after a while; true when it was killed before it had finished. */
async function killed(dataDir: string, file: string, afterMs: number): Promise<boolean> {
  const running = spawn(process.execPath, [child, dataDir, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(running, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([once(running.stdout, 'data'), exited]);
  await Promise.race([sleep(afterMs, undefined, { ref: false }), exited]);
  running.kill('SIGKILL');
  const [, signal] = await exited;
  return signal === 'SIGKILL';
}

t.test(
  'kill -9 at any instant loses nothing, doubles nothing, and patrons see the old catalogue',
  { timeout: 100_000 },
  async (t) => {
    const dir = t.testdir();
    const first = marcFile(dir, 'first.mrc', someRecords(700));
    const second = marcFile(
      dir,
      'second.mrc',
      someRecords(2000, (record, at) => {
        if (at % 7 === 0) record.title += ', revised';
        if (at % 401 === 0) record.authority = true;
        if (at % 97 === 0) record.wrongLength = true;
        if (at % 211 === 5) record.suppressed = true;
        if (at % 301 === 9) record.deleted = true;
        if (at % 50 === 33) record.id = `r${at}`;
      }).filter((_, at) => at % 10 !== 4),
    );
    const before = join(dir, 'before');
    await importFile({ dataDir: before, files: [{ path: first }] });
    const old = await catalogueState(before);

    const calm = join(dir, 'calm');
    cpSync(before, calm, { recursive: true });
    const began = Date.now();
    const undisturbed = await importFile({ dataDir: calm, files: [{ path: second }] });
    const tookMs = Date.now() - began;
    t.equal(undisturbed.state, 'done', undisturbed.message);
    const expected = await catalogueState(calm);
    t.ok(expected.quarantine.length > 20, 'refused and repaired records are part of it');

    const dataDir = join(dir, 'rough');
    let kills = 0;
    for (let round = 0; kills < KILLS; round++) {
      t.ok(round < 20, 'the process was caught at work');
      cpSync(before, dataDir, { recursive: true });
      const instants: number[] = [];
      for (;;) {
        const instant = instants.length < KILLS_A_ROUND ? randomInt(tookMs) : UNDISTURBED_MS;
        if (!(await killed(dataDir, instants.length === 0 ? second : '--resume', instant))) break;
        kills++;
        instants.push(instant);
        if ((await newestJob(dataDir))?.state === 'done') break;
        t.strictSame((await catalogueState(dataDir)).records, old.records, 'patrons see the old catalogue');
      }
      const job = await newestJob(dataDir);
      t.match(job, { state: 'done' });
      const counts = { ...job?.progress, per_second: 0 };
      t.strictSame(
        counts,
        { ...undisturbed.progress, per_second: 0 },
        `killed after ${instants.join(', ')} ms: same counts`,
      );
      t.strictSame(
        await catalogueState(dataDir),
        expected,
        'and same records, findings, tallies and refusals',
      );
      rmSync(dataDir, { recursive: true });
    }
  },
);
