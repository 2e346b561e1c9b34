import type { Sip2Encoding } from './frame.js';

/** How the server misbehaves. Each may be changed at any time; those that say `once` go back to `no` by themselves. */
export interface Sip2Faults {
  /** Milliseconds before each reply, by the clock the simulator was opened with. */
  slowMs: number;
  /** Message codes that are read and neither acted on nor answered; 'all' for every one. */
  deafTo: readonly string[] | 'all';
  /** Message codes that are acted on and whose reply never goes out: a hold that succeeds, and then silence. */
  loseReplyTo: readonly string[];
  /** What follows a reply lost so: nothing at all, or the end of the connection. */
  loseBy: 'silence' | 'close';
  /** Only the first half of each reply goes out; the rest never, never with the connection closed, or in a second packet. */
  half: 'no' | 'then_silence' | 'then_close' | 'then_rest';
  byteByByte: boolean;
  /** A second message nobody asked for in the same packet, of another sequence number. */
  unasked: 'no' | 'before' | 'after';
  badChecksum: 'no' | 'once' | 'always';
  /** Asks for every message again (96), however right its checksum. */
  askAgain: 'no' | 'once' | 'always';
  wrongSequence: 'no' | 'once' | 'always';
  encoding: Sip2Encoding;
  /** Text that was UTF-8, read as Latin-1 and written as UTF-8 again. */
  mojibake: boolean;
  terminator: '\r' | '\r\n' | '\n';
  /** The connection is closed after so many replies. */
  dropAfter: number;
  /** Only the first message after login is answered on a connection; the others never. */
  onlyFirst: boolean;
  /** New connections are accepted and closed at once, as where a licence counts them. */
  full: boolean;
  /** CQ is left out of 24 and 64. */
  cqAbsent: boolean;
  /** CQ is Y when the PIN that came was empty. */
  cqYesWithoutPin: boolean;
  /** AO is filled up with blanks. */
  paddedAo: boolean;
  /** Fields of other vendors, fields twice, and one without a value. */
  extraFields: boolean;
  /** Lists are filled up with empty entries until BQ is reached. */
  paddedLists: boolean;
  /**
   * How BP and BQ are read: as the protocol says, with the last entry of a window left out (Evergreen), as if they asked
   * for a single entry (older Evergreens), not at all, or as a reason to show nothing.
   */
  windows: 'right' | 'one_short' | 'one_entry' | 'unread' | 'shows_nothing';
  /** A hold is cancelled, and the answer is that there was none (older Kohas). */
  cancelSaysNo: boolean;
  /** What stands in AS, AT, AU and CD: servers differ. */
  listsAs: 'barcode' | 'title' | 'composite';
  /** Holds are written as the address of a Perl hash. */
  holdsAsHash: boolean;
  /** Such as "2.0E". */
  version: string;
}

export const noFaults = (): Sip2Faults => ({
  slowMs: 0,
  deafTo: [],
  loseReplyTo: [],
  loseBy: 'silence',
  half: 'no',
  byteByByte: false,
  unasked: 'no',
  badChecksum: 'no',
  askAgain: 'no',
  wrongSequence: 'no',
  encoding: 'utf-8',
  mojibake: false,
  terminator: '\r',
  dropAfter: Infinity,
  onlyFirst: false,
  full: false,
  cqAbsent: false,
  cqYesWithoutPin: false,
  paddedAo: false,
  extraFields: false,
  paddedLists: false,
  windows: 'right',
  cancelSaysNo: false,
  listsAs: 'barcode',
  holdsAsHash: false,
  version: '2.00',
});
