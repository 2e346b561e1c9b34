import type { ReactNode } from 'react';
import { clamped } from './clamped.js';
import { usePhrases } from '../phrases/speech.js';
import { dashed } from './headings.js';
import { runsOf } from './quotes.js';

interface WhyProps {
  why: string;
  /** The words of it that stand in the record. */
  quotes: readonly string[];
  /** A model worded it: a dagger leads to the note that says so. */
  byModel: boolean;
}

/** One short line of why, with the words that stand in the record marked; the record page has the whole. */
export function Why({ why, quotes, byModel }: WhyProps): ReactNode {
  const phrases = usePhrases();
  if (why === '') return null;
  return (
    <p className="why" dir="auto">
      {clamped(runsOf(dashed(why), quotes.map(dashed))).map((run, i) =>
        run.quoted ? <mark key={i}>{run.text}</mark> : run.text,
      )}
      {byModel && <Dagger aside={phrases.longer.byAside} />}
    </p>
  );
}

/** Never alone at the start of a line. */
function Dagger({ aside }: { aside: string }): ReactNode {
  return (
    <>
      <span className="dagger" aria-hidden="true">
        {'\u2060†'}
      </span>
      <span className="sr-only"> ({aside})</span>
    </>
  );
}
