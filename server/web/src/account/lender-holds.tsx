import { useState, type ReactNode } from 'react';
import type { LenderAccount, LenderHold } from '../../../contract/lenders.js';
import { useNow } from '../api/use-now.js';
import { usePhrases } from '../phrases/speech.js';
import { CancelHold } from './cancel-hold.js';
import { fullDay } from './day.js';
import { HoldProgress } from './hold-progress.js';
import { LenderWay, LentTitle } from './lent-title.js';

interface LenderHoldsProps {
  at: number;
  account: LenderAccount;
  onLook: () => void;
}

/** What the patron waits for at a lender; what can be borrowed now comes first. */
export function LenderHolds({ at, account: { lender, holds }, onLook }: LenderHoldsProps): ReactNode {
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
            <HoldRow key={hold.hold_id} {...{ hold, lender, onLook }} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface HoldRowProps {
  hold: LenderHold;
  lender: string;
  onLook: () => void;
}

function HoldRow({ hold, lender, onLook }: HoldRowProps): ReactNode {
  const { holds: words, lender: lenderWords } = usePhrases().patron;
  const [isGone, setGone] = useState(false);
  const isReady = hold.status === 'ready';
  return (
    <li className={isGone ? 'kept-row kept-row-gone' : 'kept-row'}>
      <LentTitle of={hold} lender={lender}>
        <CancelHold
          holdId={hold.hold_id}
          title={hold.title ?? lenderWords.untitled(lender)}
          mayCancel={hold.cancellable}
          question={isReady ? words.sureReady : words.sure}
          onGone={() => setGone(true)}
          onLook={onLook}
        >
          {!isGone && (
            <>
              <HoldFacts hold={hold} />
              <LenderWay
                of={hold}
                lender={lender}
                words={isReady ? lenderWords.borrow(lender) : lenderWords.see(lender)}
              />
            </>
          )}
        </CancelHold>
      </LentTitle>
    </li>
  );
}

/** How far a hold is, and until when it can be borrowed. */
function HoldFacts({ hold }: { hold: LenderHold }): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.holds;
  const now = useNow(60_000);
  return (
    <>
      <HoldProgress hold={hold} />
      {hold.ready_until !== null && (
        <p className="kept-fact">{words.keptUntil(fullDay(hold.ready_until, now, phrases.locale))}</p>
      )}
    </>
  );
}
