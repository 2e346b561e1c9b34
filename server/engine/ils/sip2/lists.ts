import type { Reply } from './reply.js';
import { summaryPlaces, type SummaryPart } from './request.js';

/** Fields in which the lists of an account come. */
export const listFields = {
  holds: 'AS',
  unavailable_holds: 'CD',
  charged: 'AU',
  fines: 'AV',
  overdue: 'AT',
} as const satisfies Record<SummaryPart, string>;

/** Lines of one list. `withheld`: the system counts some but shows none; `untold`: it says nothing at all. */
export type Lines = string[] | 'withheld' | 'untold';

/** What of a list is asked for: all of it, or a window that begins at `from`, counted from 1. */
export type AskFor = (what: { part: SummaryPart; from?: number }) => Promise<Reply>;

/** No list has more windows: whoever has more entries sees the first ones. */
const MOST_WINDOWS = 10;

/**
 * Asks for a list window by window, as long as the system counts more entries than have come. Where it leaves some out,
 * as servers do that read a window wrongly, the list is asked for once without windows, and the longer answer counts.
 */
export async function readList(
  part: SummaryPart,
  hasWindows: boolean,
  askFor: AskFor,
): Promise<{ lines: Lines; reply: Reply }> {
  const field = listFields[part];
  let reply = await askFor(hasWindows ? { part, from: 1 } : { part });
  let lines = reply.all(field);
  const counted = countOf(reply, part);
  let covered = reply.count(field);
  /** Blank entries have come too: of a hold on a title without copies, for one. */
  const isMore = (): boolean => hasWindows && counted !== undefined && covered < counted;
  for (let turn = 1; turn < MOST_WINDOWS && isMore() && covered > 0; turn += 1) {
    const next = await askFor({ part, from: covered + 1 });
    const more = next.all(field);
    // A server that reads no BP says the same again.
    if (more.length === 0 || more.join('|') === reply.all(field).join('|')) break;
    reply = next;
    lines.push(...more);
    covered += next.count(field);
  }
  if (isMore()) {
    const whole = await askFor({ part });
    reply = whole;
    if (whole.all(field).length > lines.length) lines = whole.all(field);
  }
  if (lines.length > 0 || counted === 0) return { lines, reply };
  return { lines: counted === undefined ? 'untold' : 'withheld', reply };
}

/** Undefined where the system leaves the place blank. */
function countOf(reply: Reply, part: SummaryPart): number | undefined {
  const start = 35 + summaryPlaces[part] * 4;
  const digits = reply.fixed.slice(start, start + 4);
  return /^\d{4}$/.test(digits) ? Number(digits) : undefined;
}
