import type { ReactNode } from 'react';
import type { HoldQuestion as Question } from '../api/account-api.js';
import { usePhrases } from '../phrases/speech.js';

/** What the system wants to know first. Nothing is chosen beforehand: it may cost money. */
export function HoldQuestion({
  question,
  onReply,
}: {
  question: Question;
  onReply: (yes: boolean) => void;
}): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.hold;
  return (
    <div className="hold-question" role="group" aria-label={words.questionLabel}>
      <p className="said-words" role="status">
        {question.sentence}
      </p>
      <p className="said-system">
        {phrases.patron.systemSays} <q dir="auto">{question.said}</q>
      </p>
      <div className="confirm-ways">
        <button type="button" className="way-on" onClick={() => onReply(false)}>
          {question.kind === 'fee' ? words.noFee : words.no}
        </button>
        <button type="button" className="way-on" onClick={() => onReply(true)}>
          {question.kind === 'fee' ? words.yesFee : words.yes}
        </button>
      </div>
    </div>
  );
}
