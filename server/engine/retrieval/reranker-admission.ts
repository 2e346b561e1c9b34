import { readFileSync, renameSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** What was measured of a reranker on a library's judged questions. */
export const RerankerAdmission = z.object({
  reranker: z.string().describe('Id of the reranker as it was measured'),
  questions: z.int(),
  without: z.number().describe('nDCG@10 without it'),
  with: z.number(),
  admitted: z.boolean(),
  measured_at: z.iso.datetime(),
});
export type RerankerAdmission = z.infer<typeof RerankerAdmission>;

function pathIn(dataDir: string): string {
  return join(dataDir, 'models', 'reranker-measured.json');
}

/** The last measurement; undefined when there is none or it cannot be read, and then no reranker is used. */
export function readAdmission(dataDir: string): RerankerAdmission | undefined {
  try {
    return RerankerAdmission.parse(JSON.parse(readFileSync(pathIn(dataDir), 'utf8')));
  } catch {
    // None yet, or not in this form: measuring again is all that helps either way.
    return undefined;
  }
}

/** Keeps a measurement in place of the one before. */
export function writeAdmission(dataDir: string, admission: RerankerAdmission): void {
  const path = pathIn(dataDir);
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  writeFileSync(`${path}.part`, `${JSON.stringify(RerankerAdmission.parse(admission), null, 2)}\n`, {
    mode: 0o640,
  });
  renameSync(`${path}.part`, path);
}
