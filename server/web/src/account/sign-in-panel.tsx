import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Me } from '../../../contract/sign-in.js';
import { openSignInForm, signIn } from '../api/account-api.js';
import { Refused } from '../api/refusal.js';
import { refusalWords } from '../conversation/notice.js';
import type { PatronPhrases } from '../phrases/patron-phrases.js';
import { usePhrases } from '../phrases/speech.js';
import { Panel } from './panel.js';
import { usePatron } from './patron-desk.js';

interface SignInPanelProps {
  /** What the patron was about to do, said above the form. */
  purpose: string | undefined;
  onSignedIn: (me: Me) => void;
  onClose: () => void;
}

/** Card and PIN. What was typed is sent once and kept nowhere; a wrong PIN has to be typed anew. */
export function SignInPanel({ purpose, onSignedIn, onClose }: SignInPanelProps): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.signIn;
  const { isDemo, me } = usePatron();
  const lenders = me?.can.lenders ?? [];
  const [card, setCard] = useState('');
  const [pin, setPin] = useState('');
  const [isShown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [waitMs, setWaitMs] = useState(0);
  const ids = { card: useId(), pin: useId(), said: useId() };
  const pinBox = useRef<HTMLInputElement>(null);
  const cardBox = useRef<HTMLInputElement>(null);
  const left = useRef(new AbortController());
  const waiting = waitMs > 0;

  useEffect(() => {
    cardBox.current?.focus();
    left.current = new AbortController();
    return () => left.current.abort();
  }, []);
  useEffect(() => {
    if (waitMs <= 0) return;
    const timer = setTimeout(() => setWaitMs((ms) => ms - 1000), 1000);
    return () => clearTimeout(timer);
  }, [waitMs]);

  const send = async (): Promise<void> => {
    if (busy || waiting) return;
    if (card.trim() === '' || pin === '') {
      setSaid(words.needBoth);
      (card.trim() === '' ? cardBox : pinBox).current?.focus();
      return;
    }
    const { signal } = left.current;
    setBusy(true);
    setShown(false);
    setSaid('');
    try {
      // The form is opened only now: a browser that never signs in is given nothing to carry.
      const { csrf } = await openSignInForm(signal);
      const answer = await signIn(card.trim(), pin, csrf, phrases.locale, signal);
      if (answer.outcome === 'signed_in' && answer.me) return onSignedIn(answer.me);
      setSaid(answer.sentence);
      setWaitMs((answer.retry_after_seconds ?? 0) * 1000);
    } catch (error) {
      if (signal.aborted) return;
      setSaid(error instanceof Refused ? refusalWords(error.refusal, phrases) : phrases.problem.internal);
    }
    setPin('');
    setBusy(false);
    pinBox.current?.focus();
  };

  // A card reader ends with Enter: that is no reason to try a card without its PIN.
  const onCardKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || pin !== '') return;
    event.preventDefault();
    pinBox.current?.focus();
  };

  return (
    <Panel title={words.title} onClose={onClose} closeWords={words.leave}>
      {purpose !== undefined && <p className="panel-purpose">{purpose}</p>}
      <form
        className="sign-in"
        autoComplete="off"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label className="field">
          <span className="field-label" id={ids.card}>
            {words.card}
          </span>
          <input
            ref={cardBox}
            type="text"
            // Cards of many libraries hold letters: a keyboard of digits would lock them out.
            inputMode="text"
            autoComplete="off"
            autoCapitalize="characters"
            autoCorrect="off"
            spellCheck={false}
            maxLength={64}
            dir="ltr"
            value={card}
            aria-labelledby={ids.card}
            aria-describedby={ids.said}
            onChange={(event) => setCard(event.target.value)}
            onKeyDown={onCardKey}
          />
        </label>
        <div className="field">
          <label className="field-label" htmlFor={ids.pin}>
            {words.pin}
          </label>
          <span className="field-row">
            <input
              id={ids.pin}
              ref={pinBox}
              type={isShown ? 'text' : 'password'}
              inputMode="text"
              autoComplete="off"
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              maxLength={128}
              dir="ltr"
              value={pin}
              aria-describedby={ids.said}
              onChange={(event) => setPin(event.target.value)}
            />
            <button
              type="button"
              className="action"
              aria-pressed={isShown}
              onClick={() => setShown(!isShown)}
            >
              {isShown ? words.hidePin : words.showPin}
            </button>
          </span>
        </div>
        <div className="sign-in-said" id={ids.said}>
          <p role="alert">{said}</p>
          {waiting && (
            // For the eye: an alert that speaks every second would be a torment.
            <p aria-live="off">{waitWords(Math.ceil(waitMs / 1000), words)}</p>
          )}
        </div>
        <button type="submit" className="button-main" aria-disabled={busy || waiting}>
          {busy ? words.asking : words.title}
        </button>
        <p className="panel-small">{lenders.length === 0 ? words.privacy : words.privacyWith(lenders)}</p>
        {isDemo && <p className="demo-label">{words.demo}</p>}
      </form>
    </Panel>
  );
}

/** The time left as one says it: by the second only when it is nearly over. */
function waitWords(seconds: number, words: PatronPhrases['signIn']): string {
  return seconds < 90 ? words.waitSeconds(seconds) : words.waitMinutes(Math.ceil(seconds / 60));
}
