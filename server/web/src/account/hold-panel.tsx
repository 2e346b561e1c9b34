import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Branch } from '../../../contract/availability.js';
import { answerQuestion, getPickupBranches, placeHold, type HoldAnswer } from '../api/account-api.js';
import { goTo } from '../address.js';
import { useAnswer } from '../api/use-answer.js';
import { Cover } from '../card/cover.js';
import { refusalWords } from '../conversation/notice.js';
import { usePhrases } from '../phrases/speech.js';
import { branchesFirst } from './branches-first.js';
import { HoldQuestion } from './hold-question.js';
import { Panel } from './panel.js';
import type { Wanted } from './patron-desk.js';
import { Said } from './said.js';
import { useDeed } from './use-deed.js';

interface HoldPanelProps {
  book: Wanted;
  csrf: string;
  /** The branch in which the patron says to stand, if any. */
  standingAt: string | undefined;
  onClose: () => void;
}

/** A hold from the first question, where to fetch it, to what the library's system made of it. */
export function HoldPanel({ book, csrf, standingAt, onClose }: HoldPanelProps): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.hold;
  const [deed, act, reset] = useDeed<HoldAnswer>();
  const [branch, setBranch] = useState<string>();
  const [declined, setDeclined] = useState(false);
  const [leftAlone, setLeftAlone] = useState<typeof deed>();
  const top = useRef<HTMLDivElement>(null);
  const answer = deed.phase === 'told' ? deed.answer : undefined;
  const question = answer?.outcome === 'question' ? answer.question : null;
  const begun = deed.phase !== 'ready' || declined;

  // Each step begins where the last one began, also for who hears it.
  useEffect(() => {
    if (begun) top.current?.focus();
  }, [begun, deed]);

  const place = (branchId: string): void => {
    setBranch(branchId);
    void act(() => placeHold(book.record_id, branchId, csrf, phrases.locale));
  };
  const reply = (questionId: string, yes: boolean): void => {
    setDeclined(!yes);
    if (yes) return void act(() => answerQuestion(questionId, true, csrf, phrases.locale));
    // Without a yes nothing is placed; the system is only spared the waiting.
    void answerQuestion(questionId, false, csrf, phrases.locale).catch(() => undefined);
    reset();
  };
  // What is on its way is not taken back by looking away: the panel comes again with what came of it.
  const close = (): void => (deed.phase === 'busy' ? setLeftAlone(deed) : onClose());
  const seeHolds = (): void => {
    onClose();
    goTo('/account');
  };

  if (leftAlone === deed) {
    return (
      <p className="hold-aside" role="status">
        {words.placingBehind(book.title.original ?? book.title.text)}
      </p>
    );
  }
  return (
    <Panel title={words.title} onClose={close} closeWords={phrases.patron.close}>
      <div className="hold-book">
        <div className="hold-cover" aria-hidden="true">
          <Cover of={book} />
        </div>
        <p className="hold-title" dir="auto">
          {book.title.original ?? book.title.text}
        </p>
      </div>
      <div ref={top} tabIndex={-1} className="hold-step">
        {declined && deed.phase === 'ready' && (
          <>
            <Said busy={undefined} sentence={words.declined} said={null} tone="plain" />
            <div className="confirm-ways">
              <button type="button" className="way-on" onClick={onClose}>
                {words.goOn}
              </button>
            </div>
          </>
        )}
        {deed.phase === 'ready' && !declined && (
          <ChooseBranch book={book} chosen={branch} standingAt={standingAt} onPlace={place} />
        )}
        {deed.phase === 'busy' && (
          <p className="standing" role="status">
            {words.placing}
          </p>
        )}
        {question && <HoldQuestion question={question} onReply={(yes) => reply(question.question_id, yes)} />}
        {answer && !question && <Outcome answer={answer} />}
        {deed.phase === 'lost' && <Said busy={undefined} sentence={words.lost} said={null} tone="plain" />}
        {deed.phase === 'refused' && (
          <Said busy={undefined} sentence={refusalWords(deed.refusal, phrases)} said={null} tone="plain" />
        )}
        <WaysOn
          answer={answer}
          isLost={deed.phase === 'lost'}
          wasRefused={deed.phase === 'refused'}
          onAgain={reset}
          onSee={seeHolds}
          onClose={onClose}
        />
      </div>
    </Panel>
  );
}

