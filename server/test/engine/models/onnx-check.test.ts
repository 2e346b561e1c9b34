import { copyFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeOnnxModel } from '../../../../scripts/made-models/onnx-model.js';
import { checkOnnx } from '../../../engine/models/onnx-check.js';
import { readOnnxFolder } from '../../../engine/models/onnx-folder.js';
import { ModelTrouble } from '../../../engine/models/trouble.js';

const dir = t.testdir();
const whole = join(dir, 'whole');
makeOnnxModel(whole, { body: 'words', head: 'embedding' });

/** A copy of the whole folder with something done to it. */
function ill(name: string, change: (folder: string) => void): string {
  const folder = join(dir, name);
  cpSync(whole, folder, { recursive: true });
  change(folder);
  return folder;
}

async function sentenceOf(folder: string, options = {}): Promise<string> {
  try {
    await readOnnxFolder(folder, options);
  } catch (error) {
    if (!(error instanceof ModelTrouble)) throw error;
    return error.message;
  }
  return 'taken';
}

function edit(folder: string, name: string, change: (value: Record<string, unknown>) => void): void {
  const value = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>;
  change(value);
  writeFileSync(join(folder, name), JSON.stringify(value));
}

t.test('a whole folder tells what it is', async (t) => {
  const facts = await readOnnxFolder(whole);
  t.match(facts, { role: 'embedding', onnxType: 'q8', contextTokens: 128, pooling: undefined });
  t.equal(facts.dimensions, 64);
  t.match(
    facts.files.map((file) => file.to),
    ['onnx/model_quantized.onnx', 'config.json', 'tokenizer.json'],
  );
  t.notOk(
    facts.files.some((file) => file.to === 'onnx/model.onnx'),
    'weights of one type are enough',
  );
  t.equal((await readOnnxFolder(whole, { type: 'fp32' })).onnxType, 'fp32');
  t.match((await checkOnnx(join(whole, 'onnx/model.onnx'))).inputs, ['input_ids']);
});

t.test('pooling, prefixes and the longest text are read where the folder names them', async (t) => {
  const folder = ill('named', (at) => {
    cpSync(whole, join(at, '1_Pooling'), { recursive: true });
    writeFileSync(join(at, '1_Pooling/config.json'), JSON.stringify({ pooling_mode_cls_token: true }));
    writeFileSync(
      join(at, 'config_sentence_transformers.json'),
      JSON.stringify({ prompts: { query: 'query: ', document: 'passage: ' } }),
    );
    writeFileSync(join(at, 'sentence_bert_config.json'), JSON.stringify({ max_seq_length: 77 }));
  });
  t.match(await readOnnxFolder(folder), {
    pooling: 'cls',
    queryPrefix: 'query: ',
    passagePrefix: 'passage: ',
    contextTokens: 77,
  });
});

t.test('what is missing is named', async (t) => {
  for (const name of ['config.json', 'tokenizer.json']) {
    const folder = ill(`no-${name}`, (at) => rmSync(join(at, name)));
    t.match(await sentenceOf(folder), `${name} is missing from the folder`);
  }
  t.match(
    await sentenceOf(ill('no-weights', (at) => rmSync(join(at, 'onnx'), { recursive: true }))),
    /^There are no weights in this folder/,
  );
  const python = ill('python', (at) => {
    rmSync(join(at, 'onnx'), { recursive: true });
    writeFileSync(join(at, 'model.safetensors'), 'x');
  });
  t.match(await sentenceOf(python), /in a form for Python, not as ONNX/);
  const fp32 = ill('only-fp32', (at) => rmSync(join(at, 'onnx/model_quantized.onnx')));
  t.match(await sentenceOf(fp32, { type: 'q8' }), /holds no weights of the type q8/);
  t.equal((await readOnnxFolder(fp32)).onnxType, 'fp32');
});

t.test(
  'weights that are no ONNX, a pointer, or not whole are refused before native code sees them',
  async (t) => {
    const weights = (at: string): string => join(at, 'onnx/model_quantized.onnx');
    const { length } = readFileSync(weights(whole));
    for (const bytes of [Math.floor(length / 3), length - 1]) {
      const folder = ill(`cut-${bytes}`, (at) => truncateSync(weights(at), bytes));
      t.match(
        await sentenceOf(folder),
        /^The ONNX file ends before it should: it was not copied whole/,
        `${bytes}`,
      );
    }
    const pages: Record<string, string> = {
      html: '<!doctype html><title>Sign in</title>',
      zip: 'PK\u0003\u0004',
      text: 'a',
    };
    for (const [name, text] of Object.entries(pages)) {
      const folder = ill(name, (at) => writeFileSync(weights(at), text));
      t.match(await sentenceOf(folder), /^This is not an ONNX file/, name);
    }
    t.match(
      await sentenceOf(ill('empty', (at) => writeFileSync(weights(at), ''))),
      /^The ONNX file is empty/,
    );
    const pointer = ill('pointer', (at) =>
      writeFileSync(weights(at), 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'),
    );
    t.match(await sentenceOf(pointer), /only a pointer to the ONNX file/);
  },
);

t.test('a config that was cut, or of another model, is refused', async (t) => {
  const cut = ill('cut-config', (at) => truncateSync(join(at, 'config.json'), 10));
  t.match(await sentenceOf(cut), 'config.json cannot be read: it was not copied whole');
  const other = ill('other', (at) => edit(at, 'config.json', (config) => (config['hidden_size'] = 768)));
  t.match(await sentenceOf(other), /^The weights give 64 numbers a text and the folder says 768/);
});

t.test('weights in a second file are asked for, and never looked for outside the folder', async (t) => {
  for (const [location, sentence] of [
    ['model.onnx_data', /^The weights lie in a second file, model\.onnx_data, and it is missing/],
    ['../../etc/passwd', /^The weights point at files outside their folder/],
  ] as const) {
    const folder = ill(`external-${location.length}`, (at) =>
      writeFileSync(join(at, 'onnx/model_quantized.onnx'), withExternalData(location)),
    );
    t.match(await sentenceOf(folder), sentence);
  }
  const complete = ill('external', (at) => {
    writeFileSync(join(at, 'onnx/model_quantized.onnx'), withExternalData('model.onnx_data'));
    copyFileSync(join(at, 'onnx/model.onnx'), join(at, 'onnx/model.onnx_data'));
  });
  t.ok(
    (await readOnnxFolder(complete)).files.some((file) => file.to === 'onnx/model.onnx_data' && file.weights),
  );
});

/** The smallest ONNX file whose one tensor lies elsewhere: ir_version, graph > initializer > external_data. */
function withExternalData(location: string): Buffer {
  const piece = (number: number, bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
  const entry = Buffer.concat([piece(1, Buffer.from('location')), piece(2, Buffer.from(location))]);
  return Buffer.concat([Buffer.from([8, 10]), piece(7, piece(5, piece(13, entry)))]);
}
