import { z } from 'zod';

/** What a model is for: writing, meaning of texts, or putting found records into a better order. */
export const modelRoles = ['chat', 'embedding', 'reranker'] as const;
export type ModelRole = (typeof modelRoles)[number];

/** An id names a folder beside the lock file: small letters, digits, dots and hyphens, and never that of a file there. */
export const modelId = z.string().regex(/^(?!.*\.json)[a-z0-9][a-z0-9.-]{1,62}$/);

/** Numeric form of an ONNX model's file: `onnx/model.onnx` is fp32, `onnx/model_quantized.onnx` q8. */
export type OnnxType = 'fp32' | 'q8';

/** How token vectors become one text vector. */
export type Pooling = 'mean' | 'cls' | 'last_token';

/** A model that lies on this machine, checked and chosen, as the adapters load it. */
export interface LocalModel {
  id: string;
  role: ModelRole;
  /** Shown to staff. */
  name: string;
  /** Absolute: a .gguf file, or a folder with config.json, tokenizer.json and onnx/. */
  path: string;
  /** Digest of the file, or of the folder's files together; part of every id made from the model. */
  sha256: string;
  /** Bytes of the weights. */
  bytes: number;
  /** chat: the context that the model was made for, in tokens. embedding: the longest text, in tokens. */
  contextTokens: number;
}

export interface LocalEmbeddingModel extends LocalModel {
  role: 'embedding';
  dimensions: number;
  pooling: Pooling;
  /** Put before a question and before a record's text; a wrong one quietly ruins recall. */
  queryPrefix: string;
  passagePrefix: string;
  onnxType: OnnxType;
}

export interface LocalReranker extends LocalModel {
  role: 'reranker';
  onnxType: OnnxType;
}

export interface LocalChatModel extends LocalModel {
  role: 'chat';
}
