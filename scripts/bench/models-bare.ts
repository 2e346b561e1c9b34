import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BareAnswer, BareOpening, BareQuestion } from './models-bare-process.js';

/** node-llama-cpp alone in its own process, one question at a time. */
export interface Bare {
  ask(question: BareQuestion): Promise<BareAnswer>;
  pid: number;
  close(): Promise<void>;
}

/** Loads a model without Carrel. Throws when its process ends. */
export async function openBare(opening: BareOpening): Promise<Bare> {
  const child = fork(fileURLToPath(new URL('./models-bare-process.js', import.meta.url)), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const tell = async (message: BareOpening | BareQuestion): Promise<unknown> => {
    const heard = once(child, 'message');
    child.send(message);
    const [answer] = (await Promise.race([
      heard,
      ended.then(([code]) => Promise.reject(new Error(`the bare process ended with ${String(code)}`))),
    ])) as [unknown];
    return answer;
  };
  await tell(opening);
  return {
    ask: async (question) => (await tell(question)) as BareAnswer,
    pid: child.pid ?? 0,
    async close() {
      child.disconnect();
      await ended;
    },
  };
}
