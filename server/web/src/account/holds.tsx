import { useRef, useState, type ReactNode } from 'react';
import { cancelHold, type CancelAnswer, type Hold } from '../api/account-api.js';
import { useNow } from '../api/use-now.js';
import type { Covered } from '../card/cover.js';
import { refusalWords } from '../conversation/notice.js';
import { usePhrases } from '../phrases/speech.js';
import { Confirm } from './confirm.js';
import { fullDay } from './day.js';
import { KeptBook } from './kept-book.js';
import { usePatron } from './patron-desk.js';
import { Said } from './said.js';
import { useDeed } from './use-deed.js';

interface HoldsProps {
  /** Null where the system does not tell, which is not the same as none. */
  holds: readonly Hold[] | null;
  bookOf: (recordId: string | null) => Covered | undefined;
  onLook: () => void;
}

/** What is being kept or awaited for the patron; what is ready to fetch comes first. */
export function Holds({ holds, bookOf, onLook }: HoldsProps): ReactNode {
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
            <HoldRow key={hold.hold_id} hold={hold} known={bookOf(hold.record_id)} onLook={onLook} />
          ))}
        </ul>
      )}
    </section>
  );
}

function HoldRow(props: { hold: Hold; known: Covered | undefined; onLook: () => void }): ReactNode {
  const { hold, known, onLook } = props;
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
  const canTry =
    me?.can.cancel_holds === true &&
    csrf !== null &&
    hold.cancellable &&
    (deed.phase === 'ready' || deed.phase === 'refused' || answer?.outcome === 'unavailable');

  const goOn = (): void => {
    if (csrf === null) return;
    setAsks(false);
    box.current?.focus();
    void act(() => cancelHold(hold.hold_id, csrf, phrases.locale));
  };
  return (
    <li className={gone ? 'kept-row kept-row-gone' : 'kept-row'}>
      <KeptBook book={hold} known={known}>
        <div ref={box} tabIndex={-1} className="hold-words">
          {!gone && <HoldFacts hold={hold} />}
          <Said
            busy={deed.phase === 'busy' ? words.cancelling : undefined}
            sentence={
              answer?.sentence ??
              (deed.phase === 'lost'
                ? words.lost
                : deed.phase === 'refused'
                  ? refusalWords(deed.refusal, phrases)
                  : undefined)
            }
            said={answer?.said ?? null}
            tone={gone ? 'good' : 'plain'}
          />
        </div>
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
            aria-label={`${words.cancel}: ${hold.title}`}
            onClick={() => setAsks(true)}
          >
            {words.cancel}
          </button>
        )}
        {canTry && asks && (
          <Confirm
            question={hold.status === 'ready' ? words.sureReady : words.sure}
            of={hold.title}
            keep={words.keep}
            goOn={words.cancelYes}
            onKeep={() => {
              setAsks(false);
              requestAnimationFrame(() => cancel.current?.focus());
            }}
            onGoOn={goOn}
          />
        )}
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
      {place !== null && (
        <p className="kept-fact">
          {hold.pickup_by !== null && ready
            ? words.fetchBy(place, fullDay(hold.pickup_by, now, phrases.locale))
            : words.fetchAt(place)}
        </p>
      )}
      {place === null && hold.pickup_by !== null && (
        <p className="kept-fact">{words.keptUntil(fullDay(hold.pickup_by, now, phrases.locale))}</p>
      )}
    </>
  );
}
