import { AutoModel, AutoModelForSequenceClassification, AutoTokenizer, env, LogLevel, Tensor } from '@huggingface/transformers'; // prettier-ignore
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { OnnxType } from '../models/model.js';
import { ModelUnusable } from './model-unusable.js';
import { onnxFile } from './transformers-folder.js';

/** What a thread is told of the model that it loads. */
export interface ModelToLoad {
  role: 'embedding' | 'reranker';
  name: string;
  path: string;
  onnxType: OnnxType;
  /** The longest text that it is given, in tokens. */
  longest: number;
  /** Threads that one step of work may use. */
  threads: number;
}

/** Texts, or pairs of texts, as whole numbers, with their marks of beginning and end. */
export interface Encoded {
  ids: number[];
  types: number[] | undefined;
}

/** A model in this thread, whose every call blocks it. */
export interface TransformersModel {
  encode(texts: readonly string[], pairs?: readonly string[]): Encoded[];
  /** Whether these ids hold anything besides marks and words that the model does not know. */
  knows(encoded: Encoded): boolean;
  /** Runs one batch, padded at the end to `tokens`. Answers the output of this name. */
  run(
    batch: readonly Encoded[],
    tokens: number,
    output: string,
  ): Promise<{ data: Float32Array; dims: number[] }>;
  readonly outputs: readonly string[];
  close(): Promise<void>;
}

interface Session {
  inputNames: readonly string[];
  outputNames: readonly string[];
}
interface LoadedModel {
  sessions: Record<string, Session>;
  (inputs: Record<string, Tensor>): Promise<Record<string, Tensor | undefined>>;
  dispose(): Promise<unknown>;
}
interface LoadedTokenizer {
  (texts: string[], options: object): { input_ids: number[][]; token_type_ids?: number[][] };
  all_special_ids: readonly number[];
  unk_token_id: number | undefined;
  pad_token_id: number | undefined;
}

const given =
  /^(input_ids|attention_mask|token_type_ids|position_ids|past_key_values\..*|num_logits_to_keep)$/;
/** Characters of a text that are looked at for each token it may have: no language needs more. */
const charactersAToken = 16;

/**
 * Loads a model's folder, from this disk only: nothing is fetched and nothing is kept elsewhere. Throws ModelUnusable
 * with a sentence when the tokenizer or the model cannot be read or asks for what texts do not give.
 */
export async function loadTransformersModel(wanted: ModelToLoad): Promise<TransformersModel> {
  const { name, path, onnxType, longest, threads } = wanted;
  env.allowRemoteModels = false;
  env.localModelPath = dirname(path);
  env.useFSCache = false;
  // The library would print the inputs of what fails, and those are patrons' words.
  env.logLevel = LogLevel.NONE;
  const folder = basename(path);

  requireModelType(wanted);
  const tokenizer = (await AutoTokenizer.from_pretrained(folder, { local_files_only: true }).catch(
    unusable(`The tokenizer of ${name} cannot be read: tokenizer.json or tokenizer_config.json is damaged.`),
  )) as unknown as LoadedTokenizer;
  const kind = wanted.role === 'embedding' ? AutoModel : AutoModelForSequenceClassification;
  const file = onnxFile(onnxType);
  const model = (await kind
    .from_pretrained(folder, {
      local_files_only: true,
      dtype: onnxType,
      device: 'cpu',
      ...(existsSync(join(path, `${file}_data`)) && { use_external_data_format: true }),
      session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
    })
    .catch(
      unusable(
        `${file} of ${name} cannot be loaded: it is damaged, incomplete or not of a kind that Carrel knows.`,
      ),
    )) as unknown as LoadedModel;
  const session = model.sessions.model ?? Object.values(model.sessions)[0];
  const foreign = session?.inputNames.find((input) => !given.test(input));
  if (session === undefined || foreign !== undefined) {
    await model.dispose();
    throw new ModelUnusable(
      `${name} asks for "${foreign ?? 'nothing'}", which texts do not give: it is no model for texts.`,
    );
  }
  const marks = new Set(tokenizer.all_special_ids);
  const unknown = tokenizer.unk_token_id;
  const padding = tokenizer.pad_token_id ?? 0;
  const takesTypes = session.inputNames.includes('token_type_ids');

  /** Cuts what is too long, but leaves the mark at its end: some models read the whole text's meaning there. */
  const cut = (values: number[], isMarked: boolean): number[] =>
    values.length <= longest
      ? values
      : isMarked
        ? [...values.slice(0, longest - 1), ...values.slice(-1)]
        : values.slice(0, longest);
  const upTo = (text: string) => text.slice(0, longest * charactersAToken);

  return {
    outputs: session.outputNames,
    encode(texts, pairs) {
      if (texts.length === 0) return [];
      const { input_ids, token_type_ids } = tokenizer(texts.map(upTo), {
        ...(pairs && { text_pair: pairs.map(upTo) }),
        padding: false,
        truncation: false,
        return_tensor: false,
        ...(takesTypes && { return_token_type_ids: true }),
      });
      return input_ids.map((ids, at) => {
        const types = token_type_ids?.[at];
        const isMarked = marks.has(ids[ids.length - 1] ?? -1);
        return { ids: cut(ids, isMarked), types: types && cut(types, isMarked) };
      });
    },
    knows: ({ ids }) => ids.some((id) => id !== unknown && !marks.has(id)),
    async run(batch, tokens, output) {
      const shape = [batch.length, tokens];
      const ids = new BigInt64Array(batch.length * tokens).fill(BigInt(padding));
      const mask = new BigInt64Array(batch.length * tokens);
      const types = new BigInt64Array(batch.length * tokens);
      batch.forEach((one, row) => {
        one.ids.forEach((id, at) => {
          ids[row * tokens + at] = BigInt(id);
          mask[row * tokens + at] = 1n;
          types[row * tokens + at] = BigInt(one.types?.[at] ?? 0);
        });
      });
      const answer = await model({
        input_ids: new Tensor('int64', ids, shape),
        attention_mask: new Tensor('int64', mask, shape),
        ...(takesTypes && { token_type_ids: new Tensor('int64', types, shape) }),
      });
      const tensor = answer[output];
      if (!(tensor?.data instanceof Float32Array))
        throw new TypeError(`${output} of ${name} is not of 32-bit numbers`);
      return { data: tensor.data, dims: tensor.dims };
    },
    async close() {
      await model.dispose();
    },
  };
}

function requireModelType({ name, path }: ModelToLoad): void {
  let type: unknown;
  let cause: unknown;
  try {
    type = (JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')) as { model_type?: unknown } | null)
      ?.model_type;
  } catch (error) {
    cause = error;
  }
  if (typeof type !== 'string')
    throw new ModelUnusable(`config.json of ${name} cannot be read or names no model_type.`, { cause });
}

function unusable(sentence: string): (cause: unknown) => never {
  return (cause) => {
    throw new ModelUnusable(sentence, { cause });
  };
}
