import type { FileProgress, OnProgress } from '../engine/models/model-files.js';
import { duration } from './job-progress.js';
import type { CommandOutput } from './output.js';

const SHOW_EVERY_MS = 250;
const LINE_EVERY_MS = 5000;

export interface ByteProgress {
  show: OnProgress;
  /** Takes the line away that renews itself. */
  end(): void;
}

/** Shows how far a file is: one line that renews itself for a person, else a line every few seconds. */
export function createByteProgress(
  output: CommandOutput,
  options: { quiet: boolean; now?: () => number },
): ByteProgress {
  const now = options.now ?? Date.now;
  let file = '';
  let from = { at: 0, done: 0 };
  let shownAt = 0;
  let shown = false;
  return {
    show(progress) {
      const at = now();
      if (progress.file !== file) {
        file = progress.file;
        // What lay here already came in no time and would make the pace too good.
        from = { at, done: progress.done };
        shownAt = at;
      }
      if (options.quiet || at - shownAt < (output.interactive ? SHOW_EVERY_MS : LINE_EVERY_MS)) return;
      shownAt = at;
      const line = byteLine(progress, (progress.done - from.done) / Math.max(0.001, (at - from.at) / 1000));
      if (output.interactive) output.write(`\r\u001b[K${line}`);
      else output.write(`${line}\n`);
      shown = output.interactive;
    },
    end() {
      if (shown) output.write('\r\u001b[K');
      shown = false;
    },
  };
}

/** "weights.gguf: 1.2 of 2.5 GB, 48 %, 11 MB a second, 1 min 55 s left" */
export function byteLine({ file, done, total }: FileProgress, bytesPerSecond: number): string {
  const [unit, size] = total >= 1e9 ? (['GB', 1e9] as const) : (['MB', 1e6] as const);
  const amount = (bytes: number): string => (bytes / size).toFixed(1);
  const parts = [`${file}: ${amount(done)} of ${amount(total)} ${unit}`];
  if (total > 0) parts.push(`${Math.floor((100 * done) / total)} %`);
  if (bytesPerSecond > 0) {
    parts.push(`${(bytesPerSecond / 1e6).toFixed(1)} MB a second`);
    parts.push(`${duration((total - done) / bytesPerSecond)} left`);
  }
  return parts.join(', ');
}
