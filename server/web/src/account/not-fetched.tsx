import type { ReactNode } from 'react';
import type { Refusal } from '../api/refusal.js';
import { refusalWords } from '../conversation/notice.js';
import { usePhrases } from '../phrases/speech.js';

/** Why something did not come, which is not the same as that there is none, and the way to ask again. */
export function NotFetched({ why, onAgain }: { why: Refusal; onAgain: () => void }): ReactNode {
  const phrases = usePhrases();
  return (
    <div className="notice" role="alert">
      <p className="notice-words">{refusalWords(why, phrases)}</p>
      <button type="button" className="way-on" onClick={onAgain}>
        {phrases.tryAgain}
      </button>
    </div>
  );
}
