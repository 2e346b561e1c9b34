import type { ReactNode } from 'react';
import type { Availability } from '../../../contract/availability.js';
import { usePhrases } from '../phrases/speech.js';

/** Says that circulation is simulated wherever a simulated availability is shown. */
export function DemoLabel({ of }: { of: readonly Availability[] }): ReactNode {
  const phrases = usePhrases();
  return of.some((a) => a.source === 'demo') ? <p className="demo-label">{phrases.demo}</p> : null;
}
