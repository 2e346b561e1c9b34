import type { ReactNode } from 'react';
import { ShelfOfSpines } from '../binding/shelf-of-spines.js';
import { usePhrases } from '../phrases/speech.js';

const SHOWN = 4;

interface ExamplesProps {
  /** The library's own questions; ours are shown when there are none. */
  examples: readonly string[];
  onAsk: (text: string) => void;
}

/** Questions to begin with. */
export function Examples({ examples, onAsk }: ExamplesProps): ReactNode {
  const phrases = usePhrases();
  const shown = examples.length > 0 ? examples.slice(0, SHOWN) : phrases.examples;
  return (
    <div className="examples">
      <h2 className="small-heading">{phrases.examplesLabel}</h2>
      <ul>
        {shown.map((text) => (
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
