import t from 'tap';
import type { Availability, EcopyView } from '../../contract/availability.js';
import { ecopyWords } from '../../web/src/card/ecopies.js';
import { whereabouts } from '../../web/src/card/whereabouts.js';
import { en } from '../../web/src/phrases/en.js';
import { es } from '../../web/src/phrases/es.js';

const now = new Date('2026-11-21T15:00:00').getTime();
const iso = (agoMs: number): string => new Date(now - agoMs).toISOString();
const copy: EcopyView = {
  lender: 'OverDrive',
  status: 'available',
  owned: 5,
  available: 2,
  format: 'ebook',
  asOf: iso(20_000),
  stale: false,
};
const said = (change: Partial<EcopyView>, phrases = en): string => {
  const { where, sentence, note } = ecopyWords({ ...copy, ...change }, phrases, now);
  return [where, sentence, note].join(' | ');
};

t.test('e-copies are told with their count and their age', (t) => {
  t.equal(said({}), 'As an e-book with OverDrive | 2 of 5 in | checked 20 seconds ago');
  t.match(
    said({}, es),
    /^En libro electrónico con OverDrive \| 2 de 5 disponibles \| comprobado hace 20 segundos/,
  );
  const { lender, status, format, asOf, stale } = copy;
  t.match(
    ecopyWords({ lender, status, ...(format && { format }), asOf, stale }, en, now),
    { sentence: 'in' },
    'titles that are always in have no count',
  );
  t.match(said({ status: 'checked_out', available: 0, holds: 7 }), /out, 7 readers wait/);
  t.match(said({ status: 'checked_out', available: 0, holds: 1 }), /out, 1 reader waits/);
  t.match(said({ status: 'checked_out', available: 0 }), /out at the moment/);
  t.match(said({ format: 'eaudiobook' }), /^As an e-audiobook/);
  t.end();
});

t.test('what is only remembered, or not known, is never told as in', (t) => {
  t.equal(said({ asOf: iso(3_600_000), stale: true }), 'As an e-book with OverDrive | in as of 14:00 | ');
  t.equal(said({ status: 'unknown' }), 'As an e-book with OverDrive | I can’t see if it is in | ');
  t.equal(ecopyWords({ ...copy, stale: true }, en, now).tone, 'stale');
  t.equal(ecopyWords({ ...copy, status: 'unknown' }, en, now).tone, 'unknown');
  t.end();
});

t.test('while the system is being asked, that is said, with what is remembered', (t) => {
  const branch = { branch_id: 'b', branch_name: 'Harbour Street', available: 1, total: 1, items: [] };
  const asked: Availability = { state: 'available', asOf: iso(58 * 60_000), stale: true, source: 'ils', branches: [branch], checking: true }; // prettier-ignore
  t.match(whereabouts(asked, en, now), {
    tone: 'stale',
    sentence: 'Asking the branches what is in.',
    note: 'As of 14:02 it was in at Harbour Street.',
  });
  const never: Availability = { state: 'unknown', asOf: null, stale: false, source: 'ils', branches: [], checking: true }; // prettier-ignore
  t.match(whereabouts(never, en, now), {
    tone: 'stale',
    sentence: 'Asking the branches what is in.',
    note: '',
  });
  t.match(
    whereabouts({ ...asked, state: 'online' }, en, now),
    { tone: 'online' },
    'what is online needs no asking',
  );
  t.end();
});
