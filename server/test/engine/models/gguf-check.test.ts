import { appendFileSync, copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGgufFileInfo } from 'node-llama-cpp';
import t from 'tap';
import { makeGgufModel } from '../../../../scripts/made-models/gguf-model.js';
import { writeGguf } from '../../../../scripts/made-models/gguf-writer.js';
import { checkGguf } from '../../../engine/models/gguf-check.js';
import { readGgufHeader } from '../../../engine/models/gguf-header.js';
import { llamaArchitectures } from '../../../engine/models/llama-architectures.js';
import { ModelTrouble } from '../../../engine/models/trouble.js';

const dir = t.testdir();
const whole = join(dir, 'whole.gguf');
makeGgufModel(whole);

/** A copy of the whole file with something done to it. */
function ill(name: string, change: (path: string) => void): string {
  const path = join(dir, name);
  copyFileSync(whole, path);
  change(path);
  return path;
}

/** The one sentence that a file is refused with. */
async function sentenceOf(path: string): Promise<string> {
  const known = await llamaArchitectures();
  try {
    await checkGguf(path, known && { knownArchitectures: known });
  } catch (error) {
    if (!(error instanceof ModelTrouble)) throw error;
    return error.message;
  }
  return 'taken';
}

t.test('a whole file tells what it is, as node-llama-cpp reads it', async (t) => {
  const facts = await checkGguf(whole);
  const { metadata, architectureMetadata, tensorInfo } = await readGgufFileInfo(whole, {
    logWarnings: false,
  });
  t.equal(facts.architecture, metadata.general.architecture);
  t.equal(facts.contextTokens, architectureMetadata.context_length);
  t.equal((await readGgufHeader(whole)).tensors.length, tensorInfo?.length);
  t.equal((await readGgufHeader(whole)).tensors[3]?.name, tensorInfo?.[3]?.name);
  t.equal(facts.hasChatTemplate, true);
  t.strictSame(facts.files, [whole]);
  t.ok(facts.kvBytesPerToken > 0);
});

t.test('what is no GGUF is said so, and how to know one', async (t) => {
  const zip = join(dir, 'zip.gguf');
  writeFileSync(zip, 'PK\u0003\u0004 and so on');
  t.match(await sentenceOf(zip), /^This is not a GGUF file: a chat model is one file that ends in \.gguf/);
  const empty = join(dir, 'empty.gguf');
  writeFileSync(empty, '');
  t.match(await sentenceOf(empty), /^The file is empty/);
});

t.test('a file that was not copied whole is noticed at every place it may end', async (t) => {
  const { length } = readFileSync(whole);
  for (const bytes of [5, 12, 30, 900, Math.floor(length / 2), length - 200]) {
    const path = ill(`cut-${bytes}.gguf`, (file) => truncateSync(file, bytes));
    t.match(
      await sentenceOf(path),
      /^The file ends before it should: it was not copied whole/,
      `${bytes} bytes`,
    );
  }
  const longer = ill('longer.gguf', (file) => appendFileSync(file, 'padding'));
  t.equal(await sentenceOf(longer), 'taken', 'a few bytes more harm nobody');
});

t.test('counts that no file has end at once, not in a loop', async (t) => {
  const claims = (at: number, value: bigint): string =>
    ill(`claims-${at}-${value}.gguf`, (file) => {
      const bytes = readFileSync(file);
      bytes.writeBigUInt64LE(value, at);
      writeFileSync(file, bytes);
    });
  for (const at of [8, 16, 24]) {
    t.match(
      await sentenceOf(claims(at, 2n ** 60n)),
      /^The head of this GGUF file makes no sense/,
      `at ${at}`,
    );
  }
});

t.test('versions that nothing reads are told apart', async (t) => {
  const version = (value: number): string =>
    ill(`v${value}.gguf`, (file) => {
      const bytes = readFileSync(file);
      bytes.writeUInt32LE(value, 4);
      writeFileSync(file, bytes);
    });
  t.match(await sentenceOf(version(1)), /version 1, which nothing reads any more/);
  t.match(await sentenceOf(version(9)), /version 9, newer than this Carrel reads/);
  t.match(await sentenceOf(version(3 << 24)), /the other byte order/);
});

t.test('a key that native code cannot do without is named', async (t) => {
  const keys = [
    'general.architecture',
    'llama.context_length',
    'llama.embedding_length',
    'llama.block_count',
    'llama.feed_forward_length',
    'llama.attention.head_count',
    'llama.attention.layer_norm_rms_epsilon',
    'tokenizer.ggml.model',
    'tokenizer.ggml.tokens',
    'tokenizer.ggml.merges',
  ];
  for (const key of keys) {
    const path = join(dir, `without-${key}.gguf`);
    makeGgufModel(path, { without: [key] });
    t.equal(
      await sentenceOf(path),
      `This GGUF file lacks "${key}", without which it cannot be run: take another file of the model.`,
    );
  }
});

t.test('a model that does not write, or that this llama.cpp does not know, is refused by name', async (t) => {
  const kind = (architecture: string, type = 'model'): string => {
    const path = join(dir, `${architecture}-${type}.gguf`);
    writeGguf(
      path,
      [
        ['general.architecture', 'string', architecture],
        ['general.type', 'string', type],
      ],
      [{ name: 'w', type: 'F32', shape: [4], numbers: new Float32Array(4) }],
    );
    return path;
  };
  for (const architecture of ['bert', 'clip', 'nomic-bert']) {
    t.match(await sentenceOf(kind(architecture)), `This is no model that writes ("${architecture}")`);
  }
  t.match(await sentenceOf(kind('llama', 'adapter')), 'This is no model that writes ("adapter")');
  t.match(
    await sentenceOf(kind('gutenberg')),
    'This Carrel cannot run models of the kind "gutenberg": upgrade Carrel or take a model that carrel models list offers.',
  );
});

t.test('a file without weights is a vocabulary', async (t) => {
  const path = join(dir, 'vocabulary.gguf');
  writeGguf(path, [['general.architecture', 'string', 'llama']], []);
  t.match(await sentenceOf(path), /holds no weights, only a vocabulary/);
});

t.test('of a split model every part must be there', async (t) => {
  const first = join(dir, 'split-00001-of-00002.gguf');
  makeGgufModel(first);
  t.match(await sentenceOf(first), /comes in 2 files and split-00002-of-00002\.gguf is missing/);
  const second = join(dir, 'split-00002-of-00002.gguf');
  writeGguf(second, [], [{ name: 'w', type: 'F32', shape: [8], numbers: new Float32Array(8) }]);
  t.strictSame((await checkGguf(first)).files, [first, second]);
  truncateSync(second, 70);
  t.match(await sentenceOf(first), /not copied whole/);
});
