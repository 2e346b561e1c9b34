import type { ReactNode } from 'react';
import type { Availability } from '../../../contract/availability.js';
import { useNow } from '../api/use-now.js';
import { usePhrases } from '../phrases/speech.js';
import { ecopyWords } from './ecopies.js';

/** E-copies beside those of paper, one line for each lender; the line leads to where one borrows it. */
export function EcopyLines({ availability: { ecopies } }: { availability: Availability }): ReactNode {
  const phrases = usePhrases();
  const now = useNow(5000);
  if (!ecopies || ecopies.length === 0) return null;
  return (
    <ul className="ecopies">
      {ecopies.map((copy, i) => {
        const { tone, where, sentence, note } = ecopyWords(copy, phrases, now);
        return (
          <li key={i} className={`ecopy ecopy-${tone}`}>
            {copy.url === undefined ? (
              <span>{where}</span>
            ) : (
              <a
                href={copy.url}
                target="_blank"
                rel="noopener noreferrer"
                title={phrases.patron.ecopy.elsewhere}
              >
                {where}
              </a>
            )}
            : <span className="ecopy-sentence">{sentence}</span>
            {note !== '' && <span className="whereabouts-note">, {note}</span>}
          </li>
        );
      })}
    </ul>
  );
}
