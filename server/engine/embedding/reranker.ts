/** Scores how well texts answer a question. `id` changes whenever scores would. */
export interface Reranker {
  readonly id: string;
  readonly maxBatch: number;
  /** One score for each text, higher is better; scores compare within one answer only. At most `maxBatch` texts. */
  rerank(
    question: string,
    texts: readonly string[],
    options?: { signal?: AbortSignal },
  ): Promise<Float32Array>;
}
