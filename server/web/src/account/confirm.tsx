import { useEffect, useRef, type ReactNode } from 'react';

interface ConfirmProps {
  /** What is asked, in the open. */
  question: string;
  /** What it is asked of, for who cannot see where it stands. */
  of: string;
  keep: string;
  goOn: string;
  onKeep: () => void;
  onGoOn: () => void;
}

/** Asks once more, in place, before something is undone for good. The cursor stands on the way that changes nothing. */
export function Confirm({ question, of, keep, goOn, onKeep, onGoOn }: ConfirmProps): ReactNode {
  const safe = useRef<HTMLButtonElement>(null);
  useEffect(() => safe.current?.focus(), []);
  return (
    <div className="confirm" role="group" aria-label={`${question} ${of}`}>
      <p>{question}</p>
      <div className="confirm-ways">
        <button ref={safe} type="button" className="way-on" onClick={onKeep}>
          {keep}
        </button>
        <button type="button" className="way-on" onClick={onGoOn}>
          {goOn}
        </button>
      </div>
    </div>
  );
}
