import t from 'tap';
import { epochForm, localTime, readTime, readUtc } from '../../../../engine/ils/polaris/dates.js';

const zone = 'America/New_York';

t.test('milliseconds are the moment; the offset only says which day the library calls it', (t) => {
  t.same(readTime('/Date(1646860372320-0600)/', zone), { ms: 1646860372320, day: '2022-03-09' });
  t.equal(readUtc('/Date(1646860372320-0600)/', zone), '2022-03-09T21:12:52.320Z');
  const midnight = Date.UTC(2026, 2, 5, 4, 59);
  t.equal(readTime(`/Date(${midnight}-0500)/`, 'Europe/Madrid')?.day, '2026-03-04');
  t.equal(readTime(`/Date(${midnight}+0100)/`, zone)?.day, '2026-03-05');
  t.equal(readTime(`/Date(${midnight}-0500)/`, zone)?.ms, readTime(`/Date(${midnight}+0100)/`, zone)?.ms);
  t.equal(
    readTime(`/Date(${midnight})/`, zone)?.day,
    '2026-03-04',
    'without one, by the zone of the settings',
  );
  t.end();
});

t.test('ISO with a zone is that moment, without one it is the library’s own time', (t) => {
  t.equal(readUtc('2022-01-04T14:58:32-0400', zone), '2022-01-04T18:58:32.000Z');
  t.equal(readUtc('2021-06-03T17:16:35.700Z', zone), '2021-06-03T17:16:35.700Z');
  t.equal(readUtc('2008-12-13T23:59:00', zone), '2008-12-14T04:59:00.000Z', 'winter');
  t.equal(readUtc('2026-07-01T23:59:00', zone), '2026-07-02T03:59:00.000Z', 'summer');
  t.equal(readUtc('2013-07-01T16:18:55.4', zone), '2013-07-01T20:18:55.400Z');
  t.equal(readTime('2026-03-04', zone)?.day, '2026-03-04');
  t.equal(readTime('2008-12-13T23:59:00', zone)?.day, '2008-12-13');
  t.end();
});

t.test('what the database prints is a day, or a minute of it', (t) => {
  t.equal(readUtc('Mar 20 2026 11:59PM', zone), '2026-03-21T03:59:00.000Z');
  t.equal(readUtc('Mar  5 2026 12:05AM', zone), '2026-03-05T05:05:00.000Z');
  t.equal(readUtc('Mar  5 2026  9:30AM', zone), '2026-03-05T14:30:00.000Z');
  t.equal(readTime('Mar  5 2026 12:00PM', zone)?.day, '2026-03-05');
  t.equal(readTime('Mar  5 2026 13:00PM', zone), undefined);
  t.equal(readTime('Mar  5 2026  0:30AM', zone), undefined);
  t.equal(readTime('Sep  5 2006', zone)?.day, '2006-09-05');
  t.equal(readUtc('Apr 27 2007 ', zone), '2007-04-27T04:00:00.000Z');
  t.end();
});

t.test('what is no date is none, and the year 1 is never', (t) => {
  const wrong = [
    '',
    '0001-01-01T00:00:00',
    '/Date(-62135578800000-0500)/',
    '2026-02-30T00:00:00',
    '2026-13-01',
    '2026-03-04T25:00:00',
    '3/4/2026',
    'Foo 5 2006',
    '/Date(99999999999999999999)/',
    'soon',
    null,
    12,
  ];
  for (const value of wrong) t.equal(readTime(value, zone), undefined, String(value));
  t.end();
});

t.test('goes out as Polaris wants it: local time in a query, milliseconds in a body', (t) => {
  const ms = Date.UTC(2026, 2, 4, 14, 2);
  t.equal(localTime(ms, zone), '2026-03-04T09:02:00');
  t.equal(localTime(Date.UTC(2026, 6, 1, 2), zone), '2026-06-30T22:00:00');
  t.equal(epochForm(ms), '/Date(1772632920000)/');
  for (const at of [ms, Date.UTC(2026, 2, 8, 6, 59), Date.UTC(2026, 2, 8, 7), Date.UTC(2026, 10, 1, 7)])
    t.equal(readTime(localTime(at, zone), zone)?.ms, at, 'and comes back the same');
  t.end();
});
