import { createHash } from 'node:crypto';
import { IlsFault } from '../ils-fault.js';
import type { IlsPatron } from '../patron.js';
import type { SipCard } from './request.js';
import type { Sip2Settings } from './settings.js';

/**
 * Card and PIN of those who are signed in, in memory alone and out of reach of anyone who holds the patron: SIP2 wants
 * them in every message.
 */
export interface Visits {
  begin(card: SipCard, homeBranchId: string | undefined): IlsPatron;
  /** Throws IlsFault `refused` for a patron whose visit has ended. */
  get(patron: IlsPatron): SipCard;
  /** Forgets them; undefined where nothing was kept. */
  end(patron: IlsPatron): SipCard | undefined;
}

export function createVisits(settings: Pick<Sip2Settings, 'name' | 'institution' | 'send_pin'>): Visits {
  const cards = new WeakMap<IlsPatron, SipCard>();
  return {
    begin({ card, pin }, homeBranchId) {
      const patron: IlsPatron = Object.freeze({ id: patronIdOf(card, settings.institution), homeBranchId });
      cards.set(patron, { card, pin: settings.send_pin === 'always' ? pin : '' });
      return patron;
    },
    get(patron) {
      const card = cards.get(patron);
      if (!card) throw new IlsFault('refused', settings.name, { mayHaveHappened: false });
      return card;
    },
    end(patron) {
      const card = cards.get(patron);
      cards.delete(patron);
      return card;
    },
  };
}

/** SIP2 tells no number but the card's: a digest of it is as stable, and is not the card when it is seen. */
export function patronIdOf(card: string, institution: string): string {
  const text = `${institution}\n${card.trim().toUpperCase()}`;
  return `sip2-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}
