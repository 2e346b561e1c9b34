/** What bytes stand for letters outside ASCII. */
export type Sip2Encoding = 'utf-8' | 'latin1' | 'cp850';

const cp850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐' +
  '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';

export function encode(text: string, encoding: Sip2Encoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  const byteOf = (letter: string): number => {
    const point = letter.codePointAt(0) ?? 0;
    if (point < 0x80) return point;
    if (encoding === 'latin1') return point < 0x100 ? point : 0x3f;
    const at = cp850.indexOf(letter);
    return at < 0 ? 0x3f : 0x80 + at;
  };
  return Buffer.from([...text].map(byteOf));
}

export function decode(bytes: Buffer, encoding: Sip2Encoding): string {
  if (encoding === 'utf-8') return bytes.toString('utf8');
  if (encoding === 'latin1') return bytes.toString('latin1');
  return [...bytes]
    .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : cp850.charAt(byte - 0x80)))
    .join('');
}

/** Four upper-case hexadecimal digits: what has to be added to the bytes, "AZ" included, to make their sum 0 modulo 65,536. */
export function checksumOf(bytes: Buffer): string {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return ((0x10000 - (sum & 0xffff)) & 0xffff).toString(16).toUpperCase().padStart(4, '0');
}

/** The message with sequence number and checksum behind it; without its terminator. */
export function sealed(body: Buffer, sequence: string): Buffer {
  const summed = Buffer.concat([body, Buffer.from(`AY${sequence}AZ`, 'latin1')]);
  return Buffer.concat([summed, Buffer.from(checksumOf(summed), 'latin1')]);
}

/** A message with its trailer taken off; `sequence` undefined where it had none. */
export interface Unsealed {
  body: Buffer;
  sequence: string | undefined;
  isRight: boolean;
}

/** Looks for "AY" where it must stand, nine bytes before the end, as the servers do. */
export function unsealed(message: Buffer): Unsealed {
  const at = message.length - 9;
  if (message.length <= 11 || message.toString('latin1', at, at + 2) !== 'AY')
    return { body: message, sequence: undefined, isRight: true };
  const said = message.toString('latin1', message.length - 4).toUpperCase();
  return {
    body: message.subarray(0, at),
    sequence: message.toString('latin1', at + 2, at + 3),
    isRight: checksumOf(message.subarray(0, message.length - 4)) === said,
  };
}

/** Puts bytes together as they come and gives each whole message; CR, LF and NUL between messages do not count. */
export function createSplitter(): (bytes: Buffer) => Buffer[] {
  let kept = Buffer.alloc(0);
  return (bytes) => {
    kept = Buffer.concat([kept, bytes]);
    const messages: Buffer[] = [];
    for (;;) {
      let start = 0;
      while (start < kept.length && [0x00, 0x0a, 0x0d].includes(kept[start] ?? -1)) start += 1;
      const end = kept.findIndex((byte, at) => at >= start && (byte === 0x0d || byte === 0x0a));
      if (end < 0) {
        kept = kept.subarray(start);
        return messages;
      }
      messages.push(kept.subarray(start, end));
      kept = kept.subarray(end + 1);
    }
  };
}

/** `YYYYMMDDZZZZHHMMSS`: four blanks mean the server's own local time, here `offsetMinutes` ahead of UTC; "   Z" means UTC. */
export function sipDate(ms: number, { utc = false, offsetMinutes = 0 } = {}): string {
  const iso = new Date(ms + (utc ? 0 : offsetMinutes * 60_000)).toISOString();
  return (
    iso.slice(0, 10).replaceAll('-', '') + (utc ? '   Z' : '    ') + iso.slice(11, 19).replaceAll(':', '')
  );
}
