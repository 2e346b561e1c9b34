import { Problem } from '../../contract/problems.js';
import { parseRecord } from '../catalogue/formats/read-catalogue.js';
import type { Imports, RunningImport } from './imports.js';
import { packOutcome } from './pack.js';

/**
 * Imports a quarantined record once more, as it stood in its file (the mapping may know better by now) or from corrected
 * bytes. It takes the road of any import and so makes a new generation; its entry goes when the record is in. Throws
 * Problem('quarantine_not_found'), ('import_running'), or ('file_unreadable') with the reason when it still cannot be read.
 */
export async function retryRecord(
  deps: { imports: Imports },
  id: string,
  corrected?: Buffer,
): Promise<RunningImport> {
  const { imports } = deps;
  const entry = await imports.quarantine.get(id);
  const first = await imports.jobs.find(entry.job_id);
  const { profile, csvMapping } = first?.request ?? {};
  const bytes = corrected ?? (await imports.quarantine.raw(id));
  const outcome = parseRecord(bytes, {
    knowledge: imports.marcKnowledge(),
    ...(profile !== undefined && { profile }),
    ...(csvMapping && { csvMapping }),
  });
  if (outcome.kind === 'refused') throw new Problem('file_unreadable', { detail: outcome.reason.message });
  const packed = packOutcome(outcome, { source: entry.source, branchNames: imports.branchNames() });
  const batch = {
    file: 0,
    outcomes: [{ ...packed, index: entry.index, offset: entry.offset, length: bytes.length }],
    notices: [],
    truncated: false,
    next: { file: 1, index: 0, offset: 0 },
    bytesRead: bytes.length,
    totalBytes: bytes.length,
  };
  const file = { path: '', name: entry.file, sizeBytes: bytes.length, modifiedMs: 0, head: '', owned: false };
  const running = await imports.startWith(
    { files: [file] },
    { source: entry.source, mode: 'changes', input: { batches: [batch] } },
  );
  const done = running.done.then(async (job) => {
    if (job.state === 'done') await imports.quarantine.remove(id);
    return job;
  });
  return { job: running.job, done };
}
