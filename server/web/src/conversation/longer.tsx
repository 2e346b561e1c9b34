import { useEffect, useState, type ReactNode } from 'react';
import { usePhrases } from '../phrases/speech.js';
import { isThinking } from './conversation.js';
import type { Thinking, Turn } from './turn.js';
import { signOf } from './sign.js';
import { hasModelPart } from './words-of.js';

/** Why a line is marked: in the margin of the cards, and before the note that explains it. */
export const DAGGER = '†';

/** The sign while a model works; it owns up when the time it named has passed. */
export function useSign(turn: Turn): string | undefined {
  const phrases = usePhrases();
  const thinking = isThinking(turn) ? turn.thinking : undefined;
  const namedMs = thinking?.whole_ms ?? thinking?.first_ms ?? undefined;
  const [late, setLate] = useState<Thinking>();
  useEffect(() => {
    if (namedMs === undefined) return;
    const timer = setTimeout(() => setLate(thinking), namedMs * 1.25 + 1000);
    return () => clearTimeout(timer);
  }, [thinking, namedMs]);
  if (!thinking) return undefined;
  return late === thinking ? phrases.longer.late : signOf(thinking, phrases);
}

/** What a model adds, under a short rule like a footnote: first when it will come, then who worded it, and the words. */
export function Longer({ turn, sign }: { turn: Turn; sign: string | undefined }): ReactNode {
  const phrases = usePhrases();
  const shown = hasModelPart(turn);
  if (!shown && sign === undefined) return null;
  return (
    <div className={sign === undefined ? 'longer' : 'longer longer-coming'} id={longerId(turn)} tabIndex={-1}>
      {shown ? (
        <p className="longer-note">
          <span className="dagger" aria-hidden="true">
            {DAGGER}
          </span>{' '}
          {phrases.longer.by}
        </p>
      ) : (
        // Said already beside the question.
        <p className="longer-note" aria-hidden="true">
          {sign}
        </p>
      )}
      {turn.longer !== '' && (
        <p className="answer-words longer-words" dir="auto">
          {turn.longer}
          {turn.phase === 'stopped' && <span className="answer-stopped"> {phrases.stopped}</span>}
        </p>
      )}
    </div>
  );
}

/** Beside the question, where every screen shows it: that a longer answer comes, and then the way to it. */
export function LongerFact({ turn, sign }: { turn: Turn; sign: string | undefined }): ReactNode {
  const phrases = usePhrases();
  // Its line stays open when nothing comes of it, so that no book moves.
  if (!turn.thinking && turn.longer === '') return null;
  return (
    <p className="margin-note-fact margin-note-longer">
      {turn.longer === '' ? (
        sign
      ) : (
        <a
          href={`#${longerId(turn)}`}
          onClick={(event) => {
            event.preventDefault();
            const words = document.getElementById(longerId(turn));
            words?.focus({ preventScroll: true });
            words?.scrollIntoView({ block: 'center' });
          }}
        >
          {phrases.longer.read}
        </a>
      )}
    </p>
  );
}

function longerId(turn: Turn): string {
  return `longer-${turn.key}`;
}
