import type { ReactNode } from 'react';
import type { Availability } from '../../../contract/availability.js';
import { useNow } from '../api/use-now.js';
import { usePhrases } from '../phrases/speech.js';
import { whereabouts, type Whereabouts } from './whereabouts.js';

/** Where a title stands and how fresh that knowledge is; the time counts on by itself. */
export function AvailabilityLine({ availability }: { availability: Availability }): ReactNode {
  const { tone, sentence, note } = whereabouts(availability, usePhrases(), useNow(5000));
  return (
    <p className={`whereabouts whereabouts-${tone}`}>
      <Mark tone={tone} />
      <span>
        <span className="whereabouts-sentence">{sentence}</span>
        {note !== '' && (
          <span className="whereabouts-note">{/[.。]$/.test(sentence) ? ` ${note}` : `, ${note}`}</span>
        )}
      </span>
    </p>
  );
}

/** In, out and unknown differ in shape, not in colour alone. */
function Mark({ tone }: { tone: Whereabouts['tone'] }): ReactNode {
  const path = {
    in: 'M2 6.5 5 9.5 10 3',
    out: 'M2.5 6h7',
    online: 'M3 9 9 3M4.5 3H9v4.5',
    stale: 'M6 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M6 3.7V6l1.6 1.2',
    unknown: 'M6 9.8v.01M3.8 4.2a2.2 2.2 0 1 1 3.3 1.9C6.3 6.6 6 7 6 7.6',
  }[tone];
  return (
    <svg className="whereabouts-mark" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}
