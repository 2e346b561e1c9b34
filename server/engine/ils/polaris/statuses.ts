import type { ItemStatus } from '../../../contract/vocabulary.js';

/**
 * Circulation statuses by the names that Polaris comes with. Libraries rename them and add their own, which the setting
 * `status_names` tells; a name that neither knows is `unknown`.
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
  /** What a circulation status means, by its name. */
  read: (raw: string) => ItemStatus;
  /** Whether somebody has said what this very name means, be it "unknown". */
  knows: (name: string) => boolean;
}

/**
 * Reads names without regard to case, hyphens and spaces. A name may be followed by a date, as that of a copy that is
 * out is; with anything behind it nothing is `available`.
 */
export function createStatusReader(ofLibrary: Readonly<Record<string, ItemStatus>> = {}): StatusReader {
  const known = new Map<string, ItemStatus>();
  for (const [name, status] of Object.entries(statusNames)) known.set(plain(name), status);
  for (const [name, status] of Object.entries(ofLibrary)) known.set(plain(name), status);
  const longestFirst = [...known.keys()].filter((name) => name !== '').sort((a, b) => b.length - a.length);

  return {
    read(raw) {
      const name = plain(raw);
      const exact = known.get(name);
      if (exact !== undefined) return exact;
      const prefix = longestFirst.find((one) => name.startsWith(`${one} `));
      if (prefix === undefined || !/\d/.test(name.slice(prefix.length))) return 'unknown';
      const status = known.get(prefix) ?? 'unknown';
      return status === 'available' ? 'unknown' : status;
    },
    knows: (name) => known.has(plain(name)),
  };
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
