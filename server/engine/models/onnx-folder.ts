import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { checkOnnx } from './onnx-check.js';
import type { ModelRole, OnnxType, Pooling } from './model.js';
import { ModelTrouble } from './trouble.js';

/** What a checked ONNX folder says of itself; what it does not say is undefined. */
export interface OnnxFolderFacts {
  role: Exclude<ModelRole, 'chat'>;
  onnxType: OnnxType;
  dimensions: number | undefined;
  contextTokens: number;
  pooling: Pooling | undefined;
  queryPrefix: string | undefined;
  passagePrefix: string | undefined;
  /** Files to keep: where each lies, and its place in the model's folder. */
  files: { from: string; to: string; weights: boolean }[];
}

const Config = z.looseObject({
  hidden_size: z.int().positive().optional(),
  dim: z.int().positive().optional(),
  max_position_embeddings: z.int().positive().optional(),
  architectures: z.array(z.string()).optional(),
});
const TokenizerConfig = z.looseObject({ model_max_length: z.number().positive().optional() });
const PoolingConfig = z.looseObject({
  word_embedding_dimension: z.int().positive().optional(),
  pooling_mode_cls_token: z.boolean().optional(),
  pooling_mode_mean_tokens: z.boolean().optional(),
  pooling_mode_lasttoken: z.boolean().optional(),
});
const Prompts = z.looseObject({ prompts: z.record(z.string(), z.string()).nullish() });
const SentenceConfig = z.looseObject({ max_seq_length: z.int().positive().nullish() });

const kept = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'sentence_bert_config.json',
  '1_Pooling/config.json',
  'config_sentence_transformers.json',
  'LICENSE',
  'README.md',
];
const targets: Record<OnnxType, string> = { fp32: 'onnx/model.onnx', q8: 'onnx/model_quantized.onnx' };
/** Weights in 8 bits, as those who publish models name them; the first that is there is taken. */
const eightBits = ['model_quantized.onnx', 'model_int8.onnx', 'model_quint8_avx2.onnx', 'model_uint8.onnx'];
/** Some write the largest number there is where they mean "no limit". */
const LONGEST = 1_000_000;
/** The largest tokenizer.json in use has some 35 MB. */
const LONGEST_JSON = 256 * 1024 * 1024;

/**
 * Looks a folder with an ONNX model through: what it is, its tokenizer, its weights and the files these need. Throws
 * ModelTrouble, one sentence.
 */
export async function readOnnxFolder(
  dir: string,
  options: { role?: Exclude<ModelRole, 'chat'>; type?: OnnxType } = {},
): Promise<OnnxFolderFacts> {
  const weights = weightsIn(dir, options.type);
  const config = readJson(dir, 'config.json', Config, 'says what kind of model it is');
  readJson(dir, 'tokenizer.json', z.looseObject({ model: z.unknown() }), 'turns words into numbers');
  const tokenizer = optionalJson(dir, 'tokenizer_config.json', TokenizerConfig);
  const pooling = optionalJson(dir, '1_Pooling/config.json', PoolingConfig);
  const prompts = optionalJson(dir, 'config_sentence_transformers.json', Prompts)?.prompts ?? undefined;
  const sentence = optionalJson(dir, 'sentence_bert_config.json', SentenceConfig);
  const facts = await checkOnnx(weights.path);
  const beside = facts.externalFiles.map((name) => externalFile(weights.path, name));
  const role = options.role ?? roleOf(config.architectures ?? []);
  const hidden = config.hidden_size ?? config.dim;
  const said = pooling?.word_embedding_dimension ?? hidden;
  if (
    role === 'embedding' &&
    said !== undefined &&
    facts.outputWidth !== undefined &&
    said !== facts.outputWidth
  ) {
    throw new ModelTrouble(
      `The weights give ${facts.outputWidth} numbers a text and the folder says ${said}: they are not of one model; fetch the folder again.`,
    );
  }
  const limits = [
    tokenizer?.model_max_length,
    config.max_position_embeddings,
    sentence?.max_seq_length ?? undefined,
  ];
  const usable = limits.filter((limit) => limit !== undefined && limit < LONGEST) as number[];
  return {
    role,
    onnxType: weights.type,
    dimensions: facts.outputWidth ?? said,
    contextTokens: usable.length === 0 ? 512 : Math.floor(Math.min(...usable)),
    pooling: poolingOf(pooling),
    queryPrefix: prompts?.['query'],
    passagePrefix: prompts?.['document'] ?? prompts?.['passage'],
    files: [
      { from: weights.path, to: targets[weights.type], weights: true },
      ...beside.map((path) => ({ from: path, to: `onnx/${basename(path)}`, weights: true })),
      ...kept
        .filter((name) => existsSync(join(dir, name)))
        .map((name) => ({ from: join(dir, name), to: name, weights: false })),
    ],
  };
}

