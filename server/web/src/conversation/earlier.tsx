import type { ReactNode } from 'react';
import { usePhrases } from '../phrases/speech.js';
import { Answer, askedText } from './answer.js';
import type { Turn } from './turn.js';

/** Turns gone by, newest first, each folded to a line like an entry in a table of contents. */
export function Earlier({ turns }: { turns: readonly Turn[] }): ReactNode {
  const phrases = usePhrases();
  if (turns.length === 0) return null;
  return (
    <section className="earlier" aria-labelledby="earlier">
      <h2 id="earlier" className="small-heading">
        {phrases.earlier}
      </h2>
      <ol reversed>
        {turns.toReversed().map((turn) => (
          <li key={turn.key}>
            <details>
              <summary>
                <span className="earlier-question" dir="auto">
                  {askedText(turn.asked, phrases)}
                </span>
                <span className="earlier-leader" aria-hidden="true" />
                <span className="earlier-count">{phrases.count(turn.recommendations?.length ?? 0)}</span>
              </summary>
              <Answer turn={turn} />
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
}
