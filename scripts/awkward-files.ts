import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { checkFile } from '../server/commands/check.js';

/** What a tolerant reader must get out of a broken file: at least so many records, no more than it holds, and a word about it. */
const Expected = z.array(
  z.object({
    file: z.string(),
    records: z.number(),
    readable_min: z.number(),
    must_report: z.array(z.string()),
  }),
);

/** Checks every broken or odd file listed in `dir`/expected.json as `carrel import --check` does; answers what is amiss. */
export async function checkAwkwardFiles(dir: string): Promise<{ files: number; amiss: string[] }> {
  const expected = Expected.parse(JSON.parse(readFileSync(join(dir, 'expected.json'), 'utf8')));
  const amiss: string[] = [];
  for (const { file, records, readable_min, must_report } of expected) {
    const { ok, readable, warnings } = await checkFile(join(dir, file));
    const faults = [
      !ok && 'checking broke off',
      readable < readable_min && `${readable} records read, at least ${readable_min} can be`,
      readable > records && `${readable} records read of ${records}`,
      must_report.length > 0 && warnings.length === 0 && 'nothing said about what is wrong with it',
    ].filter((fault) => fault !== false);
    if (faults.length > 0) amiss.push(`${file}: ${faults.join('; ')}`);
  }
  return { files: expected.length, amiss };
}
