import type { JobProgress } from '../../contract/office.js';
import type { TaskProgress } from './task.js';

/**
 * Turns what the writing thread reports into rates and estimates. Rates count from its first report, because copying the
 * catalogue before that says nothing about reading.
 */
export function createProgressMeter(now: () => number = Date.now) {
  let first: { at: number; records: number; bytesRead: number } | undefined;

  return function measure({ counts, notices, bytesRead, totalBytes, finishing }: TaskProgress): JobProgress {
    first ??= { at: now(), records: counts.records, bytesRead };
    const seconds = Math.max(0.001, (now() - first.at) / 1000);
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
