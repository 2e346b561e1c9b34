import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Asks a person for a line that no screen shows; rejects when the signal aborts. Without a terminal it reads one line of standard input. */
export async function askSecret(question: string, signal: AbortSignal): Promise<string> {
  const isTerminal = process.stdin.isTTY;
  if (isTerminal) process.stderr.write(question);
  // Readline echoes what is typed to its output: this one swallows it.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isTerminal });
  try {
    return await new Promise<string>((resolve, reject) => {
      const leave = (): void => reject(new Error('Stopped.'));
      signal.addEventListener('abort', leave, { once: true });
      lines.once('SIGINT', leave);
      lines.once('line', resolve);
      lines.once('close', () => resolve(''));
    });
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write('\n');
  }
}
