import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OnnxType } from '../../server/engine/models/model.js';
import { seededRandom } from '../../server/lib/seeded-random.js';
import { madeVocabulary, marksFirst, writeTokenizer } from './onnx-vocabulary.js';
import { createOnnxGraph, type OnnxGraph } from './onnx-writer.js';

export interface MadeModel {
  /**
   * `words`: a vector for each word and nothing more, so that texts with words in common are alike.
   * `bert`: a whole encoder of random weights; its time is real, its meaning is none.
   */
  body: 'words' | 'bert';
  /** What it answers: token vectors, one number from the first token, or how much two texts overlap (`words` only). */
  head: 'embedding' | 'label' | 'overlap';
  /** Words that are one piece; all others are spelt. Default: a few of a library's. */
  words?: readonly string[];
  /** Pieces in the vocabulary, at least. Default: no more than the words need. */
  vocabularySize?: number;
  layers?: number;
  dimensions?: number;
  heads?: number;
  feedForward?: number;
  /** Positions: the longest text in tokens. */
  longest?: number;
  seed?: number;
  /** Default: both. */
  types?: readonly OnnxType[];
}

/** The sizes of all-MiniLM-L6: 22 million weights, of which half are words. */
export const miniLmShape = {
  vocabularySize: 30522,
  layers: 6,
  dimensions: 384,
  heads: 12,
  feedForward: 1536,
  longest: 512,
} as const;

const someWords =
  'the of and to in a is that for on with as was by it library book books catalogue record author title about series ' +
  'history town science art music child children novel poem harbour lighthouse lamp keeper storm sea island whale ' +
  'ship garden rose tree winter summer bread kitchen recipe soup dragon castle king queen war soldier letter love';

type Sizes = Required<Omit<MadeModel, 'words' | 'vocabularySize' | 'types'>> & { pieces: number };

/** Writes a model's folder: config, tokenizer, onnx/model.onnx (fp32) and onnx/model_quantized.onnx (q8). Same seed, same weights. */
export function makeOnnxModel(dir: string, made: MadeModel): void {
  const vocabulary = madeVocabulary(made.words ?? someWords.split(' '), made.vocabularySize);
  const tiny = { layers: 2, dimensions: 64, heads: 4, feedForward: 128, longest: 128, seed: 1 };
  const sizes: Sizes = { ...tiny, ...made, pieces: vocabulary.length };
  mkdirSync(join(dir, 'onnx'), { recursive: true });
  const files = { fp32: 'onnx/model.onnx', q8: 'onnx/model_quantized.onnx' } as const;
  for (const type of made.types ?? (['fp32', 'q8'] as const))
    build(sizes, type === 'q8').save(join(dir, files[type]));
  const scores = made.head !== 'embedding';
  const config = {
    model_type: 'bert',
    architectures: [scores ? 'BertForSequenceClassification' : 'BertModel'],
    hidden_size: sizes.dimensions,
    num_hidden_layers: sizes.layers,
    num_attention_heads: sizes.heads,
    intermediate_size: sizes.feedForward,
    max_position_embeddings: sizes.longest,
    vocab_size: vocabulary.length,
    type_vocab_size: 2,
    pad_token_id: 0,
    ...(scores && { id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } }),
  };
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
  writeTokenizer(dir, vocabulary, sizes.longest);
}

function build(sizes: Sizes, quantised: boolean): OnnxGraph {
  const { dimensions, head } = sizes;
  const graph = createOnnxGraph();
  const shape = ['batch', 'tokens'];
  const ids = graph.input('input_ids', 'int64', shape);
  const mask = graph.op('Cast', [graph.input('attention_mask', 'int64', shape)], { to: 1 });
  const types = graph.input('token_type_ids', 'int64', shape);
  const weights = createWeights(graph, seededRandom(sizes.seed), quantised);
  // Marks of beginning and end say nothing: without words in common two texts are as unlike as chance has it.
  const words = weights.table(sizes.pieces, dimensions, 1, ids, sizes.body === 'words' ? marksFirst : 0);
  const tokens = sizes.body === 'words' ? words : encoder(graph, weights, sizes, { ids, mask, types, words });
  if (head === 'embedding') {
    graph.op('Identity', [tokens], {}, 'last_hidden_state');
    graph.output('last_hidden_state', 'float', [...shape, dimensions]);
    return graph;
  }
  if (head === 'label') {
    const first = graph.op('Gather', [tokens, graph.whole([0], [])], { axis: 1 });
    const pooled = graph.op('Tanh', [weights.linear(first, dimensions, dimensions)]);
    graph.op('Identity', [weights.linear(pooled, dimensions, 1)], {}, 'logits');
  } else overlap(graph, words, mask, types);
  graph.output('logits', 'float', ['batch', 1]);
  return graph;
}

/** Ten times the cosine of the two texts' sums of words, less five. */
function overlap(graph: OnnxGraph, words: string, mask: string, types: string): void {
  const second = graph.op('Cast', [types], { to: 1 });
  const first = graph.op('Sub', [graph.scalar(1), second]);
  const unit = (part: string) => {
    const own = graph.op('Unsqueeze', [graph.op('Mul', [mask, part]), graph.whole([2])]);
    const sum = graph.op('ReduceSum', [graph.op('Mul', [words, own]), graph.whole([1])], { keepdims: 0 });
    const length = graph.op('ReduceL2', [sum], { axes: [1], keepdims: 1 });
    return graph.op('Div', [sum, graph.op('Add', [length, graph.scalar(1e-9)])]);
  };
  const both = graph.op('Mul', [unit(first), unit(second)]);
  const cosine = graph.op('ReduceSum', [both, graph.whole([1])], { keepdims: 1 });
  graph.op('Sub', [graph.op('Mul', [cosine, graph.scalar(10)]), graph.scalar(5)], {}, 'logits');
}

