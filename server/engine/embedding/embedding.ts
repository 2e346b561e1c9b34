/**
 * Texts into vectors. `embed` takes at most `maxBatch` texts and answers one unit-length Float32Array of `dimensions`
 * numbers for each; a text in which nothing is known gives a zero vector. `id` changes whenever vectors would.
 */
export interface Embedding {
  readonly id: string;
  readonly dimensions: number;
  readonly maxBatch: number;
  readonly queryPrefix: string;
  readonly passagePrefix: string;
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Float32Array[]>;
}

export interface EmbedOptions {
  signal?: AbortSignal;
  /** Somebody waits for it: it goes before work in the background. Default: false. */
  urgent?: boolean;
}
