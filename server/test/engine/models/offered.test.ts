import t from 'tap';
import { programDir } from '../../../config.js';
import { Offered, readOffered } from '../../../engine/models/offered.js';

t.test('models.json holds what it should, and no weights from anywhere but the hub', async (t) => {
  const models = readOffered(programDir);
  t.ok(
    models.some((model) => model.role === 'chat' && model.memory.least_gib <= 4),
    'one for the smallest box',
  );
  t.ok(models.some((model) => model.role === 'embedding' && model.speaks === 'many'));
  t.notOk(
    models.some((model) => model.role === 'reranker'),
    'a weak reranker lowers the score, so none is offered',
  );
  for (const model of models) {
    t.match(model.licence.url, /^https:/, model.id);
    t.ok(
      model.bytes !== null || /not re-read|earlier state/.test(model.about_note),
      `${model.id} says its size is not exact`,
    );
  }
});

t.test('prefixes are as the models’ pages say: a wrong one quietly ruins search', async (t) => {
  const embeddings = readOffered(programDir).filter((model) => model.role === 'embedding');
  t.strictSame(
    embeddings.map((model) => [model.id, model.query_prefix, model.passage_prefix, model.pooling]),
    [
      ['granite-embedding-97m-multilingual-r2', '', '', 'cls'],
      ['multilingual-e5-small', 'query: ', 'passage: ', 'mean'],
      ['bge-small-en-v1.5', 'Represent this sentence for searching relevant passages: ', '', 'cls'],
    ],
  );
});

t.test('an offer that could write outside its folder, or twice the same, is refused', async (t) => {
  const [model] = readOffered(programDir);
  t.ok(model);
  if (model === undefined) return;
  const withFile = (local: string) => ({
    version: 1,
    models: [
      { ...model, source: { ...model.source, files: [{ hub: 'a.gguf', local, bytes: null, sha256: null }] } },
    ],
  });
  t.ok(Offered.safeParse(withFile('a.gguf')).success);
  for (const local of ['../a.gguf', '/etc/a.gguf', 'a/../../b.gguf'])
    t.notOk(Offered.safeParse(withFile(local)).success);
  t.notOk(Offered.safeParse({ version: 1, models: [model, model] }).success);
});
