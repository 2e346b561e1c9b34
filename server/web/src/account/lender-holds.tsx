import { useRef, useState, type ReactNode } from 'react';
import type { LenderAccount, LenderHold } from '../../../contract/lenders.js';
import { cancelHold, type CancelAnswer } from '../api/account-api.js';
import { useNow } from '../api/use-now.js';
import type { Covered } from '../card/cover.js';
import { refusalWords } from '../conversation/notice.js';
import { usePhrases } from '../phrases/speech.js';
import { Confirm } from './confirm.js';
import { fullDay } from './day.js';
import { LentTitle } from './lent-title.js';
import { usePatron } from './patron-desk.js';
import { Said } from './said.js';
import { useDeed } from './use-deed.js';

interface LenderHoldsProps {
  at: number;
  account: LenderAccount;
  bookOf: (recordId: string | null) => Covered | undefined;
  onLook: () => void;
}

/** What the patron waits for at a lender; what can be borrowed now comes first. */
export function LenderHolds({ at, account: { lender, holds }, bookOf, onLook }: LenderHoldsProps): ReactNode {
  const words = usePhrases().patron.lender;
  const sorted = holds?.toSorted((a, b) => Number(b.status === 'ready') - Number(a.status === 'ready'));
  return (
    <section className="kept" aria-labelledby={`lender-${at}-holds`}>
      <h3 id={`lender-${at}-holds`} className="section-heading">
        {words.holds}
      </h3>
      {holds === null && <p className="standing">{words.untold(lender)}</p>}
      {sorted?.length === 0 && <p className="standing">{words.noHolds}</p>}
      {sorted && sorted.length > 0 && (
        <ul className="kept-list">
          {sorted.map((hold) => (
            <HoldRow key={hold.hold_id} {...{ hold, lender, onLook }} known={bookOf(hold.record_id)} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface HoldRowProps {
  hold: LenderHold;
  lender: string;
  known: Covered | undefined;
  onLook: () => void;
}

function HoldRow({ hold, lender, known, onLook }: HoldRowProps): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.holds;
  const { me } = usePatron();
  const [asks, setAsks] = useState(false);
  const [deed, act] = useDeed<CancelAnswer>();
  const box = useRef<HTMLDivElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const answer = deed.phase === 'told' ? deed.answer : undefined;
  const gone = answer?.outcome === 'cancelled';
  const unsure = deed.phase === 'lost' || answer?.outcome === 'unknown';
  const csrf = me?.csrf ?? null;
  const ready = hold.status === 'ready';
  const way = ready ? phrases.patron.lender.borrow(lender) : phrases.patron.lender.see(lender);
  const title = hold.title ?? phrases.patron.lender.untitled(lender);
  const canTry =
    csrf !== null &&
    hold.cancellable &&
    (deed.phase === 'ready' || deed.phase === 'refused' || answer?.outcome === 'unavailable');

  const goOn = (): void => {
    if (csrf === null) return;
    setAsks(false);
    box.current?.focus();
    void act(() => cancelHold(hold.hold_id, csrf, phrases.locale));
  };
  const failed =
    deed.phase === 'lost'
      ? words.lost
      : deed.phase === 'refused'
        ? refusalWords(deed.refusal, phrases)
        : undefined;
  return (
    <li className={gone ? 'kept-row kept-row-gone' : 'kept-row'}>
      <LentTitle
        of={hold}
        lender={lender}
        known={known}
        way={way}
        facts={
          <div ref={box} tabIndex={-1} className="deed-words">
            {!gone && <HoldFacts hold={hold} />}
            <Said
              busy={deed.phase === 'busy' ? words.cancelling : undefined}
              sentence={answer?.sentence ?? failed}
              said={answer?.said ?? null}
              tone={gone ? 'good' : 'plain'}
            />
          </div>
        }
      >
        {unsure && (
          <button type="button" className="action" onClick={onLook}>
            {phrases.patron.account.lookAgain}
          </button>
        )}
        {canTry && !asks && (
          <button
            ref={cancel}
            type="button"
            className="action"
            aria-label={`${words.cancel}: ${title}`}
            onClick={() => setAsks(true)}
          >
            {words.cancel}
          </button>
        )}
        {canTry && asks && (
          <Confirm
            question={ready ? words.sureReady : words.sure}
            of={title}
            keep={words.keep}
            goOn={words.cancelYes}
            onKeep={() => {
              setAsks(false);
              requestAnimationFrame(() => cancel.current?.focus());
            }}
            onGoOn={goOn}
          />
        )}
      </LentTitle>
    </li>
  );
}

/** How far a hold is, and until when it can be borrowed. */
function HoldFacts({ hold }: { hold: LenderHold }): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.holds;
  const now = useNow(60_000);
  const ready = hold.status === 'ready';
  return (
    <>
      <p className={ready ? 'hold-status hold-ready' : 'hold-status'}>
        {ready && (
          <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
            <path d="M2 6.5 5 9.5 10 3" />
          </svg>
        )}
        <span>{hold.sentence}</span>
      </p>
      {hold.queue_position !== null && !ready && (
        <p className="kept-fact">{words.inLine(hold.queue_position, hold.queue_total)}</p>
      )}
      {hold.ready_until !== null && (
        <p className="kept-fact">{words.keptUntil(fullDay(hold.ready_until, now, phrases.locale))}</p>
      )}
    </>
  );
}
