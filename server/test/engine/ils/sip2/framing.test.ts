import t from 'tap';
import { createFrames, FloodError } from '../../../../engine/ils/sip2/framing.js';

const pushed = (chunks: (string | Buffer)[], most = 1_000): string[] => {
  const frames = createFrames(most);
  return chunks
    .flatMap((chunk) => frames.push(Buffer.from(chunk as string)))
    .map((one) => one.toString('latin1'));
};

t.test('whatever ends a message, the next one begins clean', (t) => {
  t.same(pushed(['941\r98\r']), ['941', '98'], 'two in one packet');
  t.same(pushed(['941\n98\n']), ['941', '98']);
  t.same(pushed(['941\r\n98\r\n']), ['941', '98']);
  t.same(pushed(['\r\n\x00\x00941\r', '\n\r\n98\r']), ['941', '98']);
  t.same(pushed(['941\r', '\n', '98\r\n']), ['941', '98'], 'CR and LF apart');
  t.same(pushed(['941']), [], 'none is whole before its end');
  t.end();
});

t.test('however the bytes are cut, the messages are the same', (t) => {
  const stream = '941AY0AZFDFD\r\n18030201AJ\u00e9t\u00e9|\r\n\r\n96AZFEF6\r';
  const whole = pushed([stream]);
  t.equal(whole.length, 3);
  const bytes = Buffer.from(stream);
  t.same(pushed(Array.from(bytes, (byte) => Buffer.from([byte]))), whole, 'byte by byte');
  for (let at = 1; at < bytes.length; at += 1)
    t.same(pushed([bytes.subarray(0, at), bytes.subarray(at)]), whole, `cut at ${at}`);
  t.end();
});

t.test('a message without an end is given up, and does not fill the memory', (t) => {
  t.throws(() => pushed(['a'.repeat(11)], 10), FloodError);
  t.throws(() => pushed(['a'.repeat(6), 'b'.repeat(6)], 10), FloodError);
  t.same(pushed([`${'a'.repeat(9)}\r${'b'.repeat(9)}\r`], 10).length, 2, 'each has its own measure');
  t.end();
});

t.test('knows what it holds of an unfinished message', (t) => {
  const frames = createFrames(100);
  frames.push(Buffer.from('941\r18'));
  frames.push(Buffer.from('03'));
  t.equal(frames.rest().toString(), '1803');
  frames.drop();
  t.equal(frames.rest().length, 0);
  t.same(frames.push(Buffer.from('98\r')).map(String), ['98']);
  t.end();
});
