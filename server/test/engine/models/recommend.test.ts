import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { programDir } from '../../../config.js';
import { instructionsIn, lookAtGpus, type Machine } from '../../../engine/models/machine.js';
import { estimateMemory, tooBigForMachine, tooBigForNow } from '../../../engine/models/memory.js';
import { measureBandwidth } from '../../../engine/models/memory-bandwidth.js';
import { readOffered } from '../../../engine/models/offered.js';
import { ceiling, felt, recommend } from '../../../engine/models/recommend.js';

const GiB = 1024 ** 3;
const offered = readOffered(programDir);

/** A box of so many GiB, of which some are free, with memory of 20 GB a second. */
function box(gib: number, more: Partial<Machine> = {}): Machine {
  return {
    processor: 'made up',
    cores: 4,
    instructions: ['avx2'],
    memory_bytes: gib * GiB,
    memory_free_bytes: gib * 0.7 * GiB,
    disk_free_bytes: 100 * GiB,
    gpus: [],
    gpu_note: 'No GPU.',
    memory_bytes_per_second: 40e9,
    ...more,
  };
}

t.test('each box gets the largest model that it holds', async (t) => {
  const chosen = (machine: Machine) => recommend(machine, offered).chat.id;
  t.equal(chosen(box(2)), null);
  t.equal(chosen(box(3.7)), 'qwen3-0.6b', 'a box sold as 4 GB tells 3.7');
  t.equal(chosen(box(8)), 'qwen3-4b-instruct-2507');
  t.equal(chosen(box(16, { cores: 8 })), 'qwen3-8b');
  t.equal(
    chosen(box(16)),
    'qwen3-4b-instruct-2507',
    'four cores read a prompt too slowly for the larger one',
  );
  t.equal(chosen(box(16, { cores: 2 })), 'qwen3-0.6b');
  const card = { kind: 'cuda' as const, names: ['RTX'], memory_bytes: 12 * GiB, free_bytes: 11 * GiB };
  t.equal(chosen(box(8, { gpus: [card] })), 'qwen3-8b', 'a GPU counts by its own memory');
  t.equal(
    chosen(box(8, { gpus: [{ ...card, free_bytes: 4 * GiB }] })),
    'qwen3-4b-instruct-2507',
    'and by what is free of it',
  );
});

t.test('memory too slow for a model makes it a smaller one, and says so', async (t) => {
  const slow = recommend(box(16, { cores: 8, memory_bytes_per_second: 15e9 }), offered).chat;
  t.equal(slow.id, 'qwen3-4b-instruct-2507');
  t.match(slow.reason, /quick enough here \(Qwen3 8B \(Q4_K_M\) is not\); .* at most 6\.0 tokens a second/);
  t.match(recommend(box(16, { memory_bytes_per_second: 1e9 }), offered).chat, {
    id: null,
    reason: /^None: .* too slow/,
  });
  t.notMatch(
    recommend(box(16, { memory_bytes_per_second: null }), offered).chat.reason,
    /tokens a second/,
    'no figure without a measurement',
  );
});

t.test('every recommendation is offered, has a reason, and none is a way too', async (t) => {
  for (const gib of [1, 2, 4, 6, 8, 16, 64]) {
    const { chat, embedding } = recommend(box(gib), offered);
    for (const one of [chat, embedding]) {
      t.ok(
        one.id === null ? one.reason.startsWith('None: ') : offered.some((model) => model.id === one.id),
        `${gib}: ${one.reason}`,
      );
    }
  }
  t.match(recommend(box(2), offered).chat.reason, 'Answers are composed from records, exact and at once.');
  t.equal(recommend(box(8), offered).embedding.id, 'granite-embedding-97m-multilingual-r2');
  t.match(recommend(box(8), []).chat, { id: null });
});

t.test('what a patron feels is reading, then writing', async (t) => {
  const { firstSeconds, wholeSeconds } = felt({ reading: 350, writing: 12 });
  t.equal(Math.round(firstSeconds * 10) / 10, 2.1);
  t.equal(Math.round(wholeSeconds), 12);
  t.equal(ceiling(box(8), 2.5e9), 16);
});

t.test('memory is the file and a fifth, and the context of everybody at once', async (t) => {
  const estimate = estimateMemory(
    { bytes: 2_500_000_000, kvBytesPerToken: 147_456 },
    { contextTokens: 2048, sequences: 4 },
  );
  t.strictSame(estimate, { weights: 3_000_000_000, context: 1_207_959_552, total: 4_207_959_552 });
  t.equal(tooBigForMachine(estimate, { totalBytes: 8 * GiB, freeBytes: GiB }), undefined);
  t.equal(
    tooBigForMachine(estimate, { totalBytes: 4 * GiB, freeBytes: GiB }),
    'This model needs about 4.2 GB of memory and this machine has 4.3 GB in all: take a smaller one.',
  );
  t.match(
    tooBigForNow(estimate, { totalBytes: 8 * GiB, freeBytes: GiB }),
    /needs about 4\.2 GB of memory and 1\.1 GB are free just now/,
  );
});

t.test('instructions are read from what Linux says, on Intel and on ARM', async (t) => {
  t.strictSame(instructionsIn('flags\t\t: fpu sse4_2 avx2 avx512f avx512_vnni\n', 'x64'), [
    'avx2',
    'avx512',
    'vnni',
  ]);
  t.strictSame(instructionsIn('Features\t: fp asimd asimddp\n', 'arm64'), ['neon', 'dotprod']);
  t.strictSame(instructionsIn('', 'x64'), []);
});

t.test(
  'a driver that ends its process, says nonsense or hangs is one sentence and costs nothing',
  async (t) => {
    const dir = t.testdir();
    const programs = {
      aborts: 'process.abort()',
      nonsense: 'console.log("null")',
      hangs: 'setInterval(() => {}, 1000)',
    };
    for (const [name, source] of Object.entries(programs)) {
      const path = join(dir, `${name}.mjs`);
      writeFileSync(path, source);
      const found = await lookAtGpus(
        { signal: new AbortController().signal },
        path,
        name === 'hangs' ? 1000 : 20_000,
      );
      t.strictSame(
        found,
        { gpus: [], note: 'Looking for a GPU failed: its driver may be damaged. The processor is used.' },
        name,
      );
    }
  },
);

t.test('the speed of memory is measured in threads, and a person may leave', async (t) => {
  t.ok((await measureBandwidth({ threads: 1, forMs: 20, signal: new AbortController().signal })) > 1e8);
  await t.rejects(
    measureBandwidth({ threads: 1, forMs: 20, signal: AbortSignal.abort(new Error('left')) }),
    /left/,
  );
});
