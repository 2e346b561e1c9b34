import { asciiNumber } from './ascii-number.js';
import type { Frame, Framer } from './frame.js';
import type { NoticeCode } from './notices.js';

const RECORD_END = 0x1d;
const FIELD_END = 0x1e;
const LEADER = 24;
const MAX_RECORD = 8 * 1024 * 1024;
const statuses = new Set(Buffer.from('acdnopsx '));

/**
 * Cuts a stream of ISO 2709 bytes into records, `offset` being the place of its first byte. A record's length is
 * trusted when a terminator stands at its end; otherwise the next terminator ends it, or an earlier leader whose own
 * length ends there, so that a damaged record never takes its neighbour along. Memory: one chunk and one record.
 */
export function createFramer(offset = 0): Framer {
  let pending: Buffer = Buffer.alloc(0);
  let pendingOffset = offset;
  let lineBreaks = 0;
  let filler = 0;
  let byteOrderMark = false;

  function drain(final: boolean): Frame[] {
    const frames: Frame[] = [];
    const buffer = pending;
    let at = 0;
    if (pendingOffset === 0 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) {
      byteOrderMark = true;
      at = 3;
    }
    for (;;) {
      const gap = at;
      let breaks = 0;
      while (at < buffer.length && isFiller(buffer[at]) && !blankLength(buffer, at)) {
        if (buffer[at] === 0x0a || buffer[at] === 0x0d) breaks++;
        at++;
      }
      const isLast = at >= buffer.length;
      // A closing line break or end-of-file mark is how many systems end any file.
      if (!(isLast && at - gap <= 3)) {
        lineBreaks += breaks;
        filler += at - gap - breaks;
      }
      if (isLast) break;
      const frame = nextFrame(buffer, at, final);
      if (frame === undefined) break;
      frames.push({ ...frame, offset: pendingOffset + at });
      at += frame.bytes.length;
    }
    pending = buffer.subarray(at);
    pendingOffset += at;
    return frames;
  }

  return {
    push(chunk) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      return drain(false);
    },
    end: () => drain(true),
    remarks() {
      const codes: NoticeCode[] = [];
      if (byteOrderMark) codes.push('byte_order_mark');
      if (lineBreaks > 0) codes.push('line_breaks_between_records');
      if (filler > 0) codes.push('filler_between_records');
      return codes;
    },
  };
}

/** The record at `at`; undefined when more bytes are needed to know its end. */
function nextFrame(buffer: Buffer, at: number, final: boolean): Omit<Frame, 'offset'> | undefined {
  const left = buffer.length - at;
  if (!final && left < LEADER) return undefined;
  const declared = asciiNumber(buffer, at, at + 5);
  const terminator = buffer.indexOf(RECORD_END, at);
  if (declared > LEADER) {
    const last = at + declared - 1;
    if (terminator === last) return { bytes: buffer.subarray(at, last + 1) };
    if (last >= buffer.length && !final) return undefined;
    if (buffer[last] === RECORD_END && !leaderFollows(buffer, terminator + 1)) {
      return { bytes: buffer.subarray(at, last + 1) };
    }
  }
  if (terminator < 0) {
    if (left > MAX_RECORD) return overLimit(buffer, at);
    return final ? { bytes: buffer.subarray(at), damage: 'truncated' } : undefined;
  }
  const inner = innerLeader(buffer, at + LEADER, terminator);
  if (inner !== undefined) return { bytes: buffer.subarray(at, inner), damage: 'length' };
  return { bytes: buffer.subarray(at, terminator + 1), damage: 'length' };
}

function overLimit(buffer: Buffer, at: number): Omit<Frame, 'offset'> {
  const inner = innerLeader(buffer, at + LEADER, undefined);
  return { bytes: buffer.subarray(at, inner ?? buffer.length), refused: 'record_over_limit' };
}

/** Place of a leader in [from, terminator) whose record ends at that terminator (or, without one, is all there). */
function innerLeader(buffer: Buffer, from: number, terminator: number | undefined): number | undefined {
  const stop = terminator ?? buffer.length;
  for (
    let at = buffer.indexOf('22', from + 10, 'latin1');
    at >= 0 && at < stop;
    at = buffer.indexOf('22', at + 1, 'latin1')
  ) {
    const start = at - 10;
    if (!isLeader(buffer, start)) continue;
    const end = start + asciiNumber(buffer, start, start + 5) - 1;
    if (terminator === undefined ? buffer[end] === RECORD_END : end === terminator) return start;
  }
  return undefined;
}

function leaderFollows(buffer: Buffer, from: number): boolean {
  let at = from;
  while (at < buffer.length && isFiller(buffer[at])) at++;
  return isLeader(buffer, at) && buffer[at + asciiNumber(buffer, at, at + 5) - 1] === RECORD_END;
}

/** A leader beyond doubt: numbers where they belong, a known status, and fields beginning where it says. */
function isLeader(buffer: Buffer, at: number): boolean {
  const length = asciiNumber(buffer, at, at + 5);
  const base = asciiNumber(buffer, at + 12, at + 17);
  return (
    length > LEADER &&
    base > LEADER &&
    base <= length &&
    statuses.has(buffer[at + 5] ?? 0) &&
    buffer[at + base - 1] === FIELD_END
  );
}

function isFiller(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0 || byte === 0x1a || byte === 0x20 || byte === 0x09;
}

/** True at a leader whose five-digit length was left blank, which must not pass for filler. */
function blankLength(buffer: Buffer, at: number): boolean {
  const status = buffer[at + 5] ?? 0x20;
  return status !== 0x20 && statuses.has(status) && buffer[at + 10] === 0x32 && buffer[at + 11] === 0x32;
}
