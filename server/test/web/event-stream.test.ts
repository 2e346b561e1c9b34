import t from 'tap';
import { createEventReader, type ServerEvent } from '../../web/src/api/event-stream.js';

const whole = 'event: text\ndata: {"delta":"Fünf"}\n\n: still here\n\nevent: done\ndata: {\ndata: }\n\n';
const events: ServerEvent[] = [
  { event: 'text', data: '{"delta":"Fünf"}' },
  { event: 'done', data: '{\n}' },
];

t.test('events come out however the text is cut', (t) => {
  for (const size of [1, 2, 3, 7, 1000]) {
    const reader = createEventReader();
    const read: ServerEvent[] = [];
    for (let at = 0; at < whole.length; at += size) read.push(...reader.push(whole.slice(at, at + size)));
    t.strictSame(read, events, `in pieces of ${size}`);
  }
  t.end();
});

t.test('every line ending counts, also one cut in half', (t) => {
  const crlf = createEventReader();
  t.strictSame(
    [...crlf.push('data: a\r\n\r'), ...crlf.push('\ndata: b\r\rdata: c\n\n')],
    [
      { event: 'message', data: 'a' },
      { event: 'message', data: 'b' },
      { event: 'message', data: 'c' },
    ],
  );
  t.end();
});

t.test('an event without data and one that is not finished are not events', (t) => {
  const reader = createEventReader();
  t.strictSame(reader.push('event: done\n\nid: 4\nretry: 10\ndata:x\n'), []);
  t.strictSame(reader.push('\n'), [{ event: 'message', data: 'x' }]);
  t.end();
});