function weightsIn(dir: string, wanted?: OnnxType): { path: string; type: OnnxType } {
  const places = [join(dir, 'onnx'), dir].filter((place) => existsSync(place));
  const names = new Map(
    places.toReversed().flatMap((place) => readdirSync(place).map((name) => [name, join(place, name)])),
  );
  const q8 = eightBits.map((name) => names.get(name)).find((path) => path !== undefined);
  const fp32 = names.get('model.onnx');
  const path = wanted === 'fp32' ? fp32 : wanted === 'q8' ? q8 : (q8 ?? fp32);
  if (path !== undefined) return { path, type: wanted ?? (q8 === undefined ? 'fp32' : 'q8') };
  if (wanted !== undefined && (q8 ?? fp32) !== undefined) {
    throw new ModelTrouble(
      `The folder holds no weights of the type ${wanted}: leave --type out to take those it has.`,
    );
  }
  if ([...names.keys()].some((name) => name.endsWith('.safetensors') || name.endsWith('.bin'))) {
    throw new ModelTrouble(
      'This folder holds the model in a form for Python, not as ONNX: fetch its onnx/ folder too, or the ONNX edition of the model.',
    );
  }
  throw new ModelTrouble(
    'There are no weights in this folder: an embedding model has onnx/model_quantized.onnx or onnx/model.onnx beside config.json and tokenizer.json.',
  );
}

function externalFile(weightsPath: string, name: string): string {
  // A name that leads out of the folder is an attack or a mistake; native code would follow it.
  if (basename(name) !== name) {
    throw new ModelTrouble(
      'The weights point at files outside their folder: take the model from somewhere else.',
    );
  }
  const path = join(weightsPath, '..', name);
  if (existsSync(path)) return path;
  throw new ModelTrouble(
    `The weights lie in a second file, ${name}, and it is missing: put it beside ${basename(weightsPath)} and add the folder again.`,
  );
}

function roleOf(architectures: readonly string[]): Exclude<ModelRole, 'chat'> {
  return architectures.some((name) => name.endsWith('ForSequenceClassification')) ? 'reranker' : 'embedding';
}

function poolingOf(config: z.infer<typeof PoolingConfig> | undefined): Pooling | undefined {
  if (config?.pooling_mode_cls_token === true) return 'cls';
  if (config?.pooling_mode_mean_tokens === true) return 'mean';
  return config?.pooling_mode_lasttoken === true ? 'last_token' : undefined;
}

function readJson<T>(dir: string, name: string, schema: z.ZodType<T>, why: string): T {
  const found = optionalJson(dir, name, schema);
  if (found !== undefined) return found;
  throw new ModelTrouble(`${name} is missing from the folder; it ${why}: fetch the whole folder.`);
}

function optionalJson<T>(dir: string, name: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(join(dir, name))) return undefined;
  const trouble = (): ModelTrouble =>
    new ModelTrouble(`${name} cannot be read: it was not copied whole; fetch it again.`);
  const about = statSync(join(dir, name));
  if (!about.isFile() || about.size > LONGEST_JSON) throw trouble();
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(dir, name), 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw trouble();
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw trouble();
  return parsed.data;
}
