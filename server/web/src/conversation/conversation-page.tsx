import { useEffect, useRef, type ReactNode } from 'react';
import type { Recommendation } from '../../../contract/conversation.js';
import { usePhrases } from '../phrases/speech.js';
import { Answer } from './answer.js';
import { isThinking, runningTurn, type Conversation } from './conversation.js';
import { Earlier } from './earlier.js';
import { Examples, Foot, Greeting } from './first-visit.js';
import { toldOf } from './told.js';
import { Notice } from './notice.js';
import { QuestionBox } from './question-box.js';
import type { ConversationDesk } from './use-conversation.js';

interface ConversationPageProps {
  desk: ConversationDesk;
  onStartOver: () => void;
  text: string;
  onText: (text: string) => void;
  /** Questions the library offers to begin with. */
  examples: readonly string[];
  /** Where the patron says to stand. */
  picker: ReactNode;
}

/** Ask, see, ask on. The newest answer stands right under the box; those before it fold below. */
export function ConversationPage({
  desk,
  onStartOver,
  text,
  onText,
  examples,
  picker,
}: ConversationPageProps): ReactNode {
  const phrases = usePhrases();
  const { conversation } = desk;
  const box = useRef<HTMLTextAreaElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const newest = conversation.turns.at(-1);
  const running = newest?.phase === 'asking' || newest?.phase === 'arriving';
  const thinking = newest !== undefined && isThinking(newest);
  const first = newest === undefined;

  useKeptQuestion(conversation, text, onText);
  useFocusOnArrival(conversation, box, heading);

  const ask = (question: string): void => {
    // Said in words it means the same as the button.
    if (question.toLowerCase() === phrases.startOver.toLowerCase()) return onStartOver();
    onText('');
    desk.ask(question);
  };
  const stop = (): void => {
    desk.stop();
    // The books are here and the composed words too: the answer stands, and so does the reader at it.
    if (thinking) return heading.current?.focus({ preventScroll: true });
    const turn = runningTurn(conversation);
    if (turn && turn.asked.kind === 'words' && text === '') onText(turn.asked.text);
    box.current?.focus();
  };
  const moreLike = (book: Recommendation): void =>
    ask(phrases.moreLike(book.title.original ?? book.title.text));

  return (
    <main id="content" className={first ? 'conversation conversation-first' : 'conversation'} tabIndex={-1}>
      {first ? <Greeting /> : <h1 className="sr-only">{phrases.greeting}</h1>}
      <div className="ask">
        <QuestionBox
          {...{ text, onText, running, thinking, first, box }}
          onAsk={ask}
          onStop={stop}
          beside={first ? undefined : picker}
        />
        {first && (
          <div className="ask-foot">
            <p className="privacy">{phrases.privacy}</p>
            {picker}
          </div>
        )}
      </div>
      {conversation.refusal && (
        <Notice
          key={conversation.refusal.atMs}
          why={conversation.refusal.why}
          onAgain={() => {
            const { asked } = conversation.refusal ?? {};
            if (asked?.kind === 'removal') desk.remove(asked.chip);
            else if (text.trim() !== '') ask(text.trim());
            else if (asked) ask(asked.text);
          }}
        />
      )}
      {first && !conversation.refusal && <Examples examples={examples} onAsk={ask} />}
      {newest && (
        <Answer
          key={newest.key}
          turn={newest}
          heading={heading}
          onRemove={desk.remove}
          onAsk={ask}
          onMoreLike={moreLike}
          onTouch={desk.touch}
          onRearrange={() => desk.rearrange(newest.key)}
        />
      )}
      <Earlier turns={conversation.turns.slice(0, -1)} />
      <p className="sr-only" role="status">
        {newest ? toldOf(newest, phrases) : ''}
      </p>
      {first && <Foot />}
    </main>
  );
}

/** Puts a question that got no answer back into the box, unless something new was typed meanwhile. */
function useKeptQuestion(conversation: Conversation, text: string, onText: (text: string) => void): void {
  const { refusal } = conversation;
  const restored = useRef<unknown>(undefined);
  useEffect(() => {
    if (!refusal || restored.current === refusal) return;
    restored.current = refusal;
    if (refusal.asked.kind === 'words' && text === '') onText(refusal.asked.text);
  }, [refusal, text, onText]);
}

/** When the books arrive the eye and the reader's cursor go to them, unless the patron is already typing on. */
function useFocusOnArrival(
  conversation: Conversation,
  box: { current: HTMLTextAreaElement | null },
  heading: { current: HTMLHeadingElement | null },
): void {
  const newest = conversation.turns.at(-1);
  const arrived = newest?.recommendations !== undefined ? newest.key : undefined;
  const seen = useRef(arrived);
  useEffect(() => {
    if (arrived === undefined || seen.current === arrived) return;
    seen.current = arrived;
    if (box.current?.value !== '' && document.activeElement === box.current) return;
    heading.current?.focus({ preventScroll: true });
    // A low window has no room for the box and the answer both.
    const low = window.matchMedia('(max-height: 30rem)').matches;
    (low ? heading.current : heading.current?.closest('main'))?.scrollIntoView({ block: 'start' });
  }, [arrived, box, heading]);
}
