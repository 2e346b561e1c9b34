import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { knowledgeDir } from '../../../engine/knowledge-files.js';
import { openCatalogue } from '../../../engine/catalogue/catalogue.js';
import { importFile } from '../../fakes/import-file.js';
import { requireSpace } from '../../../engine/imports/task.js';
import type { ImportRequest } from '../../../engine/imports/imports.js';
import { openGenerationForReading } from '../../../engine/catalogue/generation-file.js';
import { openRecords } from '../../../engine/catalogue/records.js';
import { catalogueState } from './catalogue-state.js';
import { marc, marcFile, someRecords, type SomeRecord } from '../../fakes/some-marc.js';

/** A library with a data folder, into which a test imports lists of records. */
async function library(t: Test) {
  const dir = t.testdir();
  const dataDir = join(dir, 'var');
  const catalogue = await openCatalogue({ dataDir });
  const records = openRecords({ catalogue });
  t.teardown(async () => {
    await records.close();
    catalogue.close();
  });
  let files = 0;
  const put = async (list: readonly SomeRecord[], options: Partial<ImportRequest> = {}) => {
    const path = marcFile(dir, `export-${++files}.mrc`, list);
    const job = await importFile({ dataDir, files: [{ path }], ...options });
    catalogue.refresh();
    return job;
  };
  const titles = async (...ids: string[]) => (await records.listRecords(ids)).map(({ title }) => title.text);
  const generationFiles = () => readdirSync(dataDir).filter((name) => /^catalogue-\d+\.db$/.test(name));
  return { dir, dataDir, catalogue, records, put, titles, generationFiles };
}

t.test('an export becomes a catalogue that can be read, counted and searched', async (t) => {
  const { records, catalogue, put, dataDir } = await library(t);
  t.equal(catalogue.current(), undefined);
  t.equal(records.count(), 0);
  t.equal(await records.findRecord('r1'), undefined, 'before a first import there is simply nothing');
  const job = await put(someRecords(120, (record, at) => (record.language = at < 20 ? 'spa' : 'eng')));
  t.match(job, {
    state: 'done',
    message: 'The catalogue holds 120 records: 120 added, 0 changed, 0 unchanged.',
    progress: { records: 120, total: 120, added: 120, refused: 0, repaired: 0 },
  });
  t.match(catalogue.current(), { version: '1.0', records: 120 });
  t.equal(records.count(), 120);
  t.match(await records.findRecord('r7'), { id: 'r7', title: { text: 'The silver island number 7' } });
  t.equal(await records.findRecord('r999'), undefined);
  const listed = await records.listRecords(['r9', 'nothing', 'r2', 'r9']);
  t.strictSame(
    listed.map(({ id }) => id),
    ['r9', 'r2', 'r9'],
    'in the order asked for',
  );
  t.strictSame(await records.branches(), [
    { id: 'HARBOUR', name: 'HARBOUR', records: 60 },
    { id: 'HILL', name: 'HILL', records: 60 },
  ]);
  t.strictSame(await records.counts(), {
    format: [{ value: 'book', records: 120 }],
    language: [
      { value: 'eng', records: 100 },
      { value: 'spa', records: 20 },
    ],
  });
  const { found } = await catalogueState(dataDir);
  t.equal(found['lighthouse']?.length, 14);
});

t.test('words of the library’s own about MARC and tables are read with the file', async (t) => {
  const { dir, dataDir, records, catalogue } = await library(t);
  const folder = join(dataDir, 'knowledge', 'marc');
  mkdirSync(folder, { recursive: true });
  const own = readFileSync(join(knowledgeDir, 'marc', 'columns.yaml'), 'utf8');
  writeFileSync(join(folder, 'columns.yaml'), own.replace('pages: [pages,', 'pages: [blaadjies,'));
  const path = join(dir, 'list.csv');
  writeFileSync(path, 'id,title,blaadjies\n1,Een,212\n,,\n');
  t.match(await importFile({ dataDir, files: [{ path }] }), { state: 'done' });
  catalogue.refresh();
  t.match(await records.findRecord('1'), { pages: 212 });
});

