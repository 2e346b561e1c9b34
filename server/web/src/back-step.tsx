import type { ReactNode } from 'react';
import { cameFrom, goBack } from './address.js';
import { usePhrases } from './phrases/speech.js';
import { routeAt } from './route.js';

/** The way back to where this page was reached from. */
export function BackStep(): ReactNode {
  const phrases = usePhrases();
  const leadsToConversation = routeAt(cameFrom() ?? '/').page === 'conversation';
  return (
    // A step back takes a moment: the second click of a double one would take another.
    <button type="button" className="back" onClick={(event) => event.detail < 2 && goBack('/')}>
      <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
        <path d="M8 2 4 6l4 4" />
      </svg>
      {leadsToConversation ? phrases.toConversation : phrases.back}
    </button>
  );
}
