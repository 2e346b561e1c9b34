import type { Frame, Framer } from './frame.js';
import type { NoticeCode } from './notices.js';

const MAX_RECORD = 8 * 1024 * 1024;
const LT = 0x3c;
const NEWLINE = 0x0a;
const marcElement = /<(?:[\w.-]+:)?(?:leader|controlfield|datafield)[\s>/]/;

/**
 * Cuts MARCXML into the texts of its `record` elements, whatever their prefix and whatever stands around them
 * (collection, OAI-PMH envelope). A record that does not end before the next one begins is refused alone.
 */
export function createXmlFramer(): Framer {
  let pending: Buffer = Buffer.alloc(0);
  let offset = 0;
  let line = 1;
  let hasComments = false;

  /** Drops `count` bytes from the front. */
  function advance(count: number): void {
    for (let at = pending.indexOf(NEWLINE); at >= 0 && at < count; at = pending.indexOf(NEWLINE, at + 1))
      line++;
    pending = pending.subarray(count);
    offset += count;
  }

  function take(length: number, more: Partial<Frame> = {}): Frame {
    const frame = { offset, line, bytes: pending.subarray(0, length), ...more };
    if (frame.bytes.includes('<!--')) hasComments = true;
    advance(length);
    return frame;
  }

  function drain(final: boolean): Frame[] {
    const frames: Frame[] = [];
    for (;;) {
      const start = nextTag(pending, 0, false);
      if (start === undefined) {
        // Keep what may be the beginning of a tag.
        if (pending.subarray(0, Math.max(0, pending.length - 1024)).includes('<!--')) hasComments = true;
        if (!final) advance(Math.max(0, pending.length - 1024));
        else if (pending.includes('<!--')) hasComments = true;
        return frames;
      }
      if (pending.subarray(0, start.at).includes('<!--')) hasComments = true;
      advance(start.at);
      const end = nextTag(pending, 1, true);
      const inner = nextTag(pending, 1, false);
      if (inner !== undefined && (end === undefined || inner.at < end.at)) {
        // An OAI-PMH record wraps the MARC record; a MARC record cut short has fields of its own before the next.
        if (marcElement.test(pending.toString('latin1', 0, inner.at))) {
          frames.push(take(inner.at, { refused: 'xml_not_well_formed' }));
        } else advance(inner.at);
      } else if (end !== undefined) {
        frames.push(take(end.end));
      } else if (final || pending.length > MAX_RECORD) {
        frames.push(take(pending.length, final ? { damage: 'truncated' } : { refused: 'record_over_limit' }));
        return frames;
      } else return frames;
    }
  }

  return {
    push(chunk) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      return drain(false);
    },
    end: () => drain(true),
    remarks(): NoticeCode[] {
      return hasComments ? ['xml_comments'] : [];
    },
  };
}

/** Next start (or end) tag of an element named record with any prefix: its place and the place after it. */
function nextTag(buffer: Buffer, from: number, closing: boolean): { at: number; end: number } | undefined {
  for (
    let at = buffer.indexOf('record', from, 'latin1');
    at >= 0;
    at = buffer.indexOf('record', at + 6, 'latin1')
  ) {
    const after = buffer[at + 6];
    if (after === undefined || !(after === 0x3e || after === 0x2f || after <= 0x20)) continue;
    const open = buffer.lastIndexOf(LT, at);
    if (open < from || at - open > 64) continue;
    const name = buffer.toString('latin1', open + 1, at);
    if (!(closing ? /^\/(?:[\w.-]+:)?$/ : /^(?:[\w.-]+:)?$/).test(name)) continue;
    const close = buffer.indexOf(0x3e, at);
    if (close < 0) return undefined;
    return { at: open, end: close + 1 };
  }
  return undefined;
}
