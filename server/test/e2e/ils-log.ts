import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Test } from 'tap';
import { programDir } from '../../config.js';

const clock = pathToFileURL(join(programDir, 'dist/server/test/e2e/ils-clock.js')).href;

/** Settings of a house that writes the most talkative log there is, and whose clock can be moved on. */
export const talkative = {
  NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import ${clock}`,
  CARREL_LOG: 'debug',
};

/** Asserts that none of the words stands in the log, in any case, or in the bytes of carrel.db. Never prints one. */
export function nowhere(
  t: Test,
  words: readonly string[],
  { dataDir, log }: { dataDir: string; log: string },
): void {
  t.ok(log.includes('"msg":"listening"'), 'the log was kept');
  const files = readdirSync(dataDir).filter((name) => name.startsWith('carrel.db'));
  const kept = Buffer.concat(files.map((name) => readFileSync(join(dataDir, name))));
  t.ok(kept.includes('source_settings'), 'carrel.db was read');
  for (const [at, word] of words.entries()) {
    t.ok(word.length > 5, `word ${at} stands nowhere by chance`);
    t.notOk(log.toLowerCase().includes(word.toLowerCase()), `word ${at} is not in the log`);
    t.notOk(kept.includes(word), `word ${at} is not in carrel.db`);
  }
}
