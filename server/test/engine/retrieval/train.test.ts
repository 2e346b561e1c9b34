import Database from 'better-sqlite3';
import t from 'tap';
import { openVectors } from '../../../engine/retrieval/vector-table.js';
import { trainVectors } from '../../../engine/retrieval/train-vectors.js';
import { shelves, writeCatalogue } from './small-catalogue.js';

const never = new AbortController().signal;

t.test(
  'training tells how far it is, makes one live space and gives the same vectors each time',
  async (t) => {
    const cataloguePath = await writeCatalogue(t.testdir(), shelves, { vectors: false });
    const seen: number[] = [];
    const first = await trainVectors({
      cataloguePath,
      signal: never,
      dimensions: 8,
      onProgress: (done) => seen.push(done),
    });
    t.equal(first.records, shelves.length);
    t.ok(
      seen.length > 2 &&
        seen.at(-1) === 1 &&
        seen.every((done, at) => at === 0 || done >= (seen[at - 1] ?? 0)),
    );
    const read = () => {
      const db = new Database(cataloguePath, { readonly: true });
      const spaces = db.prepare('SELECT count(*) FROM vector_space').pluck().get();
      const vector = openVectors(db)?.vectorOf(1);
      db.close();
      return { spaces, vector };
    };
    const before = read();
    const second = await trainVectors({ cataloguePath, signal: never, dimensions: 8 });
    t.not(second.id, first.id, 'vectors of another training have another id');
    t.strictSame(read(), before);
    t.equal(before.spaces, 1);
  },
);

t.test('a training that is stopped leaves the old vectors and no half ones', async (t) => {
  const cataloguePath = await writeCatalogue(t.testdir(), shelves);
  const stop = new AbortController();
  const trained = trainVectors({
    cataloguePath,
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('enough')),
  });
  await t.rejects(trained, { message: 'enough' });
  const db = new Database(cataloguePath, { readonly: true });
  t.teardown(() => db.close());
  t.equal(openVectors(db)?.size, shelves.length - 1, 'all but the one whose words are in no other');
  t.equal(db.pragma('integrity_check', { simple: true }), 'ok');
  await t.rejects(trainVectors({ cataloguePath, signal: AbortSignal.abort(new Error('no')) }), {
    message: 'no',
  });
});

t.test('training what is not a catalogue is refused and nothing is created', async (t) => {
  const dir = t.testdir();
  await t.rejects(trainVectors({ cataloguePath: `${dir}/none.sqlite`, signal: never }), /open/);
});
