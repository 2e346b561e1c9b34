import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { trainCommand } from '../../../commands/train.js';
import { openCatalogue } from '../../../engine/catalogue/catalogue.js';
import { openRecords } from '../../../engine/catalogue/records.js';
import { CATALOGUE_LAYOUT } from '../../../engine/db/catalogue-layout.js';
import { openDatabase } from '../../../engine/db/database.js';
import { openSqlite } from '../../../engine/db/sqlite.js';
import { createImports } from '../../../engine/imports/imports.js';
import { createTrainings } from '../../../engine/imports/trainings.js';
import { openEngine } from '../../../engine/open.js';
import { programDir } from '../../../config.js';
import { importFile } from '../../fakes/import-file.js';
import { marcFile, someRecords } from '../../fakes/some-marc.js';

/** A library of twelve records whose catalogue file notes `layout` as the form of its tables. */
async function library(t: Test, layout: number) {
  const dir = t.testdir();
  const dataDir = join(dir, 'var');
  const path = marcFile(dir, 'all.mrc', someRecords(12));
  await importFile({ dataDir, files: [{ path }], vectors: false });
  const file = join(dataDir, 'catalogue-1.db');
  const db = openSqlite(file);
  t.equal(db.pragma('user_version', { simple: true }), CATALOGUE_LAYOUT, 'a new file notes its layout');
  db.pragma(`user_version = ${layout}`);
  db.close();
  return { dataDir, path, file };
}

t.test('a catalogue of another layout is told of in one sentence and never opened', async (t) => {
  for (const [layout, sentence] of [
    [
      0,
      /^The catalogue file catalogue-1\.db was written by an older Carrel .+; import the whole catalogue again\.$/,
    ],
    [CATALOGUE_LAYOUT + 1, /newer Carrel .+; start that version, or import the whole catalogue again\.$/],
  ] as const) {
    const { dataDir } = await library(t, layout);
    const told: string[] = [];
    const catalogue = await openCatalogue({ dataDir, onUnusable: (line) => told.push(line) });
    const records = openRecords({ catalogue });
    t.equal(catalogue.current(), undefined);
    t.match(catalogue.unusable(), sentence);
    t.strictSame(told, [catalogue.unusable()], 'once');
    t.equal(await records.findRecord('r1'), undefined);
    await records.close();
    catalogue.close();
  }
});

t.test('a missing and a damaged catalogue file are told of too', async (t) => {
  const { dataDir, file } = await library(t, CATALOGUE_LAYOUT);
  writeFileSync(
    file,
    'This is no database, although it is longer than the header of one would have to be. '.repeat(9),
  );
  const damaged = await openCatalogue({ dataDir });
  t.equal(
    damaged.unusable(),
    'The catalogue file catalogue-1.db is damaged; import the whole catalogue again.',
  );
  damaged.close();
  rmSync(file);
  const missing = await openCatalogue({ dataDir });
  t.match(missing.unusable(), /^The catalogue file catalogue-1\.db is missing from the data folder; /);
  missing.close();
});

t.test('importing again mends it: a whole export starts afresh, changes alone are refused', async (t) => {
  const { dataDir, path } = await library(t, 0);
  const catalogue = await openCatalogue({ dataDir });
  t.teardown(() => catalogue.close());
  const refused = await importFile({ dataDir, files: [{ path }], mode: 'changes', vectors: false });
  t.match(refused, {
    state: 'failed',
    message: /import the whole catalogue again\. Changes alone are not enough\.$/,
  });
  const done = await importFile({ dataDir, files: [{ path }], source: 'other', vectors: false });
  t.match(done, {
    state: 'done',
    progress: { added: 12 },
    message: / Import these feeds again too: main\.$/,
  });
  catalogue.refresh();
  t.match(catalogue.current(), { records: 12 });
  t.equal(catalogue.unusable(), undefined);
});

t.test('what is live goes on answering when the next catalogue cannot be used', async (t) => {
  const { dataDir, file } = await library(t, CATALOGUE_LAYOUT);
  const catalogue = await openCatalogue({ dataDir });
  t.teardown(() => catalogue.close());
  const switched: unknown[] = [];
  catalogue.onSwitch((live) => switched.push(live));
  const database = await openDatabase({ dataDir });
  t.teardown(() => database.close());
  renameSync(file, `${file}.away`);
  await createImports({ database }).generations.revise(1);
  catalogue.refresh();
  t.match(catalogue.unusable(), /missing/);
  t.match(catalogue.current(), { number: 1, version: '1.0' });
  t.strictSame(switched, []);
  renameSync(`${file}.away`, file);
  catalogue.refresh();
  t.equal(catalogue.unusable(), undefined, 'looked at again although nothing was written');
  t.match(switched, [{ version: '1.1' }]);
});

t.test('neither a rollback nor a training touches a file of another layout', async (t) => {
  const { dataDir, path } = await library(t, 0);
  const database = await openDatabase({ dataDir });
  t.teardown(() => database.close());
  t.equal(await createTrainings({ database }).startIfNeeded(), undefined);
  const said: string[] = [];
  const output = {
    write: () => undefined,
    problem: (line: string) => void said.push(line),
    interactive: false,
  };
  const { signal } = new AbortController();
  t.equal(await trainCommand({ dataDir, values: {}, output, signal }), 1);
  t.match(said, [/^The catalogue file catalogue-1\.db was written by an older Carrel/]);
  await importFile({ dataDir, files: [{ path }], vectors: false });
  await t.rejects(createImports({ database }).rollback(), { code: 'not_found' });
});

t.test('the server starts all the same, not ready, and says why', async (t) => {
  const { dataDir } = await library(t, 0);
  const told: string[] = [];
  const faults: unknown[] = [];
  const engine = await openEngine(
    {
      dataDir,
      programDir,
      ils: 'none',
      ai: false,
      gpu: 'off',
      remoteLlm: undefined,
      remoteEmbedding: undefined,
      workers: 1,
      searchQueue: 4,
    },
    { onFault: (error) => faults.push(error), onUnusable: (line) => told.push(line) },
  );
  t.teardown(() => engine.close());
  t.match(await engine.readiness(), { index: 'failing', records: 0, catalogue_version: null });
  t.match(told, [/import the whole catalogue again/]);
  const question = { text: 'rivers', locale: 'en', plain: false, offset: 0, limit: 5 } as const;
  await t.rejects(engine.search.search(question, { signal: new AbortController().signal }), {
    code: 'not_ready',
    message: /put in again/,
  });
  t.strictSame(faults, []);
});
