import { seededRandom } from '../../server/lib/seeded-random.js';
import { learnBytePairs, spelled } from './byte-pairs.js';
import { writeGguf, type GgufKey, type GgufTensor } from './gguf-writer.js';
import { blockBytes, halfBits, type TensorType } from './quantised-blocks.js';

/** A language model's measures. Its weights are random numbers: speed and plumbing are real, what it writes is noise. */
export interface GgufShape {
  architecture: 'llama' | 'qwen2';
  layers: number;
  width: number;
  heads: number;
  keyHeads: number;
  inner: number;
  contextTokens: number;
  weights: TensorType;
  /** The vocabulary is filled up to this many tokens, since reading and writing cost by it. */
  vocabulary: number;
  /** The output layer is the token table, as in small real models. */
  tied: boolean;
}

const tiny: GgufShape = {
  architecture: 'llama',
  layers: 2,
  width: 64,
  heads: 4,
  keyHeads: 2,
  inner: 128,
  contextTokens: 2048,
  weights: 'F32',
  vocabulary: 0,
  tied: false,
};
const real: GgufShape = {
  ...tiny,
  architecture: 'qwen2',
  contextTokens: 32_768,
  weights: 'Q4_0',
  vocabulary: 151_936,
  tied: true,
};

/** From half a megabyte for tests to the measures of real models for benches. `slow` reads some hundred tokens a second. */
export const ggufShapes = {
  tiny,
  tinyQ8: { ...tiny, weights: 'Q8_0' },
  slow: {
    ...tiny,
    layers: 10,
    width: 512,
    heads: 8,
    keyHeads: 4,
    inner: 2048,
    contextTokens: 4096,
    weights: 'Q8_0',
  },
  half: { ...real, layers: 24, width: 896, heads: 14, keyHeads: 2, inner: 4864 },
  halfQ8: { ...real, layers: 24, width: 896, heads: 14, keyHeads: 2, inner: 4864, weights: 'Q8_0' },
  oneAndAHalf: { ...real, layers: 28, width: 1536, heads: 12, keyHeads: 2, inner: 8960 },
  three: { ...real, layers: 36, width: 2048, heads: 16, keyHeads: 2, inner: 11_008 },
} as const satisfies Record<string, GgufShape>;

export interface GgufModelOptions {
  shape?: GgufShape;
  seed?: number;
  /** Entries of the head left out, for files that are broken. */
  without?: readonly string[];
  /** Further pieces of text that are one token each; a prompt is never cut into them. */
  pieces?: readonly string[];
  /** Its tokens are learned from this text: prompts like it then take about as many tokens as with a real model. */
  learnFrom?: string;
  /** What follows what: from one token to the next with a strength. With it, attention says nothing. */
  follows?: (id: (text: string) => number) => Iterable<readonly [from: number, to: number, strength: number]>;
  /** Not a number in the weights, as in a damaged file. */
  damaged?: boolean;
}

export const endOfTurn = '<|im_end|>';
const controls = ['<|endoftext|>', '<|im_start|>', endOfTurn];
const chatTemplate =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
const corpus =
  'the library holds books and serials. The catalogue record lists the author, the title, the year of publication and the shelf mark. A reader may borrow a book from the library for three weeks. Which books about the history of the town does the library have? '.repeat(
    4,
  ) + '{"ids": ["rec-001", "rec-002"], "answer": "The library holds this book."} ';

/** Writes a language model as a GGUF file that loads and runs. Equal options make equal files. Answers its bytes. */
export function makeGgufModel(file: string, options: GgufModelOptions = {}): number {
  const shape = options.shape ?? tiny;
  const vocabulary = vocabularyOf(shape, options.pieces ?? [], options.learnFrom);
  const without = new Set(options.without);
  const keys = [...shapeKeys(shape), ...vocabularyKeys(shape, vocabulary)].filter(
    ([key]) => !without.has(key),
  );
  return writeGguf(file, keys, tensorsOf(shape, vocabulary.tokens, options));
}

interface Vocabulary {
  tokens: string[];
  types: number[];
  merges: string[];
}

/** Codes of the format: a normal token, a control token, one never used. */
const tokenTypes = { normal: 1, control: 3, unused: 5 } as const;

function vocabularyOf(shape: GgufShape, pieces: readonly string[], learnFrom?: string): Vocabulary {
  const { tokens, merges } =
    learnFrom === undefined ? learnBytePairs(corpus, 160) : learnBytePairs(learnFrom, 1200);
  for (const piece of pieces.map(spelled)) if (!tokens.includes(piece)) tokens.push(piece);
  const types: number[] = tokens.map(() => tokenTypes.normal);
  tokens.push(...controls);
  types.push(...controls.map(() => tokenTypes.control));
  while (tokens.length < shape.vocabulary) {
    tokens.push(`[PAD${tokens.length}]`);
    types.push(tokenTypes.unused);
  }
  return { tokens, types, merges };
}

function shapeKeys(shape: GgufShape): GgufKey[] {
  const key = (name: string): string => `${shape.architecture}.${name}`;
  return [
    ['general.architecture', 'string', shape.architecture],
    ['general.name', 'string', `made-${shape.layers}x${shape.width}`],
    [key('context_length'), 'u32', shape.contextTokens],
    [key('embedding_length'), 'u32', shape.width],
    [key('block_count'), 'u32', shape.layers],
    [key('feed_forward_length'), 'u32', shape.inner],
    [key('attention.head_count'), 'u32', shape.heads],
    [key('attention.head_count_kv'), 'u32', shape.keyHeads],
    [key('attention.layer_norm_rms_epsilon'), 'f32', 1e-5],
    [key('rope.dimension_count'), 'u32', shape.width / shape.heads],
    [key('rope.freq_base'), 'f32', shape.architecture === 'qwen2' ? 1e6 : 1e4],
  ];
}