/** What came of it, in words, and where the book can be fetched. */
function Outcome({ answer }: { answer: HoldAnswer }): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.hold;
  const placed = answer.outcome === 'placed';
  return (
    <>
      <Said busy={undefined} sentence={answer.sentence} said={answer.said} tone={placed ? 'good' : 'plain'} />
      {placed && answer.pickup_branch_name !== null && (
        <p className="hold-after">{words.fetchAt(answer.pickup_branch_name)}</p>
      )}
    </>
  );
}

interface WaysOnProps {
  answer: HoldAnswer | undefined;
  isLost: boolean;
  wasRefused: boolean;
  onAgain: () => void;
  onSee: () => void;
  onClose: () => void;
}

/** The ways on from a result. Where nobody knows whether a hold stands there is none to place it again. */
function WaysOn({ answer, isLost, wasRefused, onAgain, onSee, onClose }: WaysOnProps): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.hold;
  if (!isLost && !wasRefused && (!answer || answer.outcome === 'question')) return null;
  const unsure = isLost || answer?.outcome === 'unknown';
  const mayAgain = wasRefused || answer?.outcome === 'unavailable';
  const otherPlace = answer?.outcome === 'refused' && answer.reason === 'pickup_place';
  return (
    <div className="confirm-ways">
      {(unsure || answer?.outcome === 'placed') && (
        <button type="button" className="way-on" onClick={onSee}>
          {words.seeHolds}
        </button>
      )}
      {(mayAgain || otherPlace) && (
        <button type="button" className="way-on" onClick={onAgain}>
          {otherPlace ? words.otherBranch : phrases.tryAgain}
        </button>
      )}
      <button type="button" className="way-on" onClick={onClose}>
        {words.goOn}
      </button>
    </div>
  );
}

interface ChooseBranchProps {
  book: Wanted;
  chosen: string | undefined;
  standingAt: string | undefined;
  onPlace: (branchId: string) => void;
}

/** Where to fetch it: the branch one stands in and one's own come first, and the first is chosen already. */
function ChooseBranch({ book, chosen, standingAt, onPlace }: ChooseBranchProps): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.hold;
  const { data, refusal, loading, asking, again } = useAnswer(
    `${book.record_id} ${phrases.locale}`,
    (signal) => getPickupBranches(book.record_id, phrases.locale, signal),
  );
  const [wanted, setWanted] = useState(chosen);
  const branches =
    data?.state === 'known' ? branchesFirst(data.branches, [standingAt, data.home_branch_id]) : [];
  const branch = branches.find(({ id }) => id === wanted) ?? branches[0];

  if (refusal !== undefined || data?.state === 'unavailable') {
    return (
      <>
        <p role="alert" className="said-words">
          {asking
            ? words.askingWhere
            : refusal !== undefined
              ? refusalWords(refusal, phrases)
              : (data?.sentence ?? words.cannotAsk)}
        </p>
        <button type="button" className="way-on" aria-disabled={asking} onClick={() => !asking && again()}>
          {phrases.tryAgain}
        </button>
      </>
    );
  }
  if (!data || loading) {
    return (
      <p className="standing" role="status">
        {words.askingWhere}
      </p>
    );
  }
  if (!branch) {
    return (
      <p role="alert" className="said-words">
        {data.sentence ?? words.nowhere}
      </p>
    );
  }
  const note = ({ id }: Branch): string =>
    [
      id === standingAt ? words.youAreHere : '',
      id === data.home_branch_id ? words.yourBranch : '',
      book.inAt.includes(id) ? words.inHere : '',
    ]
      .filter((text) => text !== '')
      .join(', ');
  return (
    <form
      className="hold-form"
      onSubmit={(event) => {
        event.preventDefault();
        onPlace(branch.id);
      }}
    >
      <fieldset className="choices">
        <legend>{words.where}</legend>
        {branches.map((one) => (
          <label key={one.id} className="choice">
            <input
              type="radio"
              name="pickup"
              value={one.id}
              autoComplete="off"
              checked={one.id === branch.id}
              onChange={() => setWanted(one.id)}
            />
            <span>
              {one.name}
              {note(one) !== '' && <span className="choice-note"> ({note(one)})</span>}
            </span>
          </label>
        ))}
      </fieldset>
      <button type="submit" className="button-main">
        {words.place}
      </button>
    </form>
  );
}
