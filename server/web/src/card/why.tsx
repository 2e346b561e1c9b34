import type { ReactNode } from 'react';
import { runsOf } from './quotes.js';

/** One line of why, with the words that stand in the record marked. */
export function Why({ why, quotes }: { why: string; quotes: readonly string[] }): ReactNode {
  if (why === '') return null;
  return (
    <p className="why" dir="auto">
      {runsOf(dashed(why), quotes.map(dashed)).map((run, i) =>
        run.quoted ? <mark key={i}>{run.text}</mark> : run.text,
      )}
    </p>
  );
}

/** Catalogues write two hyphens for a dash. */
function dashed(text: string): string {
  return text.replaceAll(' -- ', ' — ');
}
