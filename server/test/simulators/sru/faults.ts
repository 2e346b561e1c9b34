import type { XmlEncoding } from '../oai/xml.js';

/** How the server misbehaves, or differs from the plainest; each may be changed at any time. */
export interface SruFaults {
  /** Milliseconds before each answer, by the clock the simulator was opened with. */
  slowMs: number;
  /** So many of the next requests are answered 503, with `retryAfter` seconds. */
  busy: number;
  retryAfter: string | undefined;
  failing: number;
  html: boolean;
  /** The connection ends in the middle, or the document does although the answer is as long as it says. */
  cutOff: 'no' | 'connection' | 'document';
  illFormed: boolean;
  greedyEntity: boolean;
  /** Every search gives diagnostic 2, "System temporarily unavailable". */
  unavailable: boolean;
  /** Of a schema that it does not know it tells in every record, beside a count of what it found, instead of at the top. */
  schemaToldInRecords: boolean;
  /** Positions, from 1, of records that cannot be shown just now: diagnostic 64 stands in their place. */
  hidden: readonly number[];
  /** Records come as escaped text, whatever was asked for. */
  alwaysString: boolean;
  /** Says no word of where the next record is. */
  noNextPosition: boolean;
  /** Records of a page come without their position. */
  noPositions: boolean;
  /** A page holds the records that the page before it held. */
  standingStill: boolean;
  /** Prefix of the protocol's own elements and of MARC's; '' for a default namespace. */
  sruPrefix: string;
  marcPrefix: string;
  collection: boolean;
  encoding: XmlEncoding;
}

export const noFaults = (): SruFaults => ({
  slowMs: 0,
  busy: 0,
  retryAfter: '5',
  failing: 0,
  html: false,
  cutOff: 'no',
  illFormed: false,
  greedyEntity: false,
  unavailable: false,
  schemaToldInRecords: false,
  hidden: [],
  alwaysString: false,
  noNextPosition: false,
  noPositions: false,
  standingStill: false,
  sruPrefix: 'zs',
  marcPrefix: '',
  collection: false,
  encoding: 'UTF-8',
});
