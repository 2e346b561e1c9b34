import t from 'tap';
import { sipDates } from '../../../../engine/ils/sip2/dates.js';

const utc = sipDates({ zone: 'UTC', slash_dates: 'unread' });
const madrid = sipDates({ zone: 'Europe/Madrid', slash_dates: 'unread' });

t.test('writes local time in the zone of the library’s system', (t) => {
  const noon = Date.UTC(2026, 7, 4, 12, 0, 5);
  t.equal(utc.write(noon), '20260804    120005');
  t.equal(madrid.write(noon), '20260804    140005', 'summer');
  t.equal(madrid.write(Date.UTC(2026, 0, 4, 23, 30)), '20260105    003000', 'winter, and past midnight');
  t.equal(utc.write(noon).length, 18);
  t.end();
});

t.test('reads what it writes, in every month of a year', (t) => {
  const newYork = sipDates({ zone: 'America/New_York', slash_dates: 'unread' });
  for (const dates of [utc, madrid, newYork])
    for (let month = 0; month < 12; month += 1) {
      const ms = Date.UTC(2026, month, 15, 20, 1, 2);
      t.equal(dates.read(dates.write(ms)), new Date(ms).toISOString());
    }
  t.end();
});

t.test('a Z means UTC, blanks mean local, and another mark is not guessed at', (t) => {
  t.equal(madrid.read('20260804   Z101500'), '2026-08-04T10:15:00.000Z');
  t.equal(madrid.read('20260804    101500'), '2026-08-04T08:15:00.000Z');
  t.equal(madrid.read('20260804 EST101500'), undefined);
  t.end();
});

t.test('a time that the clocks skip is still a time', (t) => {
  t.match(madrid.read('20260329    023000'), /^2026-03-29T0[01]:30:00\.000Z$/);
  t.equal(madrid.read('20260329    033000'), '2026-03-29T01:30:00.000Z');
  t.end();
});

t.test('reads the forms in which servers write due dates', (t) => {
  t.equal(utc.read('2026-12-05 23:59:00'), '2026-12-05T23:59:00.000Z');
  t.equal(utc.read('2026-12-05 23:59'), '2026-12-05T23:59:00.000Z');
  t.equal(utc.read('2026-12-05T10:00:00'), '2026-12-05T10:00:00.000Z');
  t.equal(utc.read('2026-12-05'), '2026-12-05T23:59:59.000Z', 'a day ends in the evening');
  t.equal(utc.read('20261205'), '2026-12-05T23:59:59.000Z');
  t.equal(utc.read(' 20261205    235900 '), '2026-12-05T23:59:00.000Z');
  t.equal(utc.readDay('20501231'), '2050-12-31');
  t.equal(utc.readDay('20501231    000000'), '2050-12-31');
  t.equal(madrid.readDay('20501231   Z233000'), '2051-01-01');
  t.end();
});

t.test('reads the forms that a Koha is told to write: days between dots, clocks of twelve hours', (t) => {
  t.equal(utc.read('05.12.2026'), '2026-12-05T23:59:59.000Z');
  t.equal(utc.read('05.12.2026 17:30'), '2026-12-05T17:30:00.000Z');
  t.equal(utc.read('2026-12-05 12:05 AM'), '2026-12-05T00:05:00.000Z');
  t.equal(utc.read('2026-12-05 12:05 pm'), '2026-12-05T12:05:00.000Z');
  t.equal(utc.read('31.12.2026 11:59 PM'), '2026-12-31T23:59:00.000Z');
  t.equal(utc.read('12.31.2026'), undefined, 'the day stands first');
  t.equal(utc.read('2026-12-05 13:05 PM'), undefined, 'no hour of twelve');
  t.equal(utc.read('2026-12-05 0:05 AM'), undefined);
  t.end();
});

t.test('a day between strokes is read only when the settings say in which order', (t) => {
  const of = (slash_dates: 'unread' | 'month_first' | 'day_first') => sipDates({ zone: 'UTC', slash_dates });
  t.equal(of('unread').read('03/04/2026'), undefined);
  t.equal(of('month_first').readDay('03/04/2026'), '2026-03-04');
  t.equal(of('day_first').readDay('03/04/2026'), '2026-04-03');
  t.equal(of('day_first').read('3/4/2026 17:30'), '2026-04-03T17:30:00.000Z');
  t.equal(of('month_first').read('31/12/2026'), undefined, 'no such month');
  t.end();
});

t.test('what is no date is not made one', (t) => {
  for (const text of [
    '',
    'tomorrow',
    '20261305',
    '20260231    101500',
    '20260804    256000',
    '00000000',
    '0',
    '2026-02-30',
    '9'.repeat(100_000),
  ])
    t.equal(utc.read(text), undefined, text.slice(0, 30));
  t.equal(utc.readDay('A'), undefined);
  t.end();
});
