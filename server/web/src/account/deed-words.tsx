import { useEffect, useRef, type ReactNode } from 'react';
import { refusalWords } from '../conversation/notice.js';
import { usePhrases } from '../phrases/speech.js';
import { Said } from './said.js';
import { useDeed, type Deed } from './use-deed.js';

/** What the library's system made of a deed. */
interface Told {
  outcome: string;
  sentence: string;
  said: string | null;
}

/** A deed on one title of the account, one at a time. */
export interface DeedOnTitle<T extends Told> {
  deed: Deed<T>;
  /** What the system answered, once it has. */
  answer: T | undefined;
  /** Nobody knows whether it was done: only looking again tells, and trying again is not offered. */
  isUnsure: boolean;
  act: (work: () => Promise<T>) => Promise<Deed<T>>;
}

/** Nothing done yet on one title. */
export function useDeedOnTitle<T extends Told>(): DeedOnTitle<T> {
  const [deed, act] = useDeed<T>();
  const answer = deed.phase === 'told' ? deed.answer : undefined;
  return { deed, answer, isUnsure: deed.phase === 'lost' || answer?.outcome === 'unknown', act };
}

interface DeedWordsProps<T extends Told> {
  of: DeedOnTitle<T>;
  /** What is said while it is being done, and when nobody knows whether it was. */
  busy: string;
  lost: string;
  isGood: boolean;
  onLook: () => void;
  /** What the system tells of the title. */
  children: ReactNode;
}

/**
 * What is known of a title, what came of a deed on it, and the way to look again where that is the only way to know. The
 * cursor goes here when a deed begins: its button may be gone when it ends.
 */
export function DeedWords<T extends Told>(props: DeedWordsProps<T>): ReactNode {
  const { of, busy, lost, isGood, onLook, children } = props;
  const phrases = usePhrases();
  const box = useRef<HTMLDivElement>(null);
  const { deed, answer, isUnsure } = of;
  const isBusy = deed.phase === 'busy';
  useEffect(() => {
    if (isBusy) box.current?.focus({ preventScroll: true });
  }, [isBusy]);
  const refused = deed.phase === 'refused' ? refusalWords(deed.refusal, phrases) : undefined;
  return (
    <>
      <div ref={box} tabIndex={-1} className="deed-words">
        {children}
        <Said
          busy={isBusy ? busy : undefined}
          sentence={answer?.sentence ?? (deed.phase === 'lost' ? lost : refused)}
          said={answer?.said ?? null}
          tone={isGood ? 'good' : 'plain'}
        />
      </div>
      {isUnsure && (
        <button type="button" className="action" onClick={onLook}>
          {phrases.patron.account.lookAgain}
        </button>
      )}
    </>
  );
}