t.test('other words for classes make the index anew, although the file is the same', async (t) => {
  const { dir, catalogue, dataDir } = await library(t);
  const path = join(dir, 'list.csv');
  writeFileSync(path, 'id,title,call number\n1,One,599.53\n2,Two,599.5\n');
  const put = async () => {
    const job = await importFile({ dataDir, files: [{ path }] });
    catalogue.refresh();
    return job;
  };
  const found = (word: string): unknown => {
    const file = openGenerationForReading(catalogue.current()?.path ?? '');
    const count = file.prepare('SELECT count(*) FROM words WHERE words MATCH ?').pluck().get(word);
    file.close();
    return count;
  };
  await put();
  t.equal(found('zeepaardje'), 0);
  const classes = join(dataDir, 'knowledge', 'classes');
  mkdirSync(classes, { recursive: true });
  writeFileSync(join(classes, 'dewey.yaml'), '"599": zeepaardje\n');
  const job = await put();
  t.match(job, { state: 'done', progress: { unchanged: 2 } });
  t.match(job.message, /2 unchanged\. The words for classes and forms have changed, so the whole index/);
  t.equal(found('zeepaardje'), 2, 'every record has the new word');
  t.match(await put(), { message: /^Nothing changed/ });
});

t.test('the same export again changes nothing and makes no new generation', async (t) => {
  const { put, catalogue, generationFiles } = await library(t);
  const list = someRecords(50);
  // Of two records with one id the later counts, also when comparing with the import before.
  list.push({ ...(list[3] as SomeRecord), title: 'The later of two' });
  t.match(await put(list), { progress: { added: 50, duplicates: 1 } });
  const before = catalogue.current();
  const job = await put(list);
  t.match(job, {
    state: 'done',
    generation: null,
    message: 'Nothing changed: 50 records are as they were.',
    progress: { added: 0, changed: 0, unchanged: 50, duplicates: 1 },
  });
  t.strictSame(catalogue.current(), before);
  t.strictSame(generationFiles(), ['catalogue-1.db']);
});

t.test('of two records with one id the later counts, and staff can see where', async (t) => {
  const { put, titles, dataDir } = await library(t);
  const list = someRecords(10);
  list.push({ ...(list[3] as SomeRecord), title: 'The later of two' }, list[5] as SomeRecord);
  t.match(await put(list), { progress: { records: 12, added: 10, duplicates: 2, repaired: 0 } });
  t.strictSame(await titles('r4'), ['The later of two']);
  const { quarantine } = await catalogueState(dataDir);
  t.match(quarantine, [{ record_index: 10, kind: 'repaired', code: 'id_repeated' }]);
  t.equal(quarantine.length, 1, 'where both say the same, nothing is lost');
});

t.test('changed, deleted, suppressed and missing records are told apart', async (t) => {
  const { put, records, titles } = await library(t);
  await put(someRecords(100));
  const job = await put(
    someRecords(103, (record, at) => {
      if (at === 0) record.title = 'Another title';
      if (at === 1) record.deleted = true;
      if (at === 2) record.suppressed = true;
    }).filter(({ id }) => id !== 'r100'),
  );
  t.match(job.progress, {
    records: 102,
    added: 3,
    changed: 2,
    unchanged: 96,
    deleted: 1,
    suppressed: 1,
    removed: 1,
  });
  t.match(
    job.message,
    /^The catalogue holds 101 records: 3 added, 2 changed, 96 unchanged, 1 removed, 1 deleted\./,
  );
  t.strictSame(await titles('r1', 'r2', 'r3', 'r100', 'r101'), [
    'Another title',
    'The forgotten lighthouse number 101',
  ]);
  t.equal(records.count(), 101, 'a suppressed record is kept');
  const { format } = await records.counts();
  t.strictSame(format, [{ value: 'book', records: 100 }], 'but not counted for patrons');
  t.match(await put(someRecords(103).filter(({ id }) => id !== 'r100')), {
    progress: { changed: 2, added: 1 },
  });
  t.strictSame(await titles('r3'), ['The hidden orchard number 3'], 'and comes back when it is shown again');
});

