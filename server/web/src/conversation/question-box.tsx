import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { usePhrases } from '../phrases/speech.js';

interface QuestionBoxProps {
  text: string;
  onText: (text: string) => void;
  onAsk: (text: string) => void;
  onStop: () => void;
  running: boolean;
  /** The answer is here and a model adds to it: the next question may be asked, and ends that. */
  thinking: boolean;
  first: boolean;
  box: RefObject<HTMLTextAreaElement | null>;
  /** Stands in the line of the label, at its end. */
  beside?: ReactNode;
}

/** Where one asks. It grows with the question; Enter sends, Shift and Enter begins a new line. */
export function QuestionBox({
  text,
  onText,
  onAsk,
  onStop,
  running,
  thinking,
  first,
  box,
  beside,
}: QuestionBoxProps): ReactNode {
  const phrases = usePhrases();
  const id = useId();
  const grown = useRef('');
  useEffect(() => {
    const area = box.current;
    if (!area || grown.current === text) return;
    grown.current = text;
    fit(area);
  }, [text, box]);

  const stops = running && (!thinking || text.trim() === '');
  const send = (): void => {
    if (text.trim() !== '') onAsk(text.trim());
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (!running || thinking) send();
  };
  return (
    <form
      className="question-box"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="question-head">
        <label htmlFor={id} className={first ? 'question-label sr-only' : 'question-label'}>
          {first ? phrases.askLabel : phrases.askAgainLabel}
        </label>
        {beside}
      </div>
      <div className="question-row">
        <textarea
          id={id}
          ref={box}
          rows={1}
          maxLength={1000}
          value={text}
          dir="auto"
          enterKeyHint="send"
          autoComplete="off"
          placeholder={first ? phrases.placeholder : phrases.placeholderNext}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={onKey}
        />
        {stops ? (
          <button key="stop" type="button" className="button-ask" onClick={onStop}>
            {phrases.stop}
          </button>
        ) : (
          <button key="ask" type="submit" className="button-ask" aria-disabled={text.trim() === ''}>
            {phrases.ask}
          </button>
        )}
      </div>
    </form>
  );
}

/** Makes the box as tall as its text. CSS field-sizing does this alone where the browser knows it. */
function fit(area: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return;
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}
