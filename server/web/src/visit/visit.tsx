import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { Mark } from '../masthead/mark.js';
import { Page } from '../page.js';
import type { Phrases } from '../phrases/phrases.js';
import { Speech } from '../phrases/speech.js';
import { clearBrowser, endAtServer, tellOtherPages } from './end-visit.js';
import type { Reason } from './reason.js';

const AGAIN_MS = 5000;

type State =
  | { phase: 'open'; number: number; told: Reason | undefined }
  | { phase: 'ending'; number: number; phrases: Phrases; reason: Reason };

/**
 * One visit after another. When one ends, all that it held goes with it: the page is built anew, so that nothing a
 * patron typed, read or opened can come along into the next.
 */
export function Visit(): ReactNode {
  const [state, setState] = useState<State>({ phase: 'open', number: 1, told: undefined });
  const ending = useRef(false);

  const end = useCallback((reason: Reason, phrases: Phrases): void => {
    if (ending.current) return;
    ending.current = true;
    setState(({ number }) => ({ phase: 'ending', number, phrases, reason }));
  }, []);
  const ended = useCallback((reason: Reason): void => {
    ending.current = false;
    setState(({ number }) => ({ phase: 'open', number: number + 1, told: reason }));
  }, []);

  if (state.phase === 'ending') return <Ending {...state} onEnded={ended} />;
  return <Page key={state.number} told={state.told} onEnd={end} />;
}

interface EndingProps {
  phrases: Phrases;
  reason: Reason;
  onEnded: (reason: Reason) => void;
}

/** The empty desk between two visits. It stays until the server has heard, and says so when it cannot be reached. */
function Ending({ phrases, reason, onEnded }: EndingProps): ReactNode {
  const [failed, setFailed] = useState(false);
  const [round, setRound] = useState(0);
  const words = phrases.patron.visit;

  useEffect(() => {
    let left = false;
    void (async () => {
      // The steps of the history are walked back once.
      const cleared = round === 0 ? clearBrowser() : undefined;
      const heard = reason === 'elsewhere' || (await endAtServer());
      await cleared;
      if (left) return;
      if (!heard) return setFailed(true);
      if (reason !== 'elsewhere') tellOtherPages();
      onEnded(reason);
    })();
    return () => {
      left = true;
    };
  }, [round, reason, onEnded]);

  useEffect(() => {
    if (!failed) return;
    const again = (): void => setRound((n) => n + 1);
    const timer = setInterval(again, AGAIN_MS);
    window.addEventListener('online', again);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', again);
    };
  }, [failed]);

  return (
    <Speech value={phrases}>
      <main id="content" className="visit-ending" tabIndex={-1}>
        <Mark />
        <h1>{failed ? words.notYet : words.clearing}</h1>
        {failed && (
          <>
            <p role="alert">{words.notYetBody}</p>
            <button type="button" className="way-on" onClick={() => setRound((n) => n + 1)}>
              {phrases.tryAgain}
            </button>
          </>
        )}
      </main>
    </Speech>
  );
}
