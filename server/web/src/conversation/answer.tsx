import type { ReactNode, RefObject } from 'react';
import type { Recommendation } from '../../../contract/conversation.js';
import type { Chip } from '../../../contract/intent.js';
import type { Phrases } from '../phrases/phrases.js';
import { usePhrases } from '../phrases/speech.js';
import { isWaiting } from './conversation.js';
import type { Asked, Turn } from './turn.js';
import { Longer, LongerFact, useSign } from './longer.js';
import { Referral } from './referral.js';
import { Shelf } from './shelf.js';
import { Understood } from './understood.js';

/** Below this confidence an answer is called a guess. */
const GUESS = 0.4;

interface AnswerProps {
  turn: Turn;
  /** The newest answer can be acted on; older ones are only read. */
  onRemove?: (chip: Chip) => void;
  onAsk?: (text: string) => void;
  onMoreLike?: (book: Recommendation) => void;
  onTouch?: () => void;
  onRearrange?: () => void;
  heading?: RefObject<HTMLHeadingElement | null>;
}

/** One question in the margin and its answer: what was understood, the shelf, a few words, and ways on. */
export function Answer(props: AnswerProps): ReactNode {
  const { turn, onRemove, onAsk, onMoreLike, onTouch, onRearrange, heading } = props;
  const phrases = usePhrases();
  const sign = useSign(turn);
  const waiting = isWaiting(turn);
  const referral = turn.answer?.referral;
  const isWhole = turn.phase === 'done' || turn.phase === 'stopped';
  const waysOn = turn.answer?.suggestions ?? turn.thinking?.suggestions ?? [];
  return (
    <section className="answer" aria-busy={waiting} aria-labelledby={`turn-${turn.key}`}>
      <header className="margin-note">
        <h2 id={`turn-${turn.key}`} ref={heading} tabIndex={-1}>
          <span className="margin-note-label">{phrases.youAsked} </span>
          <span className="margin-note-question" dir="auto">
            {askedText(turn.asked, phrases)}
          </span>
        </h2>
        <MarginFacts turn={turn} />
        <LongerFact {...{ turn, sign }} />
      </header>
      <div className="answer-body">
        <Understood chips={turn.understood} onRemove={onRemove} waiting={waiting} />
        {referral && <Referral note={referral} />}
        <Looking turn={turn} />
        <Shelf
          turn={turn}
          onMoreLike={waiting ? undefined : onMoreLike}
          onTouch={isWhole || turn.touched || !turn.recommendations ? undefined : onTouch}
          onRearrange={onRearrange}
        />
        <Words turn={turn} />
        <Longer {...{ turn, sign }} />
        {onAsk && <WaysOn suggestions={waysOn} onAsk={onAsk} />}
        {turn.answer?.handoff_to_librarian && !referral && <Handoff />}
        {onAsk && isWhole && turn.recommendations && turn.recommendations.length > 0 && (
          <button type="button" className="print-list" onClick={() => window.print()}>
            {phrases.printList}
          </button>
        )}
      </div>
    </section>
  );
}

/** The question as the patron put it, or the limit that was taken out. */
export function askedText(asked: Asked, phrases: Phrases): string {
  return asked.kind === 'words' ? asked.text : phrases.removed(asked.chip.label);
}

/** Before the books are there: a board without books, where they will stand. */
function Looking({ turn }: { turn: Turn }): ReactNode {
  const phrases = usePhrases();
  if (!isWaiting(turn) || turn.recommendations !== undefined) return null;
  return (
    <>
      <p className="standing">{phrases.looking}</p>
      <div className="empty-board" aria-hidden="true" />
    </>
  );
}

/** How many titles, and beside the question how sure the answer is and by which path it came, if not by the usual. */
function MarginFacts({ turn }: { turn: Turn }): ReactNode {
  const phrases = usePhrases();
  const { recommendations: books, answer, total } = turn;
  const path = answer?.path;
  const facts = [
    books &&
      books.length > 0 &&
      (books.length < total ? phrases.countOf(books.length, total) : phrases.count(books.length)),
    books &&
      books.length > 0 &&
      path !== 'nearest' &&
      answer !== undefined &&
      answer.confidence < GUESS &&
      phrases.guess,
    path !== undefined && path in phrases.path && phrases.path[path as keyof typeof phrases.path],
  ].filter((fact) => typeof fact === 'string');
  return facts.map((fact) => (
    <p key={fact} className="margin-note-fact">
      {fact}
    </p>
  ));
}

function Words({ turn }: { turn: Turn }): ReactNode {
  const phrases = usePhrases();
  if (turn.text === '') {
    return isWaiting(turn) && turn.recommendations !== undefined ? (
      <p className="standing">{phrases.wordsToFollow}</p>
    ) : null;
  }
  return (
    <p className="answer-words" dir="auto">
      {turn.text}
      {turn.phase === 'stopped' && !turn.thinking && (
        <span className="answer-stopped"> {phrases.stopped}</span>
      )}
    </p>
  );
}

function WaysOn({
  suggestions,
  onAsk,
}: {
  suggestions: readonly string[];
  onAsk: (text: string) => void;
}): ReactNode {
  const phrases = usePhrases();
  if (suggestions.length === 0) return null;
  return (
    <div className="ways-on">
      <h3 className="small-heading">{phrases.suggestionsLabel}</h3>
      <ul>
        {suggestions.map((text) => (
          <li key={text}>
            <button type="button" className="way-on" onClick={() => onAsk(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Handoff(): ReactNode {
  const phrases = usePhrases();
  return (
    <aside className="handoff">
      <h3>{phrases.handoffTitle}</h3>
      <p>{phrases.handoffBody}</p>
    </aside>
  );
}
