import type { ReactNode } from 'react';
import { usePhrases } from '../phrases/speech.js';

interface SaidProps {
  /** What is being done, while it is. */
  busy: string | undefined;
  sentence: string | undefined;
  /** The system's own words, where they say more. */
  said: string | null;
  tone: 'good' | 'plain';
}

/** What came of something that was done: told aloud once, and left standing beside what it is about. */
export function Said({ busy, sentence, said, tone }: SaidProps): ReactNode {
  const phrases = usePhrases();
  return (
    <div className="said" role="status">
      {busy !== undefined && <p className="said-busy">{busy}</p>}
      {busy === undefined && sentence !== undefined && (
        <p className={`said-words said-${tone}`}>
          {tone === 'good' && (
            <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
              <path d="M2 6.5 5 9.5 10 3" />
            </svg>
          )}
          <span>{sentence}</span>
        </p>
      )}
      {busy === undefined && sentence !== undefined && said !== null && said !== '' && (
        <p className="said-system">
          {phrases.patron.systemSays} <q dir="auto">{said}</q>
        </p>
      )}
    </div>
  );
}
