import type { ReactNode } from 'react';
import { clamped } from './clamped.js';
import { dashed } from './headings.js';
import { runsOf } from './quotes.js';

/** One short line of why, with the words that stand in the record marked; the record page has the whole. */
export function Why({ why, quotes }: { why: string; quotes: readonly string[] }): ReactNode {
  if (why === '') return null;
  return (
    <p className="why" dir="auto">
      {clamped(runsOf(dashed(why), quotes.map(dashed))).map((run, i) =>
        run.quoted ? <mark key={i}>{run.text}</mark> : run.text,
      )}
    </p>
  );
}
