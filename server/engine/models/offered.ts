import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { modelId, type modelRoles } from './model.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const GiB = 1024 ** 3;

/** A file of a model: where the hub keeps it, and its place in the model's folder here. */
const OfferedFile = z.strictObject({
  hub: z.string().regex(/^(?!.*\.\.)[\w./-]+$/),
  local: z.string().regex(/^(?!.*\.\.)(?!\/)[\w./-]+$/),
  bytes: z.int().positive().nullable(),
  sha256: sha256.nullable(),
  /** A file that some models lack; its absence at the hub is no trouble. */
  optional: z.boolean().default(false),
});
export type OfferedFile = z.infer<typeof OfferedFile>;

export const Licence = z.strictObject({
  name: z.string().min(1),
  url: z.url(),
  /** Whether a person must say yes to its terms first. */
  accept: z.boolean(),
});
export type Licence = z.infer<typeof Licence>;

const shared = {
  id: modelId,
  name: z.string().min(1),
  languages: z.string().min(1),
  licence: Licence,
  /** Bytes of the weights as the hub counts them; null where nobody looked, never a guess. */
  bytes: z.int().positive().nullable(),
  /** Roughly that many, for choosing a box, and where the figure is from. */
  about_bytes: z.int().positive(),
  about_note: z.string().min(1),
  context_tokens: z.int().positive(),
  memory: z.strictObject({ least_gib: z.number().positive(), note: z.string().min(1) }),
  source: z.strictObject({
    repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
    revision: z.string().min(1),
    files: z.array(OfferedFile).min(1),
  }),
  notes: z.string().min(1),
};

const OfferedChat = z.strictObject({
  ...shared,
  role: z.literal('chat'),
  chat_template: z.string().min(1),
});

const OfferedEmbedding = z.strictObject({
  ...shared,
  role: z.literal('embedding'),
  dimensions: z.int().positive(),
  pooling: z.enum(['mean', 'cls', 'last_token']),
  query_prefix: z.string(),
  passage_prefix: z.string(),
  onnx_type: z.enum(['fp32', 'q8']),
  /** Which of the languages that Carrel's patrons ask in it was made for. */
  speaks: z.enum(['english', 'many']),
});

const OfferedReranker = z.strictObject({
  ...shared,
  role: z.literal('reranker'),
  onnx_type: z.enum(['fp32', 'q8']),
});

export const OfferedModel = z.discriminatedUnion('role', [OfferedChat, OfferedEmbedding, OfferedReranker]);
export type OfferedModel = z.infer<typeof OfferedModel>;
export type OfferedEmbedding = z.infer<typeof OfferedEmbedding>;
export type OfferedChat = z.infer<typeof OfferedChat>;

/** models/models.json: models worth offering, best first within a role. */
export const Offered = z
  .strictObject({ version: z.literal(1), models: z.array(OfferedModel) })
  .refine(({ models }) => new Set(models.map((model) => model.id)).size === models.length, {
    message: 'two models have the same id',
  })
  .refine(({ models }) => models.every((model) => hasWeights(model)), {
    message: 'a chat model is one .gguf, any other has onnx weights, config.json and tokenizer.json',
  });

/** The models that Carrel offers. Throws when models.json is not what it should be: it ships with the program. */
export function readOffered(programDir: string): OfferedModel[] {
  const text = readFileSync(join(programDir, 'models', 'models.json'), 'utf8');
  return Offered.parse(JSON.parse(text)).models;
}

/** Memory that a box needs in all for a model to be offered for it, in bytes. */
export function leastMemoryBytes(model: OfferedModel): number {
  return model.memory.least_gib * GiB;
}

/** "chat model", "embedding model", "reranker". */
export function roleName(role: (typeof modelRoles)[number]): string {
  return role === 'reranker' ? 'reranker' : `${role} model`;
}

function hasWeights(model: OfferedModel): boolean {
  const names = model.source.files.map((file) => file.local);
  if (model.role === 'chat') return names.every((name) => name.endsWith('.gguf'));
  const weights = model.onnx_type === 'q8' ? 'onnx/model_quantized.onnx' : 'onnx/model.onnx';
  return [weights, 'config.json', 'tokenizer.json', 'tokenizer_config.json'].every((name) =>
    names.includes(name),
  );
}
