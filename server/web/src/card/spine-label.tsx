import type { ReactNode } from 'react';
import { usePhrases } from '../phrases/speech.js';
import { labelLines } from './call-number.js';

/**
 * A call number set like the label on a book's spine. Read aloud it is one sentence; seen, it is stacked. Its size
 * follows the font size around it, so it can be carried large on a record page and on paper.
 */
export function SpineLabel({ callNumber }: { callNumber: string | null | undefined }): ReactNode {
  const phrases = usePhrases();
  const lines = labelLines(callNumber ?? '');
  if (lines.length === 0) {
    return (
      <span className="spine-label spine-label-none">
        <span className="sr-only">{phrases.noCallNumber}</span>
        <span aria-hidden="true">—</span>
      </span>
    );
  }
  return (
    <span className={lines.length > 5 ? 'spine-label spine-label-long' : 'spine-label'} dir="ltr">
      <span className="sr-only">
        {phrases.callNumber} {callNumber}
      </span>
      {lines.map((line, i) => (
        <span key={i} className="spine-label-line" aria-hidden="true">
          {line}
        </span>
      ))}
    </span>
  );
}
