import { useState, type ReactNode } from 'react';
import type { Hold } from '../api/account-api.js';
import { useNow } from '../api/use-now.js';
import { usePhrases } from '../phrases/speech.js';
import { CancelHold } from './cancel-hold.js';
import { fullDay } from './day.js';
import { cameToNothing, HoldProgress } from './hold-progress.js';
import { KeptBook } from './kept-book.js';
import { usePatron } from './patron-desk.js';

interface HoldsProps {
  /** Null where the system does not tell, which is not the same as none. */
  holds: readonly Hold[] | null;
  onLook: () => void;
}

/** What is being kept or awaited for the patron; what is ready to fetch comes first. */
export function Holds({ holds, onLook }: HoldsProps): ReactNode {
  const words = usePhrases().patron.holds;
  const sorted = holds?.toSorted((a, b) => Number(b.status === 'ready') - Number(a.status === 'ready'));
  return (
    <section className="kept" aria-labelledby="holds">
      <h2 id="holds" className="section-heading">
        {words.title}
      </h2>
      {holds === null && <p className="standing">{words.untold}</p>}
      {sorted?.length === 0 && <p className="standing">{words.none}</p>}
      {sorted && sorted.length > 0 && (
        <ul className="kept-list">
          {sorted.map((hold) => (
            <HoldRow key={hold.hold_id} hold={hold} onLook={onLook} />
          ))}
        </ul>
      )}
    </section>
  );
}

function HoldRow({ hold, onLook }: { hold: Hold; onLook: () => void }): ReactNode {
  const words = usePhrases().patron.holds;
  const { me } = usePatron();
  const [isGone, setGone] = useState(false);
  return (
    <li className={isGone ? 'kept-row kept-row-gone' : 'kept-row'}>
      <KeptBook book={hold}>
        <CancelHold
          holdId={hold.hold_id}
          title={hold.title}
          mayCancel={hold.cancellable && me?.can.cancel_holds === true}
          question={hold.status === 'ready' ? words.sureReady : words.sure}
          onGone={() => setGone(true)}
          onLook={onLook}
        >
          {!isGone && <HoldFacts hold={hold} />}
        </CancelHold>
      </KeptBook>
    </li>
  );
}

/** How far a hold is, where it will be fetched, and until when. */
function HoldFacts({ hold }: { hold: Hold }): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.holds;
  const now = useNow(60_000);
  const ready = hold.status === 'ready';
  const place = hold.pickup_branch_name;
  return (
    <>
      <HoldProgress hold={hold} />
      {place !== null && !cameToNothing(hold) && (
        <p className="kept-fact">
          {hold.pickup_by !== null && ready
            ? words.fetchBy(place, fullDay(hold.pickup_by, now, phrases.locale))
            : words.fetchAt(place)}
        </p>
      )}
      {place === null && hold.pickup_by !== null && ready && (
        <p className="kept-fact">{words.keptUntil(fullDay(hold.pickup_by, now, phrases.locale))}</p>
      )}
    </>
  );
}
