import t from 'tap';
import { noCounts } from '../../../engine/imports/checkpoint.js';
import { doneMessage, interruptedMessage, nothingMessage } from '../../../engine/imports/message.js';
import { createProgressMeter } from '../../../engine/imports/progress.js';
import { noProgress } from '../../../engine/jobs/job-store.js';

t.test('rates count from the first report, the total is estimated by bytes', (t) => {
  let clock = 50_000;
  const measure = createProgressMeter(() => clock);
  const at = (records: number, bytesRead: number, finishing = false) =>
    measure({ counts: { ...noCounts, records }, notices: [], bytesRead, totalBytes: 100_000, finishing });
  t.match(at(1000, 10_000), { records: 1000, total: 10_000, per_second: 0, seconds_left: null });
  clock += 2000;
  t.match(at(5000, 50_000), { total: 10_000, per_second: 2000, seconds_left: 3 });
  clock += 2000;
  t.match(at(9000, 100_000), { total: 9000, per_second: 2000, seconds_left: 0 });
  t.match(at(9000, 100_000, true), { total: 9000, seconds_left: null });
  t.end();
});

t.test('a source of unknown size has no total', (t) => {
  const measure = createProgressMeter(() => 0);
  const counts = { ...noCounts, records: 10 };
  t.match(measure({ counts, notices: [], bytesRead: 5, totalBytes: null, finishing: false }), {
    total: null,
    seconds_left: null,
  });
  t.end();
});

t.test('messages are sentences with plain figures', (t) => {
  t.equal(nothingMessage(noProgress, 5587), 'Nothing changed: 5,587 records are as they were.');
  t.equal(nothingMessage(noProgress, 1), 'Nothing changed: 1 record is as it was.');
  t.equal(
    doneMessage({ ...noProgress, added: 2, removed: 1, repaired: 3 }, 1200),
    'The catalogue holds 1,200 records: 2 added, 0 changed, 0 unchanged, 1 removed. 3 repaired; each is listed in the quarantine with its reason.',
  );
  t.equal(
    interruptedMessage({ ...noProgress, records: 12_000 }),
    'Interrupted after 12,000 records; the work so far is kept and can be resumed.',
  );
  t.end();
});