/** Weights drawn one after another; in eight bits they are multiplied as onnxruntime's dynamic quantisation does. */
function createWeights(graph: OnnxGraph, random: () => number, quantised: boolean) {
  const draw = (count: number, spread: number) => {
    const drawn = new Float32Array(count);
    for (let at = 0; at < count; at++) drawn[at] = (random() + random() + random() - 1.5) * 2 * spread;
    return drawn;
  };
  const inEightBits = (values: Float32Array) => {
    let most = 0;
    for (const value of values) most = Math.max(most, Math.abs(value));
    const scale = most / 127;
    const whole = new Int8Array(values.length);
    for (let at = 0; at < whole.length; at++) whole[at] = Math.round((values[at] ?? 0) / scale);
    return { values: whole, scale };
  };
  const zero = graph.tensor([], new Int8Array(1));
  const inputs = new Map<string, { numbers: string; scale: string; zero: string }>();
  const inputOf = (name: string) => {
    const known = inputs.get(name) ?? { numbers: `${name}_n`, scale: `${name}_s`, zero: `${name}_z` };
    if (!inputs.has(name))
      graph.ops('DynamicQuantizeLinear', [name], [known.numbers, known.scale, known.zero]);
    inputs.set(name, known);
    return known;
  };
  return {
    /** Rows of a table by number; the first `empty` rows are zeros. */
    table(rows: number, width: number, spread: number, at: string, empty = 0): string {
      const drawn = draw(rows * width, spread).fill(0, 0, empty * width);
      if (!quantised) return graph.op('Gather', [graph.tensor([rows, width], drawn), at], { axis: 0 });
      const { values, scale } = inEightBits(drawn);
      const found = graph.op('Gather', [graph.tensor([rows, width], values), at], { axis: 0 });
      return graph.op('DequantizeLinear', [found, graph.scalar(scale), zero]);
    },
    /** x times weights, with a bias of zeros. */
    linear(x: string, from: number, to: number): string {
      const drawn = draw(from * to, 1 / Math.sqrt(from));
      const bias = graph.tensor([to], new Float32Array(to));
      if (!quantised)
        return graph.op('Add', [graph.op('MatMul', [x, graph.tensor([from, to], drawn)]), bias]);
      const { values, scale } = inEightBits(drawn);
      const input = inputOf(x);
      const whole = graph.op('MatMulInteger', [
        input.numbers,
        graph.tensor([from, to], values),
        input.zero,
        zero,
      ]);
      const scales = graph.op('Mul', [input.scale, graph.scalar(scale)]);
      return graph.op('Add', [graph.op('Mul', [graph.op('Cast', [whole], { to: 1 }), scales]), bias]);
    },
  };
}

function encoder(
  graph: OnnxGraph,
  weights: ReturnType<typeof createWeights>,
  { layers, dimensions, heads, feedForward, longest }: Sizes,
  { ids, mask, types, words }: { ids: string; mask: string; types: string; words: string },
): string {
  const normal = (x: string) => {
    const ones = graph.tensor([dimensions], new Float32Array(dimensions).fill(1));
    const zeros = graph.tensor([dimensions], new Float32Array(dimensions));
    return graph.op('LayerNormalization', [x, ones, zeros], { axis: -1, epsilon: { float: 1e-12 } });
  };
  const tokens = graph.op('Gather', [graph.op('Shape', [ids]), graph.whole([1], [])], { axis: 0 });
  const places = graph.op('Range', [graph.whole([0], []), tokens, graph.whole([1], [])]);
  const typed = graph.op('Add', [words, weights.table(2, dimensions, 0.1, types)]);
  let x = normal(graph.op('Add', [typed, weights.table(longest, dimensions, 0.1, places)]));
  const padding = graph.op('Mul', [graph.op('Sub', [graph.scalar(1), mask]), graph.scalar(-10_000)]);
  const hidden = graph.op('Unsqueeze', [padding, graph.whole([1, 2])]);
  const split = graph.whole([0, 0, heads, dimensions / heads]);
  const joined = graph.whole([0, 0, dimensions]);
  const byHead = (perm: readonly number[]) =>
    graph.op('Transpose', [graph.op('Reshape', [weights.linear(x, dimensions, dimensions), split])], {
      perm,
    });
  for (let layer = 0; layer < layers; layer++) {
    const [query, key, value] = [byHead([0, 2, 1, 3]), byHead([0, 2, 3, 1]), byHead([0, 2, 1, 3])];
    const dots = graph.op('Mul', [
      graph.op('MatMul', [query, key]),
      graph.scalar(1 / Math.sqrt(dimensions / heads)),
    ]);
    const share = graph.op('Softmax', [graph.op('Add', [dots, hidden])], { axis: -1 });
    const mixed = graph.op('Transpose', [graph.op('MatMul', [share, value])], { perm: [0, 2, 1, 3] });
    const seen = weights.linear(graph.op('Reshape', [mixed, joined]), dimensions, dimensions);
    x = normal(graph.op('Add', [x, seen]));
    x = normal(
      graph.op('Add', [
        x,
        weights.linear(gelu(graph, weights.linear(x, dimensions, feedForward)), feedForward, dimensions),
      ]),
    );
  }
  return x;
}

function gelu(graph: OnnxGraph, x: string): string {
  const erf = graph.op('Erf', [graph.op('Div', [x, graph.scalar(Math.SQRT2)])]);
  const half = graph.op('Mul', [x, graph.op('Add', [erf, graph.scalar(1)])]);
  return graph.op('Mul', [half, graph.scalar(0.5)]);
}
