import { TextDecoder } from 'node:util';

/** Bytes of XML or JSON as UTF-8 when they begin with a UTF-16 byte order mark, else as they are. */
export async function* utf8Chunks(chunks: AsyncIterable<Buffer>, head: Buffer): AsyncGenerator<Buffer> {
  const mark = head.toString('hex', 0, 2);
  if (mark !== 'fffe' && mark !== 'feff') {
    yield* chunks;
    return;
  }
  const decoder = new TextDecoder(mark === 'fffe' ? 'utf-16le' : 'utf-16be');
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
}

/** Decodes records by the encoding that the XML declaration names; unknown names and UTF-16 (converted before) are UTF-8. */
export function xmlDecoder(head: Buffer): (bytes: Buffer) => string {
  const declared = /^[^<]*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)["']/.exec(
    head.toString('latin1', 0, 200),
  )?.[1];
  const label = declared?.toLowerCase() ?? 'utf-8';
  if (label.startsWith('utf')) return (bytes) => bytes.toString('utf8');
  try {
    const decoder = new TextDecoder(label);
    return (bytes) => decoder.decode(bytes);
  } catch {
    return (bytes) => bytes.toString('utf8'); // The label names no encoding there is.
  }
}
