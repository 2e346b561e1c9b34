import type { JobProgress } from '../../contract/office.js';
import type { TaskProgress } from './import-task.js';

/** Turns what the writing thread reports into rates and estimates. Rates count from when this attempt began. */
export function createProgressMeter(now: () => number = Date.now) {
  const started = now();
  let first: { records: number; bytesRead: number } | undefined;

  return function measure({ counts, notices, bytesRead, totalBytes, finishing }: TaskProgress): JobProgress {
    first ??= { records: counts.records, bytesRead };
    const seconds = Math.max(0.001, (now() - started) / 1000);
    const perSecond = (counts.records - first.records) / seconds;
    const bytesPerSecond = (bytesRead - first.bytesRead) / seconds;
    const known = totalBytes !== null && bytesRead > 0;
    return {
      records: counts.records,
      added: counts.added,
      changed: counts.changed,
      unchanged: counts.unchanged,
      removed: counts.removed,
      deleted: counts.deleted,
      suppressed: counts.suppressed,
      repaired: counts.repaired,
      refused: counts.refused,
      duplicates: counts.duplicates,
      notices,
      total: finishing
        ? counts.records
        : known
          ? Math.max(counts.records, Math.round((counts.records * totalBytes) / bytesRead))
          : null,
      per_second: Math.round(perSecond),
      seconds_left:
        known && !finishing && bytesPerSecond > 0
          ? Math.round((totalBytes - bytesRead) / bytesPerSecond)
          : null,
    };
  };
}
