import { useEffect, useState, type ReactNode } from 'react';
import type { Refusal } from '../api/refusal.js';
import type { Phrases } from '../phrases/phrases.js';
import { usePhrases } from '../phrases/speech.js';

interface NoticeProps {
  why: Refusal;
  /** When it was refused, by the server's clock; a wait counts from here. */
  onAgain: () => void;
}

/** Why no answer came, in words, with the wait counted down. The question is never lost, and this says so. */
export function Notice({ why, onAgain }: NoticeProps): ReactNode {
  const phrases = usePhrases();
  const wait = why.kind === 'problem' ? (why.retryAfterSeconds ?? 0) : 0;
  const left = useCountdown(wait);
  return (
    <div className="notice" role="alert">
      <p className="notice-words">
        {refusalWords(why, phrases)} {phrases.questionKept}
      </p>
      <div className="notice-again">
        {wait > 0 && (
          // The countdown is for the eye: an alert that speaks every second would be a torment.
          <p className="notice-wait" aria-live="off">
            {left > 0 ? phrases.waitThen(left) : phrases.askNow}
          </p>
        )}
        <button
          type="button"
          className="way-on"
          aria-disabled={left > 0}
          onClick={() => left === 0 && onAgain()}
        >
          {phrases.askAgain}
        </button>
      </div>
    </div>
  );
}

/** One sentence for a refusal, in the patron's language. */
export function refusalWords(why: Refusal, phrases: Phrases): string {
  if (why.kind === 'unreachable') return phrases.unreachable;
  if (why.kind === 'broken_off') return phrases.brokenOff;
  const said: Partial<Record<string, string>> = phrases.problem;
  return said[why.code] ?? phrases.problem.internal;
}

function useCountdown(seconds: number): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return left;
}
