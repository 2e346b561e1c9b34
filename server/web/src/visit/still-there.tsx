import { useEffect, type ReactNode } from 'react';
import type { Me } from '../../../contract/sign-in.js';
import { Panel } from '../account/panel.js';
import { serverNowMs } from '../api/clock.js';
import { lastHeardMs } from '../api/reached.js';
import { useNow } from '../api/use-now.js';
import { usePhrases } from '../phrases/speech.js';
import { lastCall, secondsLeft } from './seconds-left.js';

const WARNING_S = 20;
/** What other pages of the browser have told meanwhile is heard first: a page that was put to sleep wakes up late. */
const WAKING_MS = 500;

interface StillThereProps {
  me: Me;
  /** The patron is still there: asks the server, which counts anew. */
  onStay: () => void;
  /** Nobody was. */
  onGone: () => void;
}

/** Before the server ends a visit in which nothing happens any more, asks whether somebody is still there. */
export function StillThere({ me, onStay, onGone }: StillThereProps): ReactNode {
  const words = usePhrases().patron.visit;
  const now = useNow(1000);
  const left = secondsLeft(me, lastHeardMs(), now);
  const isOver = left <= 0;
  useEffect(() => {
    if (!isOver) return;
    const timer = setTimeout(() => {
      if (secondsLeft(me, lastHeardMs(), serverNowMs()) <= 0) onGone();
    }, WAKING_MS);
    return () => clearTimeout(timer);
  }, [isOver, me, onGone]);
  if (left > WARNING_S || isOver) return null;
  const mayStay = lastCall(me, now) > WARNING_S;
  return (
    <Panel
      title={words.stillThere}
      onClose={mayStay ? onStay : onGone}
      {...(!mayStay && { closeWords: words.done })}
    >
      {/* Counted for the eye; said aloud once, with the title. */}
      <p className="panel-purpose still-there" aria-live="off">
        {words.clearsIn(Math.ceil(left))}
      </p>
      {mayStay && (
        <div className="confirm-ways">
          <button type="button" className="button-main" onClick={onStay}>
            {words.stay}
          </button>
          <button type="button" className="way-on" onClick={onGone}>
            {words.done}
          </button>
        </div>
      )}
    </Panel>
  );
}
