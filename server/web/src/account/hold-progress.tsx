import type { ReactNode } from 'react';
import type { Hold } from '../api/account-api.js';
import { usePhrases } from '../phrases/speech.js';

/** A hold that came to nothing has no place in line, and there is nothing to fetch. */
export const cameToNothing = ({ status }: Pick<Hold, 'status'>): boolean =>
  status === 'unfilled' || status === 'expired';

/** How far a hold is, whoever keeps it, and how many come first. */
export function HoldProgress({
  hold,
}: {
  hold: Pick<Hold, 'status' | 'sentence' | 'queue_position' | 'queue_total'>;
}): ReactNode {
  const words = usePhrases().patron.holds;
  const ready = hold.status === 'ready';
  return (
    <>
      <p className={ready ? 'hold-status hold-ready' : 'hold-status'}>
        {ready && (
          <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
            <path d="M2 6.5 5 9.5 10 3" />
          </svg>
        )}
        <span>{hold.sentence}</span>
      </p>
      {hold.queue_position !== null && !ready && !cameToNothing(hold) && (
        <p className="kept-fact">{words.inLine(hold.queue_position, hold.queue_total)}</p>
      )}
    </>
  );
}
