import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { embedCommand, embedHelp, type EmbedCommand } from '../../commands/embed.js';
import { openCatalogue } from '../../engine/catalogue/catalogue.js';
import { fakeEmbedding, type FakeEmbedding } from '../fakes/embedding.js';
import { heldRecords, preparedLibrary } from '../engine/spaces/embedding-office.js';

/** The command over a library with records and trained vectors; what it wrote comes back with its exit status. */
async function desk(t: Test, model: FakeEmbedding | undefined = fakeEmbedding()) {
  const dataDir = join(t.testdir(), 'var');
  cpSync(await preparedLibrary(), dataDir, { recursive: true });
  let closed = 0;
  const run = async (values: EmbedCommand['values'], signal = new AbortController().signal) => {
    let said = '';
    const output = {
      write: (text: string | Uint8Array) => void (said += String(text)),
      problem: (line: string) => void (said += `! ${line}\n`),
      interactive: false,
    };
    const openEmbedding = async () => model && { ...model, close: async () => void closed++ };
    const status = await embedCommand({ dataDir, values, output, signal, openEmbedding });
    return { status, said };
  };
  return { dataDir, run, model, closed: () => closed };
}

/** Judged questions and the records that are right for them, beside a data folder. */
function judgedBeside(dataDir: string, questions: Record<string, string[]>): string {
  const dir = join(dataDir, '..', 'judged');
  mkdirSync(dir, { recursive: true });
  const list = Object.entries(questions);
  const queries = list.map(([text], at) => JSON.stringify({ id: `q${at}`, type: 'topic', text }));
  const grades = list.flatMap(([, ids], at) => ids.map((id) => `q${at}\t${id}\t1`));
  writeFileSync(join(dir, 'queries.jsonl'), queries.join('\n'));
  writeFileSync(join(dir, 'qrels.tsv'), grades.join('\n'));
  return dir;
}

t.test('from reading to switching and back, each told in a line', async (t) => {
  const { run, dataDir, model, closed } = await desk(t);
  t.match(await run({ status: true }), {
    status: 0,
    said: /^\* the catalogue’s own training: 120 of 120 records, 128 numbers each\n$/,
  });
  t.match(await run({ switch: true }), { status: 1, said: /^! fake has not read the whole catalogue yet/ });
  t.match(await run({ quiet: true }), {
    status: 0,
    said: /^fake has read 120 records; carrel embed --switch/,
  });
  t.equal(model?.seen.length, heldRecords);
  t.match(
    (await run({ status: true })).said,
    / {2}fake: 120 of 120 records, 64 numbers each, finds \d+\.\d % of the 20 nearest/,
  );
  const catalogue = await openCatalogue({ dataDir });
  t.teardown(() => catalogue.close());
  const before = catalogue.current()?.version;
  t.match(await run({ switch: true }), {
    status: 0,
    said: 'No judged questions were given, so nothing was compared.\nQuestions are compared with the vectors of fake now; carrel embed --back undoes this.\n',
  });
  catalogue.refresh();
  t.not(catalogue.current()?.version, before, 'a running server hears of it');
  t.match((await run({ status: true })).said, /^\* fake/);
  t.match(await run({ back: true }), { status: 0, said: /the vectors of the catalogue’s own training now/ });
  t.match((await run({ status: true })).said, /^\* the catalogue/);
  t.equal(closed(), 3, 'whoever opened the model closed it');
});

t.test(
  'a model that answers judged questions worse is refused with both figures, unless staff insist',
  async (t) => {
    // It tells texts apart by their length alone.
    const { run, dataDir } = await desk(
      t,
      fakeEmbedding({ id: 'poor', reads: (text) => (text.length % 2 === 0 ? 'x' : 'y') }),
    );
    await run({ quiet: true });
    const elsewhere = judgedBeside(dataDir, { 'things about lighthouses': ['another-library-1'] });
    t.match(await run({ switch: true, judged: elsewhere }), {
      status: 1,
      said: /^! None of the records that were judged is in this catalogue, so nothing was compared or switched/,
    });
    t.match((await run({ status: true })).said, /^\* the catalogue/);
    const questions = judgedBeside(dataDir, {
      'things about lighthouses': ['r2', 'r11', 'r20', 'r29', 'r38'],
      'a winter story': ['r6', 'r15', 'r24', 'r33', 'r42'],
    });
    const compared = await run({ switch: true, judged: questions });
    const figures =
      /2 judged questions: (\d\.\d{3}) with poor, (\d\.\d{3}) with the catalogue’s own training/.exec(
        compared.said,
      );
    t.ok(figures, compared.said);
    const isWorse = Number(figures?.[1]) < Number(figures?.[2]) - 0.01;
    t.equal(compared.status, isWorse ? 1 : 0);
    t.ok(isWorse, 'the questions tell a poor model');
    t.match(compared.said, /nothing was switched/);
    t.match((await run({ status: true })).said, /^\* the catalogue/);
    t.match(await run({ switch: true, judged: questions, anyway: true }), {
      status: 0,
      said: /vectors of poor now/,
    });
  },
);

t.test('one process pauses what another reads; resume goes on; Ctrl-C keeps what was read', async (t) => {
  const { run, model } = await desk(t, fakeEmbedding({ before: () => sleep(100) }));
  t.match(await run({ pause: true }), { status: 1, said: /nothing to pause/ });
  t.match(await run({ resume: true }), { status: 1, said: /nothing to resume/ });
  const reading = run({ quiet: true });
  while ((model?.seen.length ?? 0) === 0) await sleep(20);
  t.match(await run({ quiet: true }), { status: 1, said: /^! The catalogue is being worked on already/ });
  t.match(await run({ pause: true }), { status: 0, said: /^Paused/ });
  t.match(await reading, { status: 1, said: /^! Paused/ });
  const leaving = new AbortController();
  const resumed = run({ resume: true, rate: '1000', quiet: true }, leaving.signal);
  await sleep(300);
  leaving.abort();
  t.match(await resumed, { status: 1, said: /Set aside; it goes on later/ });
  t.match((await run({ resume: true, quiet: true })).status, 0);
  t.ok((model?.seen.length ?? 0) <= heldRecords + 48, 'what was read is not read again');
});

t.test('what is not understood is said, and nothing is done', async (t) => {
  const { run, closed, dataDir } = await desk(t);
  for (const values of [
    { status: true, pause: true },
    { rate: 'fast' },
    { rate: '0' },
    { anyway: true },
    { switch: true, judged: dataDir },
  ]) {
    t.equal((await run(values)).status, 2);
  }
  t.equal(closed(), 0);
  t.match(embedHelp, /--judged DIR/);
});
