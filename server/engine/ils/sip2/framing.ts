const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;

/** More came than a message, or all answers together, may hold. */
export class FloodError extends Error {
  constructor() {
    super('more bytes than an answer may have');
    this.name = 'FloodError';
  }
}

/** Cuts bytes into messages, whatever pieces they come in. */
export interface Frames {
  /** The messages that are now whole, without their terminators; empty ones are left out. Throws FloodError. */
  push(chunk: Buffer): Buffer[];
  /** What has come of a message that is not whole yet. */
  rest(): Buffer;
  /** Forgets the unfinished message. */
  drop(): void;
}

/** CR, LF, CRLF and NUL all end a message or stand before one. */
export function createFrames(mostBytes: number): Frames {
  let parts: Buffer[] = [];
  let held = 0;

  const keep = (part: Buffer): void => {
    held += part.length;
    if (held > mostBytes) throw new FloodError();
    if (part.length > 0) parts.push(part);
  };
  const take = (): Buffer => {
    const message = Buffer.concat(parts);
    parts = [];
    held = 0;
    return message;
  };

  return {
    push(chunk) {
      const messages: Buffer[] = [];
      let start = 0;
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at];
        if (byte !== CR && byte !== LF && byte !== NUL) continue;
        keep(chunk.subarray(start, at));
        start = at + 1;
        const message = take();
        if (message.length > 0) messages.push(message);
      }
      keep(chunk.subarray(start));
      return messages;
    },
    rest: () => Buffer.concat(parts),
    drop: () => void take(),
  };
}
