import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { processSpace } from '../../../engine/jobs/processes.js';
import { takeHold } from '../../../engine/models/holding.js';
import { readLock } from '../../../engine/models/lock.js';

const child = fileURLToPath(new URL('./lock-child.js', import.meta.url));

t.test('what several commands note at once is all kept', async (t) => {
  const dir = t.testdir();
  const names = ['anna', 'ben', 'cleo'];
  const ended = await Promise.all(
    names.map((name) =>
      once(spawn(process.execPath, [child, dir, name, '20'], { stdio: 'inherit' }), 'exit'),
    ),
  );
  t.ok(ended.every(([status]) => status === 0));
  t.equal(new Set(readLock(dir).models.map(({ id }) => id)).size, 60, 'no note was written over');
  t.strictSame(readdirSync(dir), ['models.lock.json'], 'and nothing lies beside it');
});

t.test('one process holds it, until it lets go or dies', (t) => {
  const path = join(t.testdir(), 'x.held');
  const first = takeHold(path);
  t.ok(first);
  t.equal(takeHold(path), undefined, 'also not twice in one process');
  first?.release();
  const second = takeHold(path);
  t.ok(second);
  first?.release();
  t.ok(existsSync(path), 'who has let go takes nothing from the next');
  second?.release();

  const here = processSpace();
  // Process 1 is always alive.
  writeFileSync(path, `1 x ${here}`);
  t.equal(takeHold(path), undefined);
  writeFileSync(path, '');
  t.equal(takeHold(path), undefined, 'one that is being written');
  const left = (text: string) => {
    writeFileSync(path, text);
    const held = takeHold(path);
    held?.release();
    return held !== undefined;
  };
  t.ok(left(`2147483646 x ${here}`), 'its process has died');
  t.ok(left(`${process.pid} x ${here}`), 'an earlier process of the same number, as in a container');
  t.notOk(left('7 x elsewhere'), 'numbers of another container say nothing');
  const long = new Date(Date.now() - 60_000);
  utimesSync(path, long, long);
  t.ok(takeHold(path), 'without a beat for long nobody holds it');
  t.end();
});
