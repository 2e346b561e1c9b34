import type { ItemStatus } from '../../../contract/vocabulary.js';
import type { ListedStatus } from './status-list.js';

/**
 * Circulation statuses by the names that Polaris comes with and keeps. What copies carry is their description, which
 * libraries rename; Polaris's own list joins the two, and the setting `status_names` comes before both.
 */
export const statusNames: Readonly<Record<string, ItemStatus>> = {
  In: 'available',
  Out: 'checked_out',
  'Out-ILL': 'checked_out',
  Held: 'on_hold_shelf',
  Transferred: 'in_transit',
  'In-Transit': 'in_transit',
  Shelving: 'in_process',
  'In-Process': 'in_process',
  'On-Order': 'on_order',
  Missing: 'missing',
  Lost: 'lost',
  'Claim Returned': 'missing',
  'Claim Never Had': 'missing',
  'Claim Missing Parts': 'damaged',
  Withdrawn: 'withdrawn',
  Bindery: 'in_process',
  'In-Repair': 'damaged',
  'Non-Circulating': 'reference_only',
  Unavailable: 'unknown',
  Routed: 'checked_out',
  'Returned-ILL': 'unknown',
  'EContent External Loan': 'checked_out',
};

export interface StatusReader {
  /** What a circulation status means; `listed` are the descriptions that Polaris has for its own names. */
  read: (raw: string, listed?: readonly ListedStatus[]) => ItemStatus;
  /** Whether somebody has said what this very name means, be it "unknown". */
  knows: (name: string) => boolean;
  /** Whether this text, with or without a date behind it, can be read without Polaris's list. */
  reads: (raw: string) => boolean;
}

/**
 * Reads names without regard to case, hyphens and spaces. A name may be followed by a date, as that of a copy that is
 * out is; with anything behind it nothing is `available`.
 */
export function createStatusReader(ofLibrary: Readonly<Record<string, ItemStatus>> = {}): StatusReader {
  const known = new Map<string, ItemStatus>();
  for (const [name, status] of Object.entries(statusNames)) known.set(plain(name), status);
  for (const [name, status] of Object.entries(ofLibrary)) known.set(plain(name), status);
  const alone = lookupIn(known);

  return {
    read(raw, listed = []) {
      const said = alone(raw);
      if (said !== undefined || listed.length === 0) return said ?? 'unknown';
      const described = new Map<string, ItemStatus>();
      for (const { description, name } of listed) {
        const status = known.get(plain(name));
        if (status !== undefined) described.set(plain(description), status);
      }
      return lookupIn(described)(raw) ?? 'unknown';
    },
    knows: (name) => known.has(plain(name)),
    reads: (raw) => alone(raw) !== undefined,
  };
}

/** Looks a text up by its whole, else by the longest name that it begins with and only a date follows. */
function lookupIn(known: ReadonlyMap<string, ItemStatus>): (raw: string) => ItemStatus | undefined {
  const longestFirst = [...known.keys()].filter((name) => name !== '').sort((a, b) => b.length - a.length);
  return (raw) => {
    const name = plain(raw);
    const exact = known.get(name);
    if (exact !== undefined) return exact;
    const prefix = longestFirst.find((one) => name.startsWith(`${one} `));
    if (prefix === undefined || !/\d/.test(name.slice(prefix.length))) return undefined;
    const status = known.get(prefix);
    return status === 'available' ? undefined : status;
  };
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
