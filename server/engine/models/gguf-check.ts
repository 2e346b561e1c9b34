import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readGgufHeader, truncated, type GgufHeader } from './gguf-header.js';
import { tensorBytes } from './ggml-types.js';
import { ModelTrouble } from './trouble.js';

/** What a checked GGUF says of itself. */
export interface GgufFacts {
  architecture: string;
  name: string | undefined;
  licence: string | undefined;
  contextTokens: number;
  /** What each token of context takes in memory at 16 bits a number, in bytes. */
  kvBytesPerToken: number;
  hasChatTemplate: boolean;
  /** Absolute paths: one file, or all parts of a split one in order. */
  files: string[];
}

/** Architectures that read text and give vectors, or see and hear: real models, and no writers. */
const noWriters: ReadonlySet<string> = new Set([
  'bert',
  'modern-bert',
  'nomic-bert',
  'nomic-bert-moe',
  'neo-bert',
  'jina-bert-v2',
  'jina-bert-v3',
  'eurobert',
  'gemma-embedding',
  'llama-embed',
  't5encoder',
  'clip',
  'mmproj',
  'wavtokenizer-dec',
  'whisper',
  'gemma4-assistant',
]);

const LONGEST_SHOWN = 200;

/** Checks that native code relies on, each a key it ends the whole process over or refuses without a reason. */
const neededNumbers = ['context_length', 'embedding_length', 'block_count'] as const;

/**
 * Looks a GGUF through before native code sees it: its head, every key that llama.cpp cannot do without, the parts of a
 * split file, and whether the last tensor ends within the file. `knownArchitectures` are those that this llama.cpp can
 * run; without it that is not checked. Throws ModelTrouble, one sentence.
 */
export async function checkGguf(
  path: string,
  options: { knownArchitectures?: ReadonlySet<string>; signal?: AbortSignal } = {},
): Promise<GgufFacts> {
  const files = partsOf(path);
  const headers: GgufHeader[] = [];
  for (const file of files) {
    const header = await readGgufHeader(file, options);
    requireWholeTensors(header);
    headers.push(header);
  }
  const header = headers[0];
  if (header === undefined) throw new ModelTrouble('This is no GGUF file.');
  const architecture = textOf(header, 'general.architecture');
  if (architecture === undefined) throw missing('general.architecture');
  requireWriter(header, architecture, options.knownArchitectures);
  if (headers.every((one) => one.tensors.length === 0)) {
    throw new ModelTrouble('This GGUF file holds no weights, only a vocabulary: take the model’s own file.');
  }
  const number = (key: string): number => {
    const value = header.values.get(`${architecture}.${key}`);
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    throw missing(`${architecture}.${key}`);
  };
  for (const key of neededNumbers) number(key);
  requireLayers(header, architecture);
  requireVocabulary(header);
  return {
    architecture,
    name: textOf(header, 'general.name'),
    licence: textOf(header, 'general.license'),
    contextTokens: number('context_length'),
    kvBytesPerToken: kvBytesPerToken(header, architecture),
    hasChatTemplate: header.values.has('tokenizer.chat_template'),
    files,
  };
}

/** The parts of a split model (`...-00001-of-00003.gguf`) in order, or the file itself. */
function partsOf(path: string): string[] {
  const name = basename(path);
  const split = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/.exec(name);
  if (split === null) return [path];
  const [, stem = '', , total = '1'] = split;
  const names = Array.from(
    { length: Number(total) },
    (_, i) => `${stem}-${String(i + 1).padStart(5, '0')}-of-${total}.gguf`,
  );
  const absent = names.filter((part) => !existsSync(join(dirname(path), part)));
  if (absent.length > 0) {
    throw new ModelTrouble(
      `This model comes in ${names.length} files and ${absent[0]} is missing: put all of them into one folder and add the first.`,
    );
  }
  return names.map((part) => join(dirname(path), part));
}

function requireWholeTensors(header: GgufHeader): void {
  for (const { type, dimensions, offset } of header.tensors) {
    if (header.dataStart + offset + tensorBytes(type, dimensions) > header.fileBytes) throw truncated();
  }
}

function requireWriter(header: GgufHeader, architecture: string, known?: ReadonlySet<string>): void {
  const kind = textOf(header, 'general.type');
  if (noWriters.has(architecture) || kind === 'mmproj' || kind === 'adapter' || kind === 'vocab') {
    throw new ModelTrouble(
      `This is no model that writes ("${kind === undefined || kind === 'model' ? architecture : kind}"): for meaning Carrel takes an ONNX folder, for writing a chat model’s GGUF.`,
    );
  }
  if (known !== undefined && !known.has(architecture)) {
    throw new ModelTrouble(
      `This Carrel cannot run models of the kind "${architecture}": upgrade Carrel or take a model that carrel models list offers.`,
    );
  }
}

/** Without these llama.cpp ends the whole process. One number for all layers, or a list of one each. */
function requireLayers(header: GgufHeader, architecture: string): void {
  // Models without attention, or with experts only, name their layers otherwise.
  const stateSpace = header.values.has(`${architecture}.ssm.state_size`) || architecture.startsWith('rwkv');
  if (stateSpace) return;
  const needed = [
    ['feed_forward_length', 'expert_feed_forward_length'],
    ['attention.head_count'],
    ['attention.layer_norm_rms_epsilon', 'attention.layer_norm_epsilon'],
  ];
  for (const names of needed) {
    const found = names.some((name) => {
      const value = header.values.get(`${architecture}.${name}`);
      return typeof value === 'number' ? Number.isFinite(value) && value > 0 : typeof value === 'object';
    });
    if (!found) throw missing(`${architecture}.${names[0]}`);
  }
}

function requireVocabulary(header: GgufHeader): void {
  if (textOf(header, 'tokenizer.ggml.model') === undefined) throw missing('tokenizer.ggml.model');
  const tokens = header.values.get('tokenizer.ggml.tokens');
  if (typeof tokens !== 'object' || tokens.length === 0) throw missing('tokenizer.ggml.tokens');
  if (textOf(header, 'tokenizer.ggml.model') !== 'gpt2') return;
  if (typeof header.values.get('tokenizer.ggml.merges') !== 'object') throw missing('tokenizer.ggml.merges');
}

function kvBytesPerToken(header: GgufHeader, architecture: string): number {
  const number = (key: string): number | undefined => {
    const value = header.values.get(`${architecture}.${key}`);
    return typeof value === 'number' && value > 0 ? value : undefined;
  };
  const layers = number('block_count') ?? 0;
  const heads = number('attention.head_count') ?? 1;
  const kvHeads = number('attention.head_count_kv') ?? heads;
  const headLength = (number('embedding_length') ?? 0) / heads;
  const perHead =
    (number('attention.key_length') ?? headLength) + (number('attention.value_length') ?? headLength);
  return Math.ceil(layers * kvHeads * perHead * 2);
}

/** A text of the header as it may be shown: short, and without what a terminal would obey. */
function textOf(header: GgufHeader, key: string): string | undefined {
  const value = header.values.get(key);
  if (typeof value !== 'string') return undefined;
  const plain = value
    .slice(0, LONGEST_SHOWN)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return plain === '' ? undefined : plain;
}

function missing(key: string): ModelTrouble {
  return new ModelTrouble(
    `This GGUF file lacks "${key}", without which it cannot be run: take another file of the model.`,
  );
}
