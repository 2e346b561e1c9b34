/** A language model. There is none yet: the desk composes its answers from records. */
export interface Llm {
  readonly id: string;
  chat(request: {
    messages: readonly { role: 'system' | 'user' | 'assistant'; text: string }[];
    schema?: object;
    signal: AbortSignal;
  }): AsyncIterable<string>;
}
