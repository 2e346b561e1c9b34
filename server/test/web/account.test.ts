import t from 'tap';
import type { Availability } from '../../contract/availability.js';
import { branchesFirst } from '../../web/src/account/branches-first.js';
import { daysOff, fullDay, isNothing, localDay, money, stampedDay } from '../../web/src/account/day.js';
import { inAt, mayHold } from '../../web/src/account/may-hold.js';
import { mayRenew } from '../../web/src/account/may-renew.js';
import { outcomeOf } from '../../web/src/account/use-deed.js';
import { Refused } from '../../web/src/api/refusal.js';
import { homeOf, routeOf } from '../../web/src/route.js';
import { secondsLeft } from '../../web/src/visit/seconds-left.js';

const noon = Date.parse('2026-11-21T12:00:00');

t.test('a date is the reader’s own day, wherever they are', (t) => {
  t.equal(localDay('2026-12-03'), '2026-12-03T12:00:00', 'a day is not midnight in Greenwich');
  t.equal(localDay('2026-12-03T22:59:00.000Z'), '2026-12-03T22:59:00.000Z');
  t.equal(fullDay('2026-12-03', noon, 'en'), '3 December');
  t.equal(fullDay('2027-01-03', noon, 'es'), '3 de enero de 2027');
  t.equal(stampedDay('2026-12-03', noon, 'en'), '3 Dec');
  t.equal(stampedDay('2027-12-03', noon, 'en'), '3 Dec 2027');
  t.equal(stampedDay('2027-01-06', noon, 'en'), '6 Jan', 'no year where nobody could mean another');
  t.equal(stampedDay('2025-12-03', noon, 'en'), '3 Dec 2025');
  t.end();
});

t.test('how far off a day is counts midnights, not hours', (t) => {
  const off = (date: string, locale = 'en'): string => daysOff(date, noon, locale);
  t.equal(off('2026-11-21T23:59:00'), 'today');
  t.equal(off('2026-11-22T00:01:00'), 'tomorrow');
  t.equal(off('2026-11-20T23:59:00'), 'yesterday');
  t.equal(off('2026-11-27'), 'in 6 days');
  t.equal(off('2026-11-18', 'es'), 'hace 3 días');
  t.end();
});

t.test('money is told as the system states it', (t) => {
  t.equal(money('2.40', 'EUR', 'en'), '€2.40');
  t.match(money('2.40', 'EUR', 'es'), /^2,40\s€$/);
  t.equal(money('2.40', 'USD', 'en'), '$2.40', 'as the library itself would write it');
  t.equal(money('-0.50', 'USD', 'en'), '-$0.50');
  t.equal(money('2.40', null, 'en'), '2.40', 'no currency is made up');
  t.equal(money('£2.40 plus costs', null, 'en'), '£2.40 plus costs');
  t.equal(money('about 2', 'EUR', 'en'), 'about 2 EUR');
  t.equal(money('2.40', 'euros', 'en'), '2.40 euros');
  t.end();
});

t.test('nothing is owed where the system says zero, not where it says nothing', (t) => {
  for (const amount of ['0', '0.00', '0,00', '€ 0.00', '-0.00']) t.ok(isNothing(amount), amount);
  for (const amount of ['', '-', 'unknown', '0.40', '10', '£1']) t.notOk(isNothing(amount), amount);
  t.end();
});

t.test('a renewal is offered unless the system says that none is left', (t) => {
  t.ok(mayRenew({ renewable: true, renewals_left: 2 }));
  t.ok(mayRenew({ renewable: null, renewals_left: null }), 'only trying shows it');
  t.ok(mayRenew({ renewable: true, renewals_left: 0 }), 'its plain word counts more than its count');
  t.notOk(mayRenew({ renewable: null, renewals_left: 0 }));
  t.notOk(mayRenew({ renewable: false, renewals_left: 2 }));
  t.end();
});

t.test('the branch one stands in and one’s own come first, once each', (t) => {
  const branches = ['A', 'B', 'C'].map((id) => ({ id, name: id }));
  const ids = (...first: (string | null | undefined)[]): string =>
    branchesFirst(branches, first)
      .map(({ id }) => id)
      .join('');
  t.equal(ids('C', 'B'), 'CBA');
  t.equal(ids('B', 'B'), 'BAC');
  t.equal(ids(undefined, null), 'ABC');
  t.equal(ids('Z', 'C'), 'CAB', 'a branch that does not lend there is not invented');
  t.end();
});

t.test('a hold is offered only where one makes sense', (t) => {
  const copies = (state: Availability['state'], ...statuses: Availability['branches'][0]['items'][0]['status'][]): Availability => ({
    state,
    asOf: null,
    stale: false,
    source: 'ils',
    branches: statuses.map((status, i) => ({ branch_id: `b${i}`, branch_name: '', available: status === 'available' ? 1 : 0, total: 1, items: [{ item_id: `${i}`, status }] })),
  }); // prettier-ignore
  t.ok(mayHold(copies('available', 'available')));
  t.ok(mayHold(copies('unavailable', 'checked_out')));
  t.ok(mayHold(copies('unavailable', 'reference_only', 'on_order')));
  t.notOk(mayHold(copies('online')), 'what is only online cannot be fetched');
  t.notOk(mayHold(copies('unknown')), 'while nobody sees the shelves nothing is promised');
  t.notOk(mayHold(copies('unavailable', 'reference_only', 'lost')), 'what stays in the house, or is gone');
  t.strictSame(inAt(copies('available', 'checked_out', 'available')), ['b1']);
  t.end();
});

t.test('what was cut off may have happened; what was refused has not', (t) => {
  t.equal(outcomeOf(new Refused({ kind: 'unreachable' })).phase, 'lost');
  t.equal(outcomeOf(new Refused({ kind: 'problem', code: 'internal', title: '' })).phase, 'lost');
  t.equal(outcomeOf(new SyntaxError('half an answer')).phase, 'lost');
  t.equal(outcomeOf(new Refused({ kind: 'problem', code: 'csrf_refused', title: '' })).phase, 'refused');
  t.equal(outcomeOf(new Refused({ kind: 'problem', code: 'too_many_requests', title: '' })).phase, 'refused');
  t.end();
});

t.test('a visit ends where it was idle too long, or has lasted as long as it may', (t) => {
  const can = {
    sign_in: true,
    see_account: true,
    renew: true,
    place_holds: true,
    cancel_holds: true,
    lenders: [],
  };
  const me = { signed_in: true, csrf: 'x', idle_seconds: 600, ends_at: new Date(noon + 3_600_000).toISOString(), home_branch_id: null, can }; // prettier-ignore
  t.equal(secondsLeft(me, noon, noon), 600);
  t.equal(secondsLeft(me, noon, noon + 590_000), 10);
  t.equal(secondsLeft(me, noon + 3_590_000, noon + 3_595_000), 5, 'no request prolongs the last end');
  t.equal(secondsLeft({ ...me, idle_seconds: null, ends_at: null }, noon, noon + 9e9), Infinity);
  t.end();
});

t.test('an address home keeps what it says of a kiosk and nothing of a visit', (t) => {
  t.equal(homeOf('/records/m1'), '/');
  t.equal(homeOf('/search?q=secret&branch=b1'), '/', 'in plain search a branch is a filter');
  t.equal(homeOf('/?branch=HARB&ai=off&q=secret'), '/?branch=HARB&ai=off');
  t.equal(homeOf('/records/m1?ai=off'), '/?ai=off');
  t.strictSame(routeOf('/account', ''), { page: 'account' });
  t.strictSame(routeOf('/my-data', ''), { page: 'my_data' });
  t.end();
});
