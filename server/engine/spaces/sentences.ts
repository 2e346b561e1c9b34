import { Problem } from '../../contract/problems.js';
import type { VectorSpace } from '../retrieval/vector-spaces.js';

/** What staff read of an embedding that ended before it was done. */
export const endings = {
  cancelled: 'Cancelled; what the model has read is kept, and search goes on as before.',
  paused: 'Paused; what the model has read is kept.',
  interrupted: 'Set aside; it goes on later where it stopped.',
  failed: 'The model failed; what it has read is kept, and search goes on as before.',
} as const;

/** What staff read while it goes on. */
export function readsMessage(model: string): string {
  return `${model} reads the catalogue; search goes on as before meanwhile.`;
}

/** What staff read of one that an engine on the network will not go on with. */
export function refusedMessage(why: string): string {
  return `It cannot go on: ${why}; what the model has read is kept, and search goes on as before.`;
}

/** What staff read of one that is done. */
export function doneMessage(space: VectorSpace, records: number): string {
  const read = `${space.model ?? ''} has read ${records.toLocaleString('en')} ${records === 1 ? 'record' : 'records'}`;
  return space.live
    ? `${read}; questions are compared with its vectors.`
    : `${read}; carrel embed --switch puts its vectors to use.`;
}

/** The no to whoever asks for a catalogue that somebody else writes to. */
export function atWork(): Problem {
  const detail =
    'The catalogue is being worked on already: by an import, a training or a model that reads it.';
  return new Problem('import_running', { detail });
}
