import type { ReactNode } from 'react';
import type { Chip } from '../../../contract/intent.js';
import { usePhrases } from '../phrases/speech.js';
import { chipLabel } from './chip-label.js';

interface UnderstoodProps {
  chips: readonly Chip[];
  /** Takes a chip out; left out where the answer is no longer the newest. */
  onRemove?: ((chip: Chip) => void) | undefined;
  /** While the answer is on its way a chip is shown but does nothing yet. */
  waiting?: boolean;
}

/** What was understood, each limit with a way to take it out. */
export function Understood({ chips, onRemove, waiting = false }: UnderstoodProps): ReactNode {
  const phrases = usePhrases();
  if (chips.length === 0) return null;
  return (
    <ul className="chips" aria-label={phrases.understood}>
      {chips.map((chip) => (
        <li key={chip.id}>
          {onRemove ? (
            <button
              type="button"
              className="chip"
              aria-label={phrases.remove(chipLabel(chip, phrases.locale))}
              aria-disabled={waiting}
              onClick={() => !waiting && onRemove(chip)}
            >
              <span>{chipLabel(chip, phrases.locale)}</span>
              <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
                <path d="M3 3l6 6M9 3l-6 6" />
              </svg>
            </button>
          ) : (
            <span className="chip chip-still">{chipLabel(chip, phrases.locale)}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
