import t, { type Test } from 'tap';
import { doctorCommand, doctorOptions, type DoctorCommand } from '../../commands/doctor.js';
import { DoctorReport, patronLine } from '../../commands/doctor-report.js';
import { measureEmbedding } from '../../commands/measure-embedding.js';
import { programDir } from '../../config.js';
import type { Machine } from '../../engine/models/machine.js';
import { readOffered } from '../../engine/models/offered.js';
import { chatOnStick, embeddingOnStick, somewhere } from '../engine/models/some-models.js';
import { createTerminal, readArgs } from './terminal.js';

const GiB = 1024 ** 3;
const signal = new AbortController().signal;
const machine = (): Machine => ({
  processor: 'made up',
  cores: 4,
  instructions: ['avx2'],
  memory_bytes: 8 * GiB,
  memory_free_bytes: 6 * GiB,
  disk_free_bytes: 50 * GiB,
  gpus: [],
  gpu_note: 'No GPU that llama.cpp can use was found; the processor is used.',
  memory_bytes_per_second: null,
});

/** `carrel doctor` on a made-up machine with both kinds of models, or none. */
async function surgery(t: Test, options: { models: boolean }) {
  const places = somewhere(t, readOffered(programDir));
  const store = places.store();
  if (options.models) {
    await store.add(chatOnStick(places.stick), { signal });
    await store.add(embeddingOnStick(places.stick), { signal });
    store.use('small-chat');
    store.use('small-meaning');
  }
  const asked: { gpu: string; threads: number; limitMs: number }[] = [];
  const run = async (args: string[], more: Partial<DoctorCommand> = {}) => {
    const terminal = createTerminal();
    const status = await doctorCommand({
      config: { ...places, gpu: 'auto', ai: true },
      values: readArgs(args, doctorOptions).values,
      output: terminal.output,
      signal,
      look: async () => machine(),
      measureMemory: async () => 20e9,
      measureSpeed: async (_model, { gpu, threads, limitMs }) => {
        asked.push({ gpu, threads, limitMs });
        const device = gpu === 'off' ? 'cpu' : gpu;
        const speeds =
          gpu === 'off'
            ? { readingPerSecond: 350, writingPerSecond: 12 }
            : { readingPerSecond: 3000, writingPerSecond: 90 };
        return { ...speeds, device, gpuLayers: 0, layers: 2, threads, loadMs: 800, why: 'Runs so.' };
      },
      measureEmbedding: async () => ({ textsPerSecond: 200, wordsPerText: 36 }),
      ...more,
    });
    return { status, text: terminal.text(), problems: terminal.problems };
  };
  return { ...places, run, asked };
}

t.test(
  'a librarian reads what the machine is, what a patron will feel, and what would suit it',
  async (t) => {
    const { run, asked } = await surgery(t, { models: true });
    const { text, status } = await run([]);
    t.equal(status, 0);
    for (const line of [
      '  Processor   made up, 4 cores (avx2)',
      '  Memory      8.6 GB, 6.4 GB free; copies 20.0 GB a second, measured',
      'What small-chat does here, measured',
      '  cpu         reads 350 and writes 12 tokens a second; loaded in 0.8 s.',
      'first words after about 2 s, a whole answer after about 12 s (700 tokens read, 120 written); the books are there at once.',
      '200 texts of 36 words a second on one thread: a catalogue of 100,000 records takes about 8 min 20 s.',
      'Qwen3 4B Instruct 2507 (Q4_K_M) is the largest that 8.6 GB of memory hold beside the catalogue',
    ]) {
      t.ok(text.includes(line), line);
    }
    t.match(asked, [{ gpu: 'off', threads: 3 }], 'cores minus one');
    t.ok((asked[0]?.limitMs ?? 0) < 20_000, 'all measuring together stays within its 20 seconds');
  },
);

t.test('each GPU that the settings allow is measured beside the processor', async (t) => {
  const { run, asked } = await surgery(t, { models: true });
  const withGpu = async (): Promise<Machine> => ({
    ...machine(),
    gpus: [{ kind: 'vulkan', names: ['Arc'], memory_bytes: 8 * GiB, free_bytes: 7 * GiB }],
  });
  const { text } = await run([], { look: withGpu });
  t.strictSame(
    asked.map(({ gpu }) => gpu),
    ['off', 'vulkan'],
  );
  t.match(text, 'GPU         Arc by vulkan, 8.6 GB, 7.5 GB free');
  t.match(text, 'first words after less than 1 s');
});

t.test('--json is one object that keeps its form, and --quick measures nothing', async (t) => {
  const { run, asked } = await surgery(t, { models: true });
  const never = async (): Promise<never> => Promise.reject(new Error('measured'));
  const { text } = await run(['--json', '--quick'], { measureEmbedding: never, measureMemory: never });
  const report = DoctorReport.parse(JSON.parse(text));
  t.match(report, {
    in_use: { chat: 'small-chat', embedding: 'small-meaning' },
    chat: { kind: 'estimate' },
    embedding: null,
  });
  t.equal(report.machine.memory_bytes_per_second, null);
  t.strictSame(asked, []);
  t.notMatch(text, /\/var|stick/, 'no places of this machine');
});

t.test('without a model the speed of writing is an estimate and called one', async (t) => {
  const { run } = await surgery(t, { models: false });
  const { text, status } = await run([]);
  t.equal(status, 0, 'no model is no trouble');
  t.match(text, 'none: answers are composed from records');
  t.match(text, /at most 8\.0 tokens a second \(estimates\)/);
  t.notMatch(text, 'first words after', 'nothing is promised that was not measured');
});

t.test('a model that will not run is told, by kind, and nothing else is lost', async (t) => {
  const { run } = await surgery(t, { models: true });
  const fails = async (): Promise<never> => Promise.reject(new Error('secret words of a driver'));
  const { text, status } = await run([], { measureSpeed: fails, measureEmbedding: fails });
  t.equal(status, 1);
  t.match(text, 'small-chat could not be run here: carrel models verify says whether its files are whole.');
  t.match(text, 'What would suit it');
  t.notMatch(text, 'secret');
  const slow = async (): Promise<never> => Promise.reject(new DOMException('late', 'TimeoutError'));
  t.match((await run([], { measureSpeed: slow })).text, 'was not ready within the time of the measurement');
  t.match(
    (await run(['--quick'], { config: { ...(await surgery(t, { models: true })), gpu: 'auto', ai: false } }))
      .text,
    'CARREL_AI is false',
  );
});

t.test('an embedding model is really measured', async (t) => {
  const places = somewhere(t);
  const store = places.store();
  await store.add(embeddingOnStick(places.stick), { signal });
  store.use('small-meaning');
  const model = store.chosen('embedding');
  t.ok(model);
  if (model === undefined) return;
  const { textsPerSecond, wordsPerText } = await measureEmbedding(model, { forMs: 50, signal });
  t.ok(textsPerSecond > 0);
  t.ok(wordsPerText > 30);
});

t.test('times are said as a person says them', async (t) => {
  t.match(
    patronLine({ first_seconds: 0.4, whole_seconds: 75 }),
    'first words after less than 1 s, a whole answer after about 1 min 15 s',
  );
});
