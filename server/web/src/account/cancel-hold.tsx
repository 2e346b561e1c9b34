import { useRef, useState, type ReactNode } from 'react';
import { cancelHold, type CancelAnswer } from '../api/account-api.js';
import { usePhrases } from '../phrases/speech.js';
import { Confirm } from './confirm.js';
import { DeedWords, useDeedOnTitle } from './deed-words.js';
import { usePatron } from './patron-desk.js';

interface CancelHoldProps {
  holdId: string;
  title: string;
  /** The system lets this hold be cancelled. */
  mayCancel: boolean;
  /** What is asked before. */
  question: string;
  onGone: () => void;
  onLook: () => void;
  /** What is known of the hold. */
  children: ReactNode;
}

/** What is known of a hold, and the way to cancel it, which asks first. */
export function CancelHold(props: CancelHoldProps): ReactNode {
  const { holdId, title, mayCancel, question, onGone, onLook, children } = props;
  const phrases = usePhrases();
  const words = phrases.patron.holds;
  const { me } = usePatron();
  const [asks, setAsks] = useState(false);
  const cancellation = useDeedOnTitle<CancelAnswer>();
  const { answer, deed } = cancellation;
  const button = useRef<HTMLButtonElement>(null);
  const csrf = me?.csrf ?? null;
  const mayTry = deed.phase === 'ready' || deed.phase === 'refused' || answer?.outcome === 'unavailable';

  const goOn = async (): Promise<void> => {
    if (csrf === null) return;
    setAsks(false);
    const done = await cancellation.act(() => cancelHold(holdId, csrf, phrases.locale));
    if (done.phase === 'told' && done.answer.outcome === 'cancelled') onGone();
  };
  return (
    <>
      <DeedWords
        of={cancellation}
        busy={words.cancelling}
        lost={words.lost}
        isGood={answer?.outcome === 'cancelled'}
        onLook={onLook}
      >
        {children}
      </DeedWords>
      {mayCancel && mayTry && csrf !== null && !asks && (
        <button
          ref={button}
          type="button"
          className="action"
          aria-label={`${words.cancel}: ${title}`}
          onClick={() => setAsks(true)}
        >
          {words.cancel}
        </button>
      )}
      {asks && (
        <Confirm
          question={question}
          of={title}
          keep={words.keep}
          goOn={words.cancelYes}
          onKeep={() => {
            setAsks(false);
            requestAnimationFrame(() => button.current?.focus());
          }}
          onGoOn={() => void goOn()}
        />
      )}
    </>
  );
}
