import type { ReactNode } from 'react';
import { usePhrases } from '../phrases/speech.js';

interface ModelChoiceProps {
  /** Whether a model may take part in this visit's answers. */
  isLeftOut: boolean;
  /** Leaves it out, or lets it in again; undefined where the kiosk has decided. */
  onChoose: ((leftOut: boolean) => void) | undefined;
}

/** How answers are made here, in one line, and the choice to do without a model. */
export function ModelChoice({ isLeftOut, onChoose }: ModelChoiceProps): ReactNode {
  const { ai } = usePhrases();
  return (
    <p className="model-choice">
      {isLeftOut ? ai.without : ai.may}{' '}
      {onChoose && (
        <button type="button" className="action" onClick={() => onChoose(!isLeftOut)}>
          {isLeftOut ? ai.useAgain : ai.leaveOut}
        </button>
      )}
    </p>
  );
}
