import type { JobProgress } from '../../contract/office.js';

/** What an import came to, in one or two sentences for a librarian. `held` is what the catalogue holds now. */
export function doneMessage(progress: JobProgress, held: number): string {
  const { added, changed, unchanged, removed, deleted } = progress;
  const parts = [
    `${figure(added)} added`,
    `${figure(changed)} changed`,
    `${figure(unchanged)} unchanged`,
    ...(removed > 0 ? [`${figure(removed)} removed`] : []),
    ...(deleted > 0 ? [`${figure(deleted)} deleted`] : []),
  ];
  return `The catalogue holds ${records(held)}: ${parts.join(', ')}.${quarantineNote(progress)}`;
}

/** What an import says that brought nothing new. */
export function nothingMessage(progress: JobProgress, held: number): string {
  const verb = held === 1 ? 'is as it was' : 'are as they were';
  return `Nothing changed: ${records(held)} ${verb}.${quarantineNote(progress)}`;
}

/** What is added where the index had to be made again. */
export const WORDS_CHANGED =
  ' The words for classes and forms have changed, so the whole index was made anew with them.';

export function interruptedMessage(progress: JobProgress): string {
  return `Interrupted after ${records(progress.records)}; the work so far is kept and can be resumed.`;
}

function quarantineNote({ refused, repaired }: JobProgress): string {
  if (refused + repaired === 0) return '';
  const parts = [
    ...(refused > 0 ? [`${figure(refused)} refused`] : []),
    ...(repaired > 0 ? [`${figure(repaired)} repaired`] : []),
  ];
  return ` ${parts.join(' and ')}; each is listed in the quarantine with its reason.`;
}

function records(count: number): string {
  return count === 1 ? '1 record' : `${figure(count)} records`;
}

function figure(count: number): string {
  return count.toLocaleString('en');
}