t.test('changes add, replace and delete, and leave everything else', async (t) => {
  const { put, records, titles } = await library(t);
  await put(someRecords(30));
  const changes = [
    { id: 'r1', title: 'Changed' },
    { id: 'r2', title: 'Gone', deleted: true },
    { id: 'new', title: 'New' },
    { id: 'never', title: 'Never held', deleted: true },
  ];
  t.match(await put(changes, { mode: 'changes' }), {
    progress: { added: 1, changed: 1, deleted: 2, removed: 0 },
  });
  t.equal(records.count(), 30);
  t.strictSame(await titles('r1', 'r2', 'new', 'r30'), ['Changed', 'New', 'The northern orchard number 30']);
  const again = await put(changes, { mode: 'changes' });
  t.equal(again.message, 'Nothing changed: 30 records are as they were.');
});

t.test('an export that has shrunk by more than a fifth stops, unless staff allow it', async (t) => {
  const { put, records, catalogue, generationFiles } = await library(t);
  await put(someRecords(100));
  const live = catalogue.current();
  const job = await put(someRecords(79));
  t.match(job, { state: 'failed' });
  t.match(
    job.message,
    /^The file lacks 21 of the 100 records that “main” holds; the catalogue is as it was\./,
  );
  t.strictSame(catalogue.current(), live);
  t.strictSame(generationFiles(), ['catalogue-1.db'], 'what was built is thrown away');
  t.match(await put(someRecords(79), { allowShrink: true }), { state: 'done', progress: { removed: 21 } });
  t.equal(records.count(), 79);
  t.match(
    await put(someRecords(64)),
    { state: 'done', progress: { removed: 15 } },
    'less than a fifth is no alarm',
  );
});

t.test('a file that breaks off cannot replace a whole catalogue', async (t) => {
  const { dir, put, records, dataDir } = await library(t);
  await put(someRecords(40));
  const path = marcFile(dir, 'cut.mrc', someRecords(40));
  truncateSync(path, readFileSync(path).length - 30);
  const job = await importFile({ dataDir, files: [{ path }] });
  t.match(job, {
    state: 'failed',
    message:
      /breaks off in the middle of a record and lacks 0 of the 40 records that “main” holds; the catalogue is as it was/,
  });
  t.equal(records.count(), 40);
  const fresh = join(dir, 'fresh');
  const first = await importFile({ dataDir: fresh, files: [{ path }] });
  t.match(
    first,
    { state: 'done', progress: { records: 40, repaired: 1 } },
    'with nothing to lose it is taken',
  );
});

t.test('a compressed file that is cut counts as broken off, too', async (t) => {
  const { dir, put, dataDir } = await library(t);
  await put(someRecords(400));
  const path = join(dir, 'cut.mrc.gz');
  const packed = gzipSync(readFileSync(marcFile(dir, 'whole.mrc', someRecords(400))));
  writeFileSync(path, packed);
  t.match(await importFile({ dataDir, files: [{ path }] }), { message: /^Nothing changed/ });
  writeFileSync(path, packed.subarray(0, packed.length - 200));
  const job = await importFile({ dataDir, files: [{ path }] });
  t.match(job, { state: 'failed', message: /breaks off in the middle/ });
  t.match(job.progress.notices, [{ code: 'gzip_cut' }]);
});

t.test('what a file as a whole shows is told with the job', async (t) => {
  const { dir, dataDir } = await library(t);
  const path = join(dir, 'lines.mrc');
  writeFileSync(
    path,
    Buffer.concat(someRecords(20).flatMap((record) => [marc(record), Buffer.from('\r\n')])),
  );
  const job = await importFile({ dataDir, files: [{ path }] });
  t.match(job, { state: 'done', progress: { added: 20, repaired: 0 } });
  t.match(job.progress.notices, [{ code: 'line_breaks_between_records', message: /skipped\.$/ }]);
  t.equal(job.progress.notices.length, 1);
});

