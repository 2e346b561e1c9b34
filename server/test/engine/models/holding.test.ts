import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { takeHold } from '../../../engine/models/holding.js';
import { readLock } from '../../../engine/models/lock.js';
import { lyingIn } from './some-models.js';

const holder = fileURLToPath(new URL('./holder-child.js', import.meta.url));
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
  t.strictSame(lyingIn(dir), ['models.lock.json'], 'and nothing lies beside it');
});

t.test('one process holds it, until it lets go or dies', async (t) => {
  const dir = t.testdir();
  const first = takeHold(dir, 'x');
  t.ok(first);
  t.equal(takeHold(dir, 'x'), undefined, 'also not twice in one process');
  first?.release();
  const second = takeHold(dir, 'x');
  t.ok(second);
  first?.release();
  t.equal(takeHold(dir, 'x'), undefined, 'who has let go takes nothing from the next');
  second?.release();

  const other = spawn(process.execPath, [holder, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(other.stdout, 'data');
  t.equal(takeHold(dir, 'x', { waitMs: 20 }), undefined);
  other.kill('SIGKILL');
  await once(other, 'exit');
  const third = takeHold(dir, 'x');
  t.ok(third, 'one that died holds nobody up');
  third?.release();
});

t.test('what the file system refuses is said as it says it', (t) => {
  const file = join(t.testdir({ file: '' }), 'file');
  t.throws(() => takeHold(file, 'x'), { code: 'ENOTDIR' });
  t.end();
});
