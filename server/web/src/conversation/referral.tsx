import type { ReactNode } from 'react';
import type { Referral as ReferralNote } from '../../../contract/conversation.js';
import { usePhrases } from '../phrases/speech.js';

/** What the library says to a topic that it wants people to handle; the books stand below it all the same. */
export function Referral({ note }: { note: ReferralNote }): ReactNode {
  const phrases = usePhrases();
  return (
    <aside className="referral" aria-label={phrases.referralTitle}>
      <h3 className="referral-title">{phrases.referralTitle}</h3>
      <p className="referral-words" dir="auto">
        {note.text}
      </p>
      <p className="referral-offer">{phrases.referralOffer}</p>
    </aside>
  );
}
