import { StringDecoder } from 'node:string_decoder';

/** A stream of events was larger than it may be. */
export class TooMuchError extends Error {
  constructor() {
    super('more bytes than a stream of events may have');
    this.name = 'TooMuchError';
  }
}

/**
 * The `data` of each server-sent event, in order, whatever the bytes were cut into. Comments, other fields and an event
 * that the end cut off are left out. Throws TooMuchError past `mostBytes`.
 */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
  { mostBytes }: { mostBytes: number },
): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let data: string[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new TooMuchError();
    rest += decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    // A carriage return at the very end may be the first half of a line break.
    const held = rest.endsWith('\r') ? 1 : 0;
    const lines = rest.slice(0, rest.length - held).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + rest.slice(rest.length - held);
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield data.join('\n');
        data = [];
      } else if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
    }
  }
}
