import t from 'tap';
import { ItemStatus } from '../../../../contract/vocabulary.js';
import { createStatusReader, statusNames } from '../../../../engine/ils/polaris/statuses.js';

const { read: statusOf, knows } = createStatusReader();

t.test('knows the names that Polaris comes with, however they are spelt', (t) => {
  for (const [name, status] of Object.entries(statusNames)) t.equal(statusOf(name), status, name);
  t.equal(statusOf('in process'), 'in_process');
  t.equal(statusOf('IN-TRANSIT'), 'in_transit');
  t.equal(statusOf('In Repair'), 'damaged');
  t.equal(statusOf('Non circulating'), 'reference_only');
  t.end();
});

t.test('takes a status with the due date behind it', (t) => {
  t.equal(statusOf('Out (Due: 3/12/2026)'), 'checked_out');
  t.equal(statusOf('Out Mar 12 2026'), 'checked_out');
  t.equal(statusOf('Held until 3/12/2026'), 'on_hold_shelf');
  t.equal(statusOf('In-Transit 3/12/2026'), 'in_transit', 'the longest name that fits, not "In"');
  t.end();
});

t.test('never calls available what it does not know', (t) => {
  const odd = [
    'In storage',
    'In (2)',
    'In 3/12/2026',
    'Inn',
    'Indexing',
    'In-Cataloging',
    'On display',
    '',
    '???',
  ];
  for (const name of odd) t.equal(statusOf(name), 'unknown', name);
  t.equal(statusOf('Out of order'), 'unknown', 'nor out what only begins so');
  t.end();
});

t.test('a library tells what its own names mean, and may move those of Polaris', (t) => {
  const { read: own, knows: ownKnows } = createStatusReader({
    'On display': 'available',
    Shelving: 'available',
    'In storage': 'reference_only',
  });
  t.equal(own('On Display'), 'available');
  t.equal(own('on display 3/12/2026'), 'unknown');
  t.equal(own('Shelving'), 'available');
  t.equal(own('In storage'), 'reference_only');
  t.equal(own('In'), 'available');
  t.equal(own('Under the desk'), 'unknown');
  t.ok(ownKnows('on display') && !knows('on display'));
  t.ok(knows('Unavailable'), 'it is known to be neither in nor out');
  t.end();
});

t.test('every name means a status that Carrel has', (t) => {
  for (const status of Object.values(statusNames)) t.ok(ItemStatus.safeParse(status).success, status);
  t.equal(
    Object.values(statusNames).filter((status) => status === 'available').length,
    1,
    'one of them "in"',
  );
  t.end();
});
