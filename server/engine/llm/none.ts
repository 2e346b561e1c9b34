import { LlmDeclined, type Llm } from './llm.js';

/** No model: every request is declined as `off`, and `detail` says why there is none. */
export function noLlm(detail: string): Llm {
  return {
    id: 'none',
    // eslint-disable-next-line require-yield -- it declines before there is anything to answer
    async *chat() {
      await Promise.resolve();
      throw new LlmDeclined('off');
    },
    estimate: () => undefined,
    state: () => ({
      state: 'off',
      engine: 'none',
      model: null,
      detail,
      device: null,
      reading: null,
      writing: null,
      waiting: 0,
      restarts: 0,
    }),
    close: () => Promise.resolve(),
  };
}
