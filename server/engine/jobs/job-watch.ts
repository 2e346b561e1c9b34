import type { JobProgress } from '../../contract/office.js';
import { activeStates, type JobStore } from './job-store.js';

const SAVE_EVERY_MS = 1000;

export interface JobWatch {
  /** The newest state of the job; written at the next tick. */
  report(progress: JobProgress, finishing?: string): void;
  /** Writes the last report and stops. */
  end(): Promise<void>;
}

/**
 * Writes a job's progress to its row once a second, where every process can read it, and calls `cancel` when one of
 * them asked for that, `pause` when one of them paused it.
 */
export function watchJob(
  jobs: JobStore,
  id: string,
  cancel: () => void,
  { pause, everyMs = SAVE_EVERY_MS }: { pause?: () => void; everyMs?: number } = {},
): JobWatch {
  let latest: { progress: JobProgress; finishing: string | undefined } | undefined;
  const save = async (): Promise<void> => {
    try {
      if (latest) {
        const { progress, finishing } = latest;
        const entering = finishing !== undefined && { state: 'finishing' as const, message: finishing };
        await jobs.change(id, { progress, ...entering }, activeStates);
      }
      const job = await jobs.find(id);
      if (job?.cancelRequested) cancel();
      else if (job?.state === 'paused') pause?.();
    } catch {
      // Progress is only told, never relied on: a full disk here must not end the job before it can say so itself.
    }
  };
  let saving: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    saving = saving.then(save);
  }, everyMs);
  return {
    report(progress, finishing) {
      latest = { progress, finishing };
    },
    async end() {
      clearInterval(timer);
      await saving;
      await save();
    },
  };
}
