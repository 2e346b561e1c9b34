import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import express from 'express';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { Job, JobList, officeRoutes, QuarantineList } from '../../contract/office.js';
import { openCatalogue } from '../../engine/catalogue/catalogue.js';
import { createImports } from '../../engine/imports/imports.js';
import { uploadsFolder } from '../../engine/imports/take-up.js';
import { createTrainings } from '../../engine/imports/trainings.js';
import { activeStates } from '../../engine/jobs/job-store.js';
import { openDatabase } from '../../engine/db/database.js';
import { listen } from '../../http/listen.js';
import { sendProblems } from '../../http/problems.js';
import { createImportOffice } from '../../office/imports/imports.js';
import { createImportRoutes } from '../../office/imports/routes.js';
import { marc, marcFile, someRecords } from '../fakes/some-marc.js';

/** The staff door for imports on a port of its own. */
async function door(t: Test) {
  const dir = t.testdir();
  const dataDir = join(dir, 'var');
  const database = await openDatabase({ dataDir });
  const imports = createImports({ database });
  const trainings = createTrainings({ database });
  const catalogue = await openCatalogue({ dataDir });
  const faults: unknown[] = [];
  const app = express();
  app.use(
    '/imports',
    createImportRoutes({ dataDir, imports, trainings, onFault: (error) => faults.push(error) }),
  );
  app.use(sendProblems(pino({ level: 'silent' })));
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  t.teardown(async () => {
    await server.close(100);
    await trainings.close();
    await imports.close();
    catalogue.close();
    await database.close();
  });
  const call = (path: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${server.port}/imports${path}`, init);
  const json = async (path: string, init?: RequestInit): Promise<unknown> => (await call(path, init)).json();
  const send = async (name: string, query: string, ...list: Parameters<typeof someRecords>) => {
    const body = readFileSync(marcFile(dir, name, someRecords(...list)));
    return call(`/?name=${name}&${query}`, { method: 'POST', body });
  };
  /** The job in its last state, once everything is tidied up after it. */
  const over = async (id: string): Promise<Job> => {
    for (;;) {
      const job = Job.parse(await json(`/${id}`));
      const lease = await imports.lease();
      if (lease?.jobId !== id && !activeStates.includes(job.state)) return job;
    }
  };
  const uploads = () => readdirSync(uploadsFolder(dataDir));
  return { dataDir, imports, trainings, catalogue, call, json, send, over, uploads, faults };
}

t.test('a file that is sent becomes the catalogue, and its upload is deleted', async (t) => {
  const { send, over, json, uploads, catalogue } = await door(t);
  const response = await send('export.mrc', 'vectors=false', 200);
  t.equal(response.status, 202);
  const job = Job.parse(await response.json());
  t.match(response.headers.get('location'), `/imports/${job.id}`);
  t.match(job, { state: 'queued', source: 'main', mode: 'full', files: ['export.mrc'] });
  t.match(await over(job.id), { state: 'done', progress: { added: 200 } });
  t.strictSame(uploads(), []);
  const { jobs } = JobList.parse(await json('/'));
  t.strictSame(
    jobs.map(({ id }) => id),
    [job.id],
  );
  catalogue.refresh();
  t.equal(catalogue.current()?.records, 200);
});

t.test('the columns of a table can be named with the upload', async (t) => {
  const { call, over } = await door(t);
  const map = encodeURIComponent('Buch=title,Nummer=id,Preis=-');
  const body = 'Nummer,Buch,Preis\n7,Der lange Weg,9\n';
  const sent = await call(`/?name=list.csv&vectors=false&csv_map=${map}`, { method: 'POST', body });
  t.match(await over(Job.parse(await sent.json()).id), { state: 'done', progress: { added: 1 } });
  t.equal((await call('/?name=list.csv&csv_map=title', { method: 'POST', body })).status, 400);
});

t.test('an upload of unknown length is taken as it comes', async (t) => {
  const { call, over } = await door(t);
  const body = Readable.toWeb(Readable.from(someRecords(50).map(marc)));
  const init = { method: 'POST', body, duplex: 'half' } as unknown as RequestInit;
  const job = Job.parse(await (await call('/?vectors=false&source=ebooks&mode=changes', init)).json());
  t.match(await over(job.id), { state: 'done', source: 'ebooks', mode: 'changes', progress: { added: 50 } });
});

t.test('while one import runs the next is refused before its file is taken', async (t) => {
  const { send, over, call, uploads } = await door(t);
  const first = Job.parse(await (await send('big.mrc', 'vectors=false', 3000)).json());
  const second = await send('second.mrc', '', 5);
  t.equal(second.status, 409);
  t.match(await second.json(), { code: 'import_running' });
  t.equal(uploads().length, 1);
  const cancelled = Job.parse(await (await call(`/${first.id}/cancel`, { method: 'POST' })).json());
  t.match(cancelled, { state: 'cancelled', message: 'Cancelled; the catalogue is as it was.' });
  t.strictSame(uploads(), []);
  t.match(await over(first.id), { state: 'cancelled' });
});

t.test('a job can be watched as it goes', async (t) => {
  const { send, call } = await door(t);
  const job = Job.parse(await (await send('big.mrc', 'vectors=false', 2000)).json());
  const watched = await call(`/${job.id}`, { headers: { accept: 'text/event-stream' } });
  t.match(watched.headers.get('content-type'), 'text/event-stream');
  const events = (await watched.text()).split('\n\n').filter((event) => event.startsWith('event:'));
  const states = events.map((event) => {
    const [name, data] = event.split('\n');
    return [name, Job.parse(JSON.parse((data ?? '').slice('data: '.length))).state] as const;
  });
  t.ok(states.length >= 2);
  t.strictSame(states.at(-1), ['event: done', 'done']);
  t.ok(states.slice(0, -1).every(([name]) => name === 'event: progress'));
});

t.test('a fault while a job is watched is told to the log, and to staff in a neutral sentence', async (t) => {
  const { imports, call, faults } = await door(t);
  const job = await imports.jobs.add({
    kind: 'import',
    source: 'main',
    mode: 'full',
    request: { files: [] },
    message: 'Reading',
  });
  const find = imports.jobs.find.bind(imports.jobs);
  let looks = 0;
  imports.jobs.find = (id) => (++looks > 1 ? Promise.reject(new Error('the disk is on fire')) : find(id));
  const watched = await call(`/${job.id}`, { headers: { accept: 'text/event-stream' } });
  const text = await watched.text();
  t.match(text, /event: error\ndata: \{.*"code":"internal"/);
  t.notMatch(text, 'on fire');
  t.match(faults, [{ message: 'the disk is on fire' }]);
});

t.test('a brake that staff release: the failed import is taken up again', async (t) => {
  const { send, over, call, uploads } = await door(t);
  await over(Job.parse(await (await send('a.mrc', 'vectors=false', 100)).json()).id);
  const job = Job.parse(await (await send('b.mrc', 'vectors=false', 10)).json());
  t.match(await over(job.id), { state: 'failed', message: /lacks 90 of the 100/ });
  t.equal(uploads().length, 1, 'its file is kept for another try');
  t.equal((await call(`/${job.id}/resume`, { method: 'POST' })).status, 202);
  t.match(await over(job.id), { state: 'failed' });
  t.equal((await call(`/${job.id}/resume?allow_shrink=true`, { method: 'POST' })).status, 202);
  t.match(await over(job.id), { state: 'done', progress: { removed: 90 } });
  t.strictSame(uploads(), []);
  const again = await call(`/${job.id}/resume`, { method: 'POST' });
  t.equal(again.status, 404);
});

t.test('the quarantine is looked through, downloaded from and worked off', async (t) => {
  const { send, over, json, call } = await door(t);
  const sent = await send('a.mrc', 'vectors=false', 30, (record, at) => {
    record.authority = at % 10 === 4;
    record.wrongLength = at === 8;
  });
  const { id } = await over(Job.parse(await sent.json()).id);
  const all = QuarantineList.parse(await json(`/${id}/quarantine`));
  t.equal(all.total, 4);
  const refused = QuarantineList.parse(await json(`/${id}/quarantine?kind=refused&offset=1&limit=1`));
  t.match(refused, { total: 3, entries: [{ index: 14, kind: 'refused' }] });
  const qid = refused.entries[0]?.id ?? '';
  const raw = await call(`/quarantine/${qid}/raw`);
  t.equal(raw.headers.get('content-type'), 'application/octet-stream');
  t.match(raw.headers.get('content-disposition'), 'attachment; filename=a.mrc-record-15.bin');
  t.equal((await raw.arrayBuffer()).byteLength, refused.entries[0]?.length);
  const still = await call(`/quarantine/${qid}/retry`, { method: 'POST' });
  t.equal(still.status, 422);
  t.match(await still.json(), { code: 'file_unreadable', detail: /authority record/ });
  const body = marc({ id: 'r15', title: 'Corrected' });
  const retried = await call(`/quarantine/${qid}/retry`, { method: 'POST', body });
  t.match(Job.parse(await retried.json()), { state: 'done', progress: { added: 1 } });
  t.equal((await call(`/quarantine/${qid}/raw`)).status, 404);
  t.equal(QuarantineList.parse(await json(`/${id}/quarantine`)).total, 3);
});

t.test('what nobody knows is a 404, what is no request a 400', async (t) => {
  const { call } = await door(t);
  for (const [path, method] of [
    ['/nobody', 'GET'],
    ['/nobody/cancel', 'POST'],
    ['/nobody/resume', 'POST'],
    ['/nobody/quarantine', 'GET'],
    ['/quarantine/7/raw', 'GET'],
    ['/quarantine/x/retry', 'POST'],
  ] as const) {
    t.equal((await call(path, { method })).status, 404, path);
  }
  const wrong = await call('/?source=NOT OK&mode=some', { method: 'POST', body: 'x' });
  t.equal(wrong.status, 400);
  t.match(await wrong.json(), { errors: [{ path: 'source' }, { path: 'mode' }] });
});

t.test('a sender that breaks off leaves nothing behind', async (t) => {
  const { call, uploads, json } = await door(t);
  const stop = new AbortController();
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(marc({ id: 'r1', title: 'First' }));
      setTimeout(() => stop.abort(), 50);
    },
  });
  const init = { method: 'POST', body, duplex: 'half', signal: stop.signal } as unknown as RequestInit;
  await t.rejects(call('/?name=half.mrc', init));
  while (uploads().length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  t.strictSame(await json('/'), { jobs: [] });
});

t.test('a disk that fills up under an upload is a problem with a sentence', async (t) => {
  const { dataDir, imports, trainings } = await door(t);
  const office = createImportOffice({ dataDir, imports, trainings });
  const body = new Readable({
    read() {
      this.destroy(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    },
  });
  await t.rejects(
    office.upload(body, {
      name: '../../x',
      source: 'main',
      mode: 'full',
      allow_shrink: false,
      vectors: true,
    }),
    { code: 'file_unreadable', message: 'The disk of the data folder is full; the catalogue is as it was.' },
  );
});

t.test('a training shows among the jobs and can be cancelled there', async (t) => {
  const { send, over, json, call, trainings } = await door(t);
  await over(Job.parse(await (await send('a.mrc', 'vectors=true', 500)).json()).id);
  let jobs = JobList.parse(await json('/')).jobs;
  while (jobs[0]?.kind !== 'training') jobs = JobList.parse(await json('/')).jobs;
  const [training] = jobs;
  await call(`/${training?.id}/cancel`, { method: 'POST' });
  t.match(await over(training?.id ?? ''), { kind: 'training', state: /done|cancelled/ });
  await trainings.close();
});

t.test('every address in the contract is mounted', async (t) => {
  const { call } = await door(t);
  for (const { method, path } of officeRoutes.filter((row) => row.path.startsWith('/office/imports'))) {
    const address = path.replace('/office/imports', '').replace('{id}', 'none').replace('{qid}', '1') || '/';
    const response = await call(address, { method: method.toUpperCase() });
    t.match(response.headers.get('content-type'), 'json', `${method} ${path}`);
  }
});
