import { openDatabase } from '../../engine/db/database.js';
import type { StoredJob } from '../../engine/jobs/job-store.js';
import { createImports, type ImportRequest } from '../../engine/imports/imports.js';

/**
 * Imports files into the catalogue of a data folder and waits for the end: the whole import in one call, for
 * scripts and tests. Throws what `Imports.start` throws; anything later is said by the job that comes back.
 */
export async function importFile(
  options: ImportRequest & { dataDir: string; onFault?: (error: unknown, jobId: string) => void },
): Promise<StoredJob> {
  const { dataDir, onFault, ...request } = options;
  const database = await openDatabase({ dataDir });
  try {
    const imports = createImports({ database, ...(onFault && { onFault }) });
    const { done } = await imports.start(request);
    return await done;
  } finally {
    await database.close();
  }
}
