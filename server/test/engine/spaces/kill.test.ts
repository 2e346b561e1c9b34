import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { fakeEmbedding } from '../../fakes/embedding.js';
import { heldRecords, library } from './embedding-office.js';

const child = fileURLToPath(new URL('./embedding-child.js', import.meta.url));

/** Runs the embedding process until it has given its model so many batches, and kills it; answers the texts of them. */
async function killedAfter(dataDir: string, batches: number): Promise<{ texts: number; ended: string }> {
  const running = spawn(process.execPath, [child, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(running, 'exit');
  let texts = 0;
  let told = 0;
  let ended = 'killed';
  for await (const line of createInterface({ input: running.stdout })) {
    if (/^\d+$/.test(line)) texts += Number(line);
    else ended = line;
    if (++told === batches) running.kill('SIGKILL');
  }
  await exited;
  return { texts, ended };
}

t.test('kill -9 in the middle loses a batch or two, and what goes on afterwards is whole', async (t) => {
  const { dataDir, embeddingsOf, catalogue } = await library(t);
  const before = catalogue.current();
  let texts = 0;
  for (const batches of [4, 5]) {
    const killed = await killedAfter(dataDir, batches);
    t.equal(killed.ended, 'killed');
    texts += killed.texts;
    catalogue.refresh();
    t.strictSame(catalogue.current(), before, 'patrons notice nothing');
  }
  const { spaces } = await embeddingsOf(undefined).status();
  t.match(spaces, [{ model: null, live: true }]);
  t.equal(spaces.length, 1, 'no half space');
  const last = await killedAfter(dataDir, 1000);
  t.equal(last.ended, 'done');
  t.ok(
    texts + last.texts <= heldRecords + 2 * 2 * 8,
    'each kill costs what was being read and what was being written',
  );
  const status = await embeddingsOf(fakeEmbedding()).status();
  t.match(status.spaces[1], { model: 'fake', vectors: heldRecords });
  t.match(status.job, { state: 'done' });
});