function vocabularyKeys(shape: GgufShape, { tokens, types, merges }: Vocabulary): GgufKey[] {
  const id = (token: string): number => tokens.indexOf(token);
  return [
    ['tokenizer.ggml.model', 'string', 'gpt2'],
    ['tokenizer.ggml.pre', 'string', shape.architecture === 'qwen2' ? 'qwen2' : 'default'],
    ['tokenizer.ggml.tokens', 'strings', tokens],
    ['tokenizer.ggml.token_type', 'i32s', types],
    ['tokenizer.ggml.merges', 'strings', merges],
    ['tokenizer.ggml.bos_token_id', 'u32', id('<|endoftext|>')],
    ['tokenizer.ggml.eos_token_id', 'u32', id(endOfTurn)],
    ['tokenizer.ggml.padding_token_id', 'u32', id('<|endoftext|>')],
    ['tokenizer.ggml.add_bos_token', 'bool', false],
    ['tokenizer.chat_template', 'string', chatTemplate],
  ];
}

function tensorsOf(shape: GgufShape, tokens: readonly string[], options: GgufModelOptions): GgufTensor[] {
  const { width, inner, weights } = shape;
  const keyWidth = (width / shape.heads) * shape.keyHeads;
  const normal = normalNumbers(options.seed ?? 1);
  const random = randomTensors(weights, normal);
  const tensors: GgufTensor[] = [];
  const matrix = (name: string, columns: number, rows: number, numbers?: Float32Array): void => {
    const spread = 1 / Math.sqrt(columns);
    const made = numbers ?? random(columns * rows, spread);
    tensors.push({ name: `${name}.weight`, type: weights, shape: [columns, rows], numbers: made });
  };
  const vector = (name: string, size: number, value: number): void => {
    tensors.push({ name, type: 'F32', shape: [size], numbers: new Float32Array(size).fill(value) });
  };
  const chain = options.follows && chainOf(tokens, width, options.follows, normal);
  const silent = (columns: number, rows: number): Float32Array | undefined =>
    chain && new Float32Array(columns * rows);

  matrix('token_embd', width, tokens.length, chain?.table);
  vector('output_norm.weight', width, options.damaged ? NaN : 1);
  if (!shape.tied || chain) matrix('output', width, tokens.length, chain?.output);
  for (let layer = 0; layer < shape.layers; layer += 1) {
    const block = (name: string): string => `blk.${layer}.${name}`;
    vector(block('attn_norm.weight'), width, 1);
    for (const [name, rows] of [
      ['attn_q', width],
      ['attn_k', keyWidth],
      ['attn_v', keyWidth],
    ] as const) {
      matrix(block(name), width, rows);
      if (shape.architecture === 'qwen2') vector(block(`${name}.bias`), rows, 0);
    }
    matrix(block('attn_output'), width, width, silent(width, width));
    vector(block('ffn_norm.weight'), width, 1);
    matrix(block('ffn_gate'), width, inner);
    matrix(block('ffn_up'), width, inner);
    matrix(block('ffn_down'), inner, width, silent(inner, width));
  }
  return tensors;
}

/** A token table of random directions, and an output layer that answers each direction with what follows the token. */
function chainOf(
  tokens: readonly string[],
  width: number,
  follows: NonNullable<GgufModelOptions['follows']>,
  normal: () => number,
): { table: Float32Array; output: Float32Array } {
  const table = new Float32Array(tokens.length * width);
  for (let token = 0; token < tokens.length; token += 1) {
    const row = table.subarray(token * width, (token + 1) * width);
    row.forEach((_, i) => (row[i] = normal()));
    const length = Math.hypot(...row);
    row.forEach((value, i) => (row[i] = value / length));
  }
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const id = (text: string): number => {
    const found = ids.get(text) ?? ids.get(spelled(text));
    if (found === undefined) throw new RangeError(`no token is ${JSON.stringify(text)}`);
    return found;
  };
  const output = new Float32Array(tokens.length * width);
  for (const [from, to, strength] of follows(id)) {
    for (let i = 0; i < width; i += 1) {
      output[to * width + i] = (output[to * width + i] ?? 0) + (table[from * width + i] ?? 0) * strength;
    }
  }
  return { table, output };
}

/** Blocks made once and repeated: a file of gigabytes is written in seconds. */
const POOL_BLOCKS = 8_000;

/** Random numbers of a spread, tensor by tensor; those of large quantised tensors repeat. */
function randomTensors(
  type: TensorType,
  normal: () => number,
): (count: number, spread: number) => GgufTensor['numbers'] {
  let pool: Buffer | undefined;
  return (count, spread) => {
    if (type === 'F32' || type === 'F16' || count < POOL_BLOCKS * 32) {
      return Float32Array.from({ length: count }, () => normal() * spread);
    }
    const size = blockBytes[type];
    return (write, sizeBytes) => {
      // Not normally distributed, only spread: the scale makes the numbers as large as they should be.
      pool ??= Buffer.from(Uint8Array.from({ length: POOL_BLOCKS * size }, () => normal() * 64));
      const scale = halfBits(spread / (type === 'Q8_0' ? 64 : 4.6));
      for (let block = 0; block < POOL_BLOCKS; block += 1) pool.writeUInt16LE(scale, block * size);
      for (let left = sizeBytes; left > 0; left -= pool.length) {
        write(pool.subarray(0, Math.min(left, pool.length)));
      }
    };
  };
}

/** Normally distributed numbers around 0 with spread 1, by Box and Muller. */
function normalNumbers(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