t.test('an import that cannot fit is refused before anything is copied', async (t) => {
  const { put, catalogue } = await library(t);
  await put(someRecords(10));
  const task = {
    generationPath: join(t.testdirName, 'var', 'catalogue-2.db'),
    copyFrom: catalogue.current()?.path ?? '',
  };
  const disk = (bavail: number) => () => Promise.resolve({ type: 0, bavail, bsize: 4096 });
  await requireSpace(task, { statfs: disk(1_000_000) });
  await requireSpace({ generationPath: task.generationPath }, { statfs: disk(0) });
  await t.rejects(requireSpace(task, { statfs: disk(256) }), {
    reason: 'no_space',
    message: /has 1 MiB free and the import needs at least 65 MiB; the catalogue is as it was\./,
  });
});

t.test('files that are no catalogue change nothing', async (t) => {
  const { dir, put, dataDir, catalogue } = await library(t);
  await t.rejects(importFile({ dataDir, files: [{ path: join(dir, 'absent.mrc') }] }), {
    code: 'file_unreadable',
    message: 'There is no file absent.mrc.',
  });
  await t.rejects(importFile({ dataDir, files: [{ path: dir }] }), { code: 'file_unreadable' });
  const picture = join(dir, 'picture.mrc');
  writeFileSync(picture, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
  const job = await importFile({ dataDir, files: [{ path: picture }] });
  t.equal(job.state, 'failed');
  t.notMatch(job.message, /our side/, 'the reason is about the file');
  t.equal(catalogue.current(), undefined);
  t.match(await put([{ id: 'a', title: 'A name', authority: true }]), {
    state: 'failed',
    message: 'The file holds no record that could be imported; the catalogue is as it was.',
    progress: { refused: 1 },
  });
});

t.test('several files are one export', async (t) => {
  const { dir, dataDir, records, catalogue } = await library(t);
  const all = someRecords(90);
  const paths = [0, 30, 60].map((from) => marcFile(dir, `part-${from}.mrc`, all.slice(from, from + 30)));
  const job = await importFile({ dataDir, files: paths.map((path) => ({ path })) });
  t.match(job, {
    state: 'done',
    files: ['part-0.mrc', 'part-30.mrc', 'part-60.mrc'],
    progress: { added: 90 },
  });
  catalogue.refresh();
  t.equal(records.count(), 90);
});

t.test('sources live side by side, each with its own records', async (t) => {
  const { put, records, titles } = await library(t);
  await put(someRecords(10));
  const ebooks = someRecords(5, (record) => (record.title += ' as an ebook'));
  t.match(await put(ebooks, { source: 'ebooks' }), { state: 'done', progress: { added: 5 } });
  t.equal(records.count(), 15);
  t.strictSame(await titles('r1', 'ebooks:r1'), [
    'The quiet harbour number 1',
    'The quiet harbour number 1 as an ebook',
  ]);
  t.match(await put(ebooks.slice(0, 4), { source: 'ebooks' }), { state: 'done', progress: { removed: 1 } });
  t.equal(records.count(), 14, 'only its own records can be missing from a source');
  const clash = [...someRecords(10), { id: 'ebooks:r1', title: 'An id that belongs to another source' }];
  t.match(await put(clash), { state: 'done', progress: { refused: 1, unchanged: 10 } });
  t.strictSame(await titles('ebooks:r1'), ['The quiet harbour number 1 as an ebook']);
});

t.test('a record that cannot be read any more keeps its old version', async (t) => {
  const { put, titles } = await library(t);
  await put(someRecords(10));
  const broken = someRecords(10, (record, at) => (record.authority = at === 4));
  t.match(await put(broken), { state: 'done', progress: { refused: 1, removed: 0, unchanged: 9 } });
  t.strictSame(await titles('r5'), ['The forgotten garden number 5']);
});

t.test('a switch closes what nobody reads any more, and keeps one generation back', async (t) => {
  const { put, records, generationFiles } = await library(t);
  for (const step of [1, 2, 3, 4]) {
    await put(someRecords(10, (record) => (record.title += ` ${step}`)));
    t.match((await records.findRecord('r1'))?.title.text, new RegExp(` ${step}$`));
  }
  await put(someRecords(10, (record) => (record.title += ' 4')));
  t.strictSame(generationFiles(), ['catalogue-3.db', 'catalogue-4.db']);
});
