import type { Frame, Framer } from './frame.js';

const MAX_RECORD = 8 * 1024 * 1024;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const OPEN = [0x7b, 0x5b];
const CLOSE = [0x7d, 0x5d];

/**
 * Cuts JSON into the texts of its record objects: objects one after another (NDJSON) at `depth` 0, in an array at
 * depth 1, in an array inside one object at depth 2. A line that begins a new record ends one whose brackets do not
 * balance, so that one broken line costs one record.
 */
export function createJsonFramer(depth: number): Framer {
  let pending: Buffer = Buffer.alloc(0);
  let pendingOffset = 0;
  let scanned = 0;
  let level = 0;
  let inString = false;
  let escaped = false;
  let line = 1;
  let start = -1;
  let startLine = 1;

  function scan(): Frame[] {
    const frames: Frame[] = [];
    const buffer = pending;
    const frame = (end: number, more: Partial<Frame> = {}) => {
      frames.push({
        offset: pendingOffset + start,
        bytes: buffer.subarray(start, end),
        line: startLine,
        ...more,
      });
      start = -1;
    };
    for (let at = scanned; at < buffer.length; at++) {
      const byte = buffer[at] ?? 0;
      if (byte === NEWLINE) {
        line++;
        // NDJSON: whatever was open on the last line, a new line that begins with { is a new record.
        if (depth === 0 && start >= 0 && buffer[at + 1] === OPEN[0] && buffer[at + 2] === QUOTE) {
          frame(at, { refused: 'json_invalid' });
          level = 0;
          inString = false;
        }
      }
      if (escaped) escaped = false;
      else if (inString) {
        if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (OPEN.includes(byte)) {
        if (level === depth && byte === OPEN[0]) {
          start = at;
          startLine = line;
        }
        level++;
      } else if (CLOSE.includes(byte)) {
        level = Math.max(0, level - 1);
        if (level === depth && start >= 0) frame(at + 1);
      }
    }
    if (start >= 0 && buffer.length - start > MAX_RECORD)
      frame(buffer.length, { refused: 'record_over_limit' });
    const keep = start >= 0 ? start : buffer.length;
    pending = buffer.subarray(keep);
    pendingOffset += keep;
    scanned = buffer.length - keep;
    if (start >= 0) start = 0;
    return frames;
  }

  return {
    push(chunk) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      return scan();
    },
    end() {
      if (start < 0) return [];
      const bytes = pending.subarray(start);
      return [{ offset: pendingOffset + start, bytes, line: startLine, refused: 'json_invalid' }];
    },
    remarks: () => [],
  };
}

/** Depth at which a JSON file holds its records, by its first characters. */
export function recordDepth(start: string): number {
  if (start.startsWith('[')) return 1;
  const wrapper = /^\{\s*"([^"]+)"\s*:\s*\[\s*\{/.exec(start)?.[1];
  return wrapper === undefined || ['fields', 'controlfield', 'datafield'].includes(wrapper) ? 0 : 2;
}
