import t from 'tap';
import { labelLines } from '../../web/src/card/call-number.js';

t.test('a call number breaks where a spine label breaks', (t) => {
  const cases: [string, string[]][] = [
    ['FIC SAY', ['FIC', 'SAY']],
    ['823.912 CHR', ['823', '.912', 'CHR']],
    ['  J  FIC   LIN ', ['J', 'FIC', 'LIN']],
    ['PR6045.O72 T6 1992', ['PR', '6045', '.O72', 'T6', '1992']],
    ['PS3563.A31255B4', ['PS', '3563', '.A31255', 'B4']],
    ['QA76.9.D3 C67', ['QA', '76', '.9', '.D3', 'C67']],
    ['REF 030', ['REF', '030']],
    ['821.134.2-31', ['821', '.134.2', '-31']],
  ];
  for (const [callNumber, lines] of cases) t.strictSame(labelLines(callNumber), lines, callNumber);
  t.end();
});

t.test('no line is wider than the label, and no sign is lost', (t) => {
  const long = [
    '025.431:004.65(063)"2011"-07/ALD+v.11b',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMN',
    '中文小說 895.1348',
  ];
  for (const callNumber of long) {
    const lines = labelLines(callNumber);
    t.equal(lines.join(''), callNumber.replace(/\s+/g, ''), callNumber);
    t.ok(
      lines.every((line) => [...line].length <= 8),
      lines.join(' | '),
    );
  }
  t.end();
});

t.test('no call number makes no line', (t) => {
  t.strictSame(labelLines(''), []);
  t.strictSame(labelLines('   '), []);
  t.end();
});
