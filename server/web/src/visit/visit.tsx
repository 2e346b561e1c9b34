import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { tellOtherPages } from '../api/other-pages.js';
import { Mark } from '../masthead/mark.js';
import { Page } from '../page.js';
import { languageFor } from '../phrases/languages.js';
import type { Phrases } from '../phrases/phrases.js';
import { Speech } from '../phrases/speech.js';
import { clearBrowser, endAtServer, isUntold, noteUntold } from './end-visit.js';
import { endedElsewhere, type Reason } from './reason.js';

const AGAIN_MS = 5000;
/** How long a page waits for the one that ends the visit before it tells the server itself. */
const ELSEWHERE_MS = 15_000;

type State =
  | { phase: 'open'; number: number; told: Reason | undefined }
  | { phase: 'ending'; number: number; phrases: Phrases; reason: Reason };

/**
 * One visit after another. When one ends, all that it held goes with it: the page is built anew, so that nothing a
 * patron typed, read or opened can come along into the next.
 */
export function Visit(): ReactNode {
  const [state, setState] = useState<State>(begin);
  const ending = useRef(false);

  const end = useCallback((reason: Reason, phrases: Phrases): void => {
    if (ending.current) return;
    ending.current = true;
    setState(({ number }) => ({ phase: 'ending', number, phrases, reason }));
  }, []);
  const ended = useCallback((reason: Reason): void => {
    ending.current = false;
    const told = reason === 'replaced' ? undefined : reason;
    setState(({ number }) => ({ phase: 'open', number: number + 1, told }));
  }, []);

  if (state.phase === 'ending') return <Ending {...state} onEnded={ended} />;
  return <Page key={state.number} told={state.told} onEnd={end} />;
}

/** A page loaded anew while the server has still to hear of an end opens nothing before that. */
function begin(): State {
  if (!isUntold()) return { phase: 'open', number: 1, told: undefined };
  return { phase: 'ending', number: 0, phrases: languageFor(navigator.languages), reason: 'done' };
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
    const left = new AbortController();
    const { signal } = left;
    void (async () => {
      if (round === 0 && reason !== 'elsewhere' && reason !== 'replaced') tellOtherPages('ending');
      // The steps of the history are walked back once.
      const cleared = round === 0 ? clearBrowser() : undefined;
      const heard = await heardOf(reason, round, signal);
      await cleared;
      await noteUntold(!heard);
      if (signal.aborted) return;
      if (heard) onEnded(reason);
      else setFailed(true);
    })();
    return () => left.abort();
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

/** Whether the server knows that the visit has ended: told from here, or first by the page that ends it. */
async function heardOf(reason: Reason, round: number, signal: AbortSignal): Promise<boolean> {
  if (reason === 'replaced') return true;
  if (reason === 'elsewhere' && round === 0) return endedElsewhere(ELSEWHERE_MS, signal);
  const heard = await endAtServer();
  if (heard) tellOtherPages('ended');
  return heard;
}
