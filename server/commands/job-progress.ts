import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../contract/office.js';
import type { JobStore } from '../engine/jobs/job-store.js';
import type { CommandOutput } from './output.js';

const LOOK_EVERY_MS = 500;
const LINE_EVERY_MS = 5000;

/** Shows a job's progress until `done` settles: one line that renews itself for a person, else a line now and then. */
export async function showProgress<T>(
  options: { jobs: JobStore; id: string; output: CommandOutput; quiet: boolean },
  done: Promise<T>,
): Promise<T> {
  const { jobs, id, output, quiet } = options;
  if (quiet) return done;
  const over = new AbortController();
  const settled = done.finally(() => over.abort());
  // A rejection is for the caller, who awaits `settled` below.
  settled.catch(() => undefined);
  let lastLineAt = Date.now();
  let shown = '';
  while (!over.signal.aborted) {
    await sleep(LOOK_EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined);
    const job = over.signal.aborted ? undefined : await jobs.find(id);
    const line = job && progressLine(job);
    if (line === undefined || line === shown) continue;
    if (output.interactive) output.write(`\r\u001b[K${line}`);
    else if (Date.now() - lastLineAt >= LINE_EVERY_MS) {
      output.write(`${line}\n`);
      lastLineAt = Date.now();
    } else continue;
    shown = line;
  }
  if (output.interactive && shown !== '') output.write('\r\u001b[K');
  return settled;
}

/** How far a job is, as one line: counts, share, pace and time left. */
export function progressLine(job: Job): string {
  const { records, total, per_second: pace, seconds_left: left, refused } = job.progress;
  if (job.state === 'queued' || records === 0) return job.message;
  if (job.state === 'finishing') return `${figure(records)} records read. ${job.message}`;
  const parts = [
    total === null ? `${figure(records)} records` : `${figure(records)} of about ${figure(total)} records`,
    ...(total === null || total === 0 ? [] : [`${Math.min(100, Math.floor((100 * records) / total))} %`]),
    ...(pace > 0 ? [`${figure(pace)} a second`] : []),
    ...(left === null ? [] : [`${duration(left)} left`]),
    ...(refused > 0 ? [`${figure(refused)} refused`] : []),
  ];
  return parts.join(', ');
}

/** Seconds as a person says them: "40 s", "3 min 5 s", "1 h 2 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function figure(count: number): string {
  return Math.round(count).toLocaleString('en');
}
