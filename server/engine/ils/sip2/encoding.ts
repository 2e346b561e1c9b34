import type { Sip2Settings } from './settings.js';

/** The upper half of code page 850, byte 0x80 first. */
const CP850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐' +
  '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';
const LATIN1 = Array.from({ length: 128 }, (_, n) => String.fromCharCode(0x80 + n)).join('');
const upperHalves = { latin1: LATIN1, cp850: CP850, ascii: '' };

/** Text to bytes of one encoding and back. */
export interface TextCode {
  /** Undefined when the encoding has no byte for one of the characters. */
  encode(text: string): Buffer | undefined;
  /** What is no text in this encoding becomes U+FFFD; never throws. */
  decode(bytes: Uint8Array): string;
}

export function textCode(name: Sip2Settings['encoding']): TextCode {
  if (name === 'utf-8') {
    const decoder = new TextDecoder('utf-8');
    return {
      encode: (text) =>
        /\p{Surrogate}/u.test(text) ? undefined : Buffer.from(text.normalize('NFC'), 'utf8'),
      decode: (bytes) => decoder.decode(bytes),
    };
  }
  const upper = upperHalves[name];
  const byteOf = new Map([...upper].map((character, n) => [character, 0x80 + n]));
  return {
    encode(text) {
      const bytes: number[] = [];
      for (const character of text.normalize('NFC')) {
        const code = character.codePointAt(0) ?? 0;
        const byte = code < 0x80 ? code : byteOf.get(character);
        if (byte === undefined) return undefined;
        bytes.push(byte);
      }
      return Buffer.from(bytes);
    },
    decode: (bytes) =>
      Array.from(bytes, (byte) =>
        byte < 0x80 ? String.fromCharCode(byte) : (upper[byte - 0x80] ?? '\ufffd'),
      ).join(''),
  };
}
