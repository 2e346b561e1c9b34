import type { ReactNode } from 'react';
import { welcomeExamples } from '../api/carrel-api.js';
import { useAnswer } from '../api/use-answer.js';
import { ShelfOfSpines } from '../binding/shelf-of-spines.js';
import { usePhrases } from '../phrases/speech.js';

const SHOWN = 4;

/** Questions to begin with: the library's own, or ours when it gives none. */
export function Examples({ onAsk }: { onAsk: (text: string) => void }): ReactNode {
  const phrases = usePhrases();
  const { data } = useAnswer(phrases.locale, (signal) => welcomeExamples(phrases.locale, signal));
  const examples = data && data.length > 0 ? data.slice(0, SHOWN) : phrases.examples;
  return (
    <div className="examples">
      <h2 className="small-heading">{phrases.examplesLabel}</h2>
      <ul>
        {examples.map((text) => (
          <li key={text}>
            <button type="button" onClick={() => onAsk(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The headline of an empty desk. */
export function Greeting(): ReactNode {
  const phrases = usePhrases();
  return (
    <div className="greeting">
      <h1>{phrases.greeting}</h1>
      <p>{phrases.promise}</p>
    </div>
  );
}

/** A shelf of books along the foot of the first page. */
export function Foot(): ReactNode {
  return (
    <div className="foot-shelf" aria-hidden="true">
      <ShelfOfSpines />
    </div>
  );
}
