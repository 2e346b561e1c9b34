import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** What the model knows after reading a fixed prompt, kept in files, so that it is read once and not once a sequence. */
export interface KeptPrefixes {
  /** True when the sequence now begins with the prefix, whether it did before or the state came from its file. */
  load(sequence: LlamaContextSequence, prefix: readonly Token[]): Promise<boolean>;
  /** Keeps the state of a sequence that holds exactly this prefix, and nothing that anybody typed. */
  save(sequence: LlamaContextSequence, prefix: readonly Token[]): Promise<void>;
}

/** A state that no start has used for so long is of a model or a prompt of the past. */
const UNUSED_MS = 30 * 24 * 3_600_000;

/** `key` must change with everything that a state depends on: a state of another model would fell the process. */
export function createKeptPrefixes(folder: string, key: string): KeptPrefixes {
  dropUnused(folder);
  const fileOf = (prefix: readonly Token[]): string => {
    const digest = createHash('sha256')
      .update(`${key}\n${prefix.join(' ')}`)
      .digest('hex');
    return join(folder, `${digest.slice(0, 32)}.state`);
  };
  const begins = (sequence: LlamaContextSequence, prefix: readonly Token[]): boolean =>
    sequence.compareContextTokens([...prefix]).firstDifferentIndex === prefix.length;
  return {
    async load(sequence, prefix) {
      if (begins(sequence, prefix)) return true;
      const file = fileOf(prefix);
      if (prefix.length === 0 || !existsSync(file)) return false;
      try {
        await sequence.loadStateFromFile(file, { acceptRisk: true });
        if (begins(sequence, prefix)) {
          utimesSync(file, new Date(), new Date());
          return true;
        }
      } catch {
        // Not whole, or of another build: the prompt is read instead, and its state kept anew.
      }
      rmSync(file, { force: true });
      await sequence.clearHistory();
      return false;
    },
    async save(sequence, prefix) {
      if (sequence.nextTokenIndex !== prefix.length || !begins(sequence, prefix)) {
        throw new RangeError('only a fixed prompt is kept');
      }
      const file = fileOf(prefix);
      // Written aside first: a file of this name is always whole.
      await sequence.saveStateToFile(`${file}.part`);
      renameSync(`${file}.part`, file);
    },
  };
}

function dropUnused(folder: string): void {
  for (const name of readdirSync(folder).filter((one) => /\.state(\.part)?$/.test(one))) {
    const file = join(folder, name);
    if (Date.now() - statSync(file).mtimeMs > UNUSED_MS) rmSync(file, { force: true });
  }
}
