import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { guessEncoding } from './legacy-encoding.js';

/**
 * Turns chunks of a table into text: UTF-8, UTF-16 by its byte order mark, or the Windows encoding its first letters
 * beyond ASCII show. `label()` names the encoding once it is known.
 */
export function createTextReader(): {
  read(chunk: Buffer): string;
  end(): string;
  label(): string | undefined;
} {
  let label: string | undefined;
  let decoder: TextDecoder | undefined;
  let isFirst = true;

  function choose(chunk: Buffer): void {
    if (isFirst && chunk[0] === 0xff && chunk[1] === 0xfe) label = 'utf-16le';
    else if (isFirst && chunk[0] === 0xfe && chunk[1] === 0xff) label = 'utf-16be';
    else if (isUtf8(wholeSequences(chunk))) label = 'utf-8';
    else {
      const guess = guessEncoding(chunk, '');
      label = guess === 'marc8' ? 'windows-1252' : guess;
    }
    decoder = new TextDecoder(label);
  }

  return {
    read(chunk) {
      if (decoder === undefined && !isAscii(chunk)) choose(chunk);
      isFirst = false;
      return decoder === undefined ? chunk.toString('latin1') : decoder.decode(chunk, { stream: true });
    },
    end: () => decoder?.decode() ?? '',
    label: () => label,
  };
}

/** The bytes without a sequence that the end of the chunk cuts. */
function wholeSequences(chunk: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= chunk.length; back++) {
    const byte = chunk[chunk.length - back] ?? 0;
    if (byte >= 0xc0) return chunk.subarray(0, chunk.length - back);
    if (byte < 0x80) return chunk;
  }
  return chunk;
}
