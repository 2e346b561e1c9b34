/** node-llama-cpp and nothing else, in a process of its own: what Carrel's way is held against. */
import { setPriority } from 'node:os';
import { getLlama, LlamaChat, LlamaLogLevel, resolveChatWrapper } from 'node-llama-cpp';

export interface BareOpening {
  modelPath: string;
  threads: number;
  contextTokens: number;
  /** As Carrel's own process has it, so that a busy machine weighs on both alike. */
  niceness: number;
}

export interface BareQuestion {
  text: string;
  maxTokens: number;
}

export interface BareAnswer {
  ms: number;
  promptTokens: number;
  writtenTokens: number;
}

type Ask = (question: BareQuestion) => Promise<BareAnswer>;
let ask: Ask | undefined;

async function open({ modelPath, threads, contextTokens, niceness }: BareOpening): Promise<Ask> {
  setPriority(niceness);
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
  });
  const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
  const context = await model.createContext({ contextSize: contextTokens, sequences: 1, threads });
  const chatWrapper = resolveChatWrapper(model, {
    customWrapperSettings: { qwen: { thoughts: 'discourage' } },
  });
  const contextSequence = context.getSequence();
  return async ({ text, maxTokens }) => {
    await contextSequence.clearHistory();
    const before = contextSequence.tokenMeter.getState();
    const startedAt = performance.now();
    const chat = new LlamaChat({ contextSequence, chatWrapper });
    await chat.generateResponse(
      [
        { type: 'user', text },
        { type: 'model', response: [] },
      ],
      { maxTokens, temperature: 0, budgets: { thoughtTokens: 0, commentTokens: 0 } },
    );
    const ms = performance.now() - startedAt;
    chat.dispose({ disposeSequence: false });
    const { usedInputTokens, usedOutputTokens } = contextSequence.tokenMeter.diff(before);
    return { ms, promptTokens: usedInputTokens, writtenTokens: usedOutputTokens };
  };
}

process.on('message', (message: BareOpening | BareQuestion) => {
  const done =
    'modelPath' in message
      ? open(message).then((opened) => {
          ask = opened;
          return 'ready' as const;
        })
      : ask?.(message);
  void done?.then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit(0));
