import t from 'tap';
import { entryReader } from '../../../../engine/ils/sip2/entry-text.js';
import { sipDates } from '../../../../engine/ils/sip2/dates.js';

const dates = sipDates({ zone: 'UTC', slash_dates: 'unread' });
const read = (pattern: string, line: string) =>
  entryReader(pattern, (text) => dates.read(text) !== undefined)(line);

t.test('a barcode, a title or a number alone', (t) => {
  t.same(read('{barcode}', ' 0440242746 '), { barcode: '0440242746' });
  t.same(read('{title}', 'The deep blue alibi'), { title: 'The deep blue alibi' });
  t.same(read('{title_id}', '815'), { title_id: '815' });
  t.end();
});

t.test('several in one line, a title with blanks among them', (t) => {
  const due = '20261205    235900';
  t.same(read('{barcode} {title} {due}', `B1 The deep blue alibi ${due}`), {
    barcode: 'B1',
    title: 'The deep blue alibi',
    due,
  });
  t.same(read('{barcode} {title} {due}', 'B1 Catch 22 2026-12-05 23:59:00'), {
    barcode: 'B1',
    title: 'Catch 22',
    due: '2026-12-05 23:59:00',
  });
  t.same(read('{title} / {author} ({barcode})', 'Catch 22 / Heller / J. (B1)'), {
    title: 'Catch 22 / Heller',
    author: 'J.',
    barcode: 'B1',
  });
  t.same(read('#{skip}#{barcode}#{title}', '#x#B1#Rock # roll'), { barcode: 'B1', title: 'Rock # roll' });
  t.same(read('{barcode};{call_number}', 'B1;FIC ADA'), { barcode: 'B1', call_number: 'FIC ADA' });
  t.end();
});

t.test('a line that does not fit the pattern is shown as it is, and no barcode is made of it', (t) => {
  t.same(read('{barcode}: {title}', 'Just a title'), { title: 'Just a title' });
  t.same(read('{title} [{barcode}]', 'A title'), { title: 'A title' });
  t.same(read('[{barcode}]', 'B1'), { title: 'B1' });
  t.same(read('{barcode}{due}', 'B1'), { title: 'B1' }, 'two with nothing between them cannot be told apart');
  t.same(read('', 'B1'), { title: 'B1' });
  t.same(read('{unknown} {title}', 'B1'), { title: 'B1' });
  t.end();
});

t.test('takes no longer for a line made to be slow', (t) => {
  const line = `${' '.repeat(60_000)}x${' '.repeat(1)}`;
  t.ok(read('{barcode} {title} {due}', `a${line}b`));
  t.ok(read('{title} {due}', ' a'.repeat(30_000)));
  t.end();
});
