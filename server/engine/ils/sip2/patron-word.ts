import { isSame, type Reply } from './reply.js';
import type { SipDates } from './dates.js';
import type { Sip2Settings } from './settings.js';
import { withoutHtml } from './fields.js';

/** The fourteen places of a patron status, where Y means no. */
const flags = [
  'charge privileges denied',
  'renewal privileges denied',
  'recall privileges denied',
  'hold privileges denied',
  'card reported lost',
  'too many items charged',
  'too many items overdue',
  'too many renewals',
  'too many claims of items returned',
  'too many items lost',
  'excessive outstanding fines',
  'excessive outstanding fees',
  'recall overdue',
  'too many items billed',
] as const;
const DENIALS = 4;
/** What patrons come to see, and mend, in their account: being denied for it keeps them out only where settings say so. */
const mendable: ReadonlySet<(typeof flags)[number]> = new Set([
  'excessive outstanding fines',
  'excessive outstanding fees',
  'too many items charged',
  'too many items overdue',
  'too many items billed',
]);

/** Whether the patron and their PIN are right, by the fields of a 24 or 64 alone. */
export function isConfirmed(
  reply: Reply,
  card: string,
  settings: Pick<Sip2Settings, 'missing_cq' | 'card_in_answer'>,
): boolean {
  const pinWord = reply.first('CQ');
  const isPinRight = pinWord === 'Y' || (pinWord === undefined && settings.missing_cq === 'accept');
  const isSameCard = settings.card_in_answer === 'any' || isSame(reply.first('AA'), card);
  return reply.first('BL') === 'Y' && isPinRight && isSameCard;
}

/** Whether someone whose PIN is right may nevertheless not come in. */
export function standing(
  reply: Reply,
  settings: Pick<Sip2Settings, 'blocked_when' | 'pa_is_expiry'>,
  dates: SipDates,
  nowMs: number,
): 'ok' | 'blocked' | 'expired' {
  const isSet = (name: (typeof flags)[number]): boolean => reply.fixed[flags.indexOf(name)] === 'Y';
  const expires = settings.pa_is_expiry ? dates.read(reply.first('PA') ?? '') : undefined;
  if (expires !== undefined && Date.parse(expires) < nowMs) return 'expired';
  if (settings.blocked_when === 'never') return 'ok';
  if (isSet('card reported lost')) return 'blocked';
  const isDenied =
    isSet('charge privileges denied') &&
    isSet('renewal privileges denied') &&
    isSet('hold privileges denied');
  const isMendable = flags.some((name) => mendable.has(name) && isSet(name));
  return isDenied && !(isMendable && settings.blocked_when === 'denied') ? 'blocked' : 'ok';
}

/** Why the patron may not borrow: what the system says, and the causes by the names that SIP2 gives them. */
export function blocksOf(reply: Reply, settings: Pick<Sip2Settings, 'html_messages'>): string[] {
  const set = flags.filter((_name, place) => reply.fixed[place] === 'Y');
  const isDenied = flags.slice(0, DENIALS).some((name) => set.includes(name));
  const causes = set.filter((name) => flags.indexOf(name) >= DENIALS);
  if (set.length === 0) return [];
  const words = isDenied ? [saidIn(reply, settings)].filter((text) => text !== '') : [];
  const all = [...words, ...causes];
  return all.length > 0 ? all : set;
}

/** The server's own words to the patron; empty where it says none. */
export function saidIn(reply: Reply, settings: Pick<Sip2Settings, 'html_messages'>): string {
  const words = reply.all('AF').map((text) => (settings.html_messages ? withoutHtml(text) : text));
  return words.filter((text) => text !== '').join(' ');
}
