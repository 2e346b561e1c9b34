import t from 'tap';
import { ItemRow, statusOf } from '../../../../engine/ils/koha/item-status.js';

const clean = {
  item_id: 11,
  withdrawn: 0,
  lost_status: 0,
  damaged_status: 0,
  not_for_loan_status: 0,
  restricted_status: null,
  checked_out_date: null,
};
const statusIn = (row: Record<string, unknown>) => statusOf(ItemRow.parse({ ...clean, ...row }));

t.test('nothing stands against a copy that is available', (t) => {
  t.same(statusIn({}), { status: 'available', rawStatus: 'available' });
  t.equal(
    statusIn({ checkout: null, transfer: null, first_hold: null, in_bundle: false }).status,
    'available',
  );
  t.equal(statusIn({ withdrawn: '0', lost_status: null }).status, 'available', 'numbers as text, and null');
  t.end();
});

t.test('each column has its word, and keeps its number', (t) => {
  const rows: [Record<string, unknown>, string, string][] = [
    [{ withdrawn: 1 }, 'withdrawn', 'withdrawn 1'],
    [{ lost_status: 2 }, 'lost', 'lost_status 2'],
    [{ damaged_status: 1 }, 'damaged', 'damaged_status 1'],
    [{ not_for_loan_status: 2 }, 'reference_only', 'not_for_loan_status 2'],
    [{ not_for_loan_status: -1 }, 'on_order', 'not_for_loan_status -1'],
    [{ effective_not_for_loan_status: 1 }, 'reference_only', 'effective_not_for_loan_status 1'],
    [{ restricted_status: 1 }, 'reference_only', 'restricted_status 1'],
    [{ in_bundle: true }, 'unknown', 'in_bundle'],
    [{ checked_out_date: '2026-03-01' }, 'checked_out', 'checked out'],
    [{ first_hold: { status: 'W' } }, 'on_hold_shelf', 'first_hold W'],
    [{ first_hold: { status: 'T' } }, 'in_transit', 'first_hold T'],
    [{ first_hold: { status: 'P' } }, 'in_process', 'first_hold P'],
    [{ first_hold: { status: null } }, 'available', 'available'],
    [{ recall: { status: 'waiting' } }, 'on_hold_shelf', 'recall waiting'],
    [{ recall: { status: 'waiting', item_id: 11 } }, 'on_hold_shelf', 'recall waiting'],
    [{ recall: { status: 'waiting', item_id: 12 } }, 'available', 'available'],
  ];
  for (const [row, status, rawStatus] of rows) t.match(statusIn(row), { status, rawStatus }, rawStatus);
  t.end();
});

t.test('the first that matches counts', (t) => {
  const all = { withdrawn: 1, lost_status: 1, checked_out_date: '2026-03-01', damaged_status: 1 };
  t.equal(statusIn(all).status, 'withdrawn');
  t.equal(statusIn({ ...all, withdrawn: 0 }).status, 'lost');
  t.equal(statusIn({ ...all, withdrawn: 0, lost_status: 0 }).status, 'checked_out');
  t.equal(statusIn({ damaged_status: 1, first_hold: { status: 'W' } }).status, 'on_hold_shelf');
  t.end();
});

t.test('the item type’s rule is heeded where Koha tells it, and the copy’s own where it does not', (t) => {
  t.equal(statusIn({ effective_not_for_loan_status: 0, not_for_loan_status: 3 }).status, 'available');
  t.equal(statusIn({ not_for_loan_status: 3 }).status, 'reference_only');
  t.end();
});

t.test('a transfer counts from when it was sent until it has come or was called off', (t) => {
  const sent = { datesent: '2026-03-03 10:00:00', datearrived: null, datecancelled: null };
  t.equal(statusIn({ transfer: sent }).status, 'in_transit');
  t.equal(statusIn({ transfer: { ...sent, datesent: null } }).status, 'available', 'asked for, not sent');
  t.equal(statusIn({ transfer: { ...sent, datearrived: '2026-03-04 09:00:00' } }).status, 'available');
  t.equal(statusIn({ transfer: { ...sent, datecancelled: '2026-03-04 09:00:00' } }).status, 'available');
  t.equal(statusIn({ transfer: { branchtransfer_id: 1 } }).status, 'in_transit', 'a form that is not known');
  t.end();
});

t.test('what is not known is never available', (t) => {
  t.equal(statusIn({ first_hold: { status: 'X' } }).status, 'unknown');
  t.not(statusIn({ lost_status: 'yes' }).status, 'available');
  t.equal(statusOf(ItemRow.parse({ item_id: 1 })).status, 'unknown', 'a row without its columns');
  t.equal(statusOf(ItemRow.parse({ ...clean, lost_status: undefined })).status, 'unknown');
  t.end();
});

t.test('a copy on order can be held, one for the reading room cannot, of others only Koha knows', (t) => {
  t.equal(statusIn({ not_for_loan_status: -1 }).holdable, true);
  t.equal(statusIn({ not_for_loan_status: 1 }).holdable, false);
  t.equal(statusIn({}).holdable, undefined);
  t.end();
});

t.test('a due date is one only with its time zone, and words of the library are kept', (t) => {
  t.equal(
    statusIn({ checkout: { due_date: '2026-03-20T23:59:00+02:00' } }).dueAt,
    '2026-03-20T21:59:00.000Z',
  );
  t.equal(statusIn({ checkout: { due_date: '2026-03-20 23:59:00' } }).dueAt, undefined);
  const told = statusIn({ lost_status: 4, _strings: { lost_status: { str: 'Missing' } } });
  t.equal(told.rawStatus, 'lost_status 4 (Missing)');
  t.end();
});
