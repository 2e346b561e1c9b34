import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Embedding } from '../../../engine/embedding/embedding.js';
import { openQuestionVectors } from '../../../engine/embedding/question-vectors.js';
import { toUnit } from '../../../engine/embedding/quantised.js';
import { dot } from './tiny-models.js';

/** Counts what it is asked; every text and every model has a vector of its own. */
function counting(id: string, dimensions = 16): Embedding & { asked: string[] } {
  const asked: string[] = [];
  return {
    id,
    dimensions,
    maxBatch: 8,
    queryPrefix: '',
    passagePrefix: '',
    asked,
    embed(texts) {
      asked.push(...texts);
      const vector = (text: string) =>
        Float32Array.from({ length: dimensions }, (_, at) =>
          Math.sin(
            (at + 1) * ([...`${id}${text}`].reduce((sum, one) => sum * 31 + one.charCodeAt(0), 7) % 997),
          ),
        );
      return Promise.resolve(texts.map((text) => toUnit(vector(text))));
    },
  };
}
const bytesIn = (dir: string) => Buffer.concat(readdirSync(dir).map((name) => readFileSync(join(dir, name))));

t.test('a question is put to its model once, also after closing and opening again', async (t) => {
  const dir = t.testdir();
  const model = counting('one');
  const first = openQuestionVectors({ dir });
  const [before] = await first.around(model).embed(['ships in storms', 'soup']);
  await first.around(model).embed(['  ships   in storms ']);
  first.close();
  const again = openQuestionVectors({ dir });
  t.teardown(() => again.close());
  const [other, after] = await again.around(model).embed(['bread', 'ships in storms']);
  t.strictSame(model.asked, ['ships in storms', 'soup', 'bread']);
  t.ok(dot(before, after) > 0.999 && Math.abs(dot(after, after) - 1) < 1e-5);
  t.ok(dot(other, after) < 0.99, 'each has its own');
});

t.test(
  'nothing on the disk can be read: not the words, not a digest made of them alone, not the vector',
  async (t) => {
    const dir = t.testdir();
    const vectors = openQuestionVectors({ dir });
    const [vector] = await vectors.around(counting('one', 64)).embed(['my neighbour Przybylski drinks']);
    const open = bytesIn(dir);
    vectors.close();
    for (const bytes of [open, bytesIn(dir)]) {
      for (const word of ['Przybylski', 'neighbour', 'drinks', 'przybylski'])
        t.notOk(bytes.includes(word), `${word} stands nowhere`);
      t.notOk(bytes.includes(createHash('sha256').update('my neighbour Przybylski drinks').digest()));
      const largest = Math.max(...(vector ?? []).map(Math.abs));
      const plain = Buffer.from(
        Int8Array.from(vector ?? [], (value) => Math.round((value * 127) / largest)).buffer,
      );
      t.equal(plain.length, 64);
      t.notOk(bytes.includes(plain.subarray(0, 8)), 'the vector is enciphered');
    }
    for (const name of readdirSync(dir))
      t.equal(statSync(join(dir, name)).mode & 0o077, 0, `${name} is ours alone`);
  },
);

t.test('two models never mix, nor does another folder’s key fit', async (t) => {
  const dir = t.testdir();
  const [one, two] = [counting('one'), counting('two')];
  const vectors = openQuestionVectors({ dir });
  const [first] = await vectors.around(one).embed(['ships']);
  const [second] = await vectors.around(two).embed(['ships']);
  t.strictSame([one.asked, two.asked], [['ships'], ['ships']]);
  t.ok(dot(first, second) < 0.99);
  await vectors.around({ ...one, dimensions: 8 }).embed(['ships']);
  t.equal(one.asked.length, 2, 'nor two sizes of one model');
  vectors.close();
  writeFileSync(join(dir, 'question-vectors.key'), Buffer.alloc(32, 1));
  const foreign = openQuestionVectors({ dir });
  t.teardown(() => foreign.close());
  await foreign.around(two).embed(['ships']);
  t.equal(two.asked.length, 2);
});

t.test('the oldest go when there are too many', async (t) => {
  const dir = t.testdir();
  const model = counting('one');
  const first = openQuestionVectors({ dir, mostRows: 5 });
  for (let at = 0; at < 9; at++) await first.around(model).embed([`question ${at}`]);
  first.close();
  const again = openQuestionVectors({ dir, mostRows: 5 });
  t.teardown(() => again.close());
  model.asked.length = 0;
  for (let at = 8; at >= 0; at--) await again.around(model).embed([`question ${at}`]);
  t.strictSame(model.asked, ['question 3', 'question 2', 'question 1', 'question 0']);
});

t.test('a file that is damaged is begun anew; one that fails later costs no question', async (t) => {
  const dir = t.testdir({ 'question-vectors.db': 'a letter to the library'.repeat(500) });
  const faults: unknown[] = [];
  const model = counting('one');
  const vectors = openQuestionVectors({ dir, onFault: (error) => faults.push(error) });
  t.teardown(() => vectors.close());
  await vectors.around(model).embed(['ships']);
  await openQuestionVectors({ dir }).around(model).embed(['ships']);
  t.equal(model.asked.length, 1, 'kept in the new one');
  const refusing = openQuestionVectors({ dir, onFault: (error) => faults.push(error) });
  const spoiler = new Database(join(dir, 'question-vectors.db'));
  spoiler.exec('DROP TABLE question');
  spoiler.close();
  t.strictSame(faults, []);
  t.equal((await refusing.around(model).embed(['soup'])).length, 1);
  t.equal((await refusing.around(model).embed(['soup'])).length, 1);
  t.equal(faults.length, 1, 'told once');
});

t.test('without a folder nothing is written', async (t) => {
  const dir = t.testdir();
  const model = counting('one');
  const vectors = openQuestionVectors({});
  const around = vectors.around(model);
  await around.embed(['ships']);
  await around.embed(['ships']);
  vectors.close();
  t.equal(model.asked.length, 1);
  t.strictSame(readdirSync(dir), []);
});
