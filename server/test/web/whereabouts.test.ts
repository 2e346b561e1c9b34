import t from 'tap';
import type { Availability, BranchAvailability } from '../../contract/availability.js';
import { ago, unnamedBranch, whereabouts } from '../../web/src/card/whereabouts.js';
import { en } from '../../web/src/phrases/en.js';
import { es } from '../../web/src/phrases/es.js';

const now = Date.parse('2026-05-01T12:00:00.000Z');
const branch = (name: string, available: number, more: Partial<BranchAvailability> = {}): BranchAvailability => ({
  branch_id: name, branch_name: name, available, total: Math.max(1, available), items: [], ...more,
}); // prettier-ignore
const availability = (more: Partial<Availability>): Availability => ({
  state: 'available', asOf: '2026-05-01T11:59:40.000Z', stale: false, source: 'ils', branches: [], ...more,
}); // prettier-ignore
const said = (a: Availability, phrases = en): string => {
  const { sentence, note } = whereabouts(a, phrases, now);
  return note === '' ? sentence : `${sentence}, ${note}`;
};

t.test('a title that is in says where and how fresh that is', (t) => {
  const one = availability({ branches: [branch('Harbour Street', 1), branch('Old Town', 0)] });
  t.equal(said(one), 'In at Harbour Street, checked 20 seconds ago');
  t.equal(said(one, es), 'Disponible en Harbour Street, comprobado hace 20 segundos');
  const two = availability({ branches: [branch('Harbour Street', 1), branch('Old Town', 2)] });
  t.equal(said(two), 'In at Harbour Street and Old Town, checked 20 seconds ago');
  const many = availability({ branches: ['A', 'B', 'C', 'D'].map((name) => branch(name, 1)) });
  t.equal(said(many), 'In at A and 3 other branches, checked 20 seconds ago');
  t.equal(said(availability({})), 'In, checked 20 seconds ago', 'also when no branch is named');
  t.end();
});

t.test('a title that is out says until when, if anyone knows', (t) => {
  const out = { state: 'unavailable' as const };
  const copy = (due_at?: string) => ({
    item_id: '1',
    status: 'checked_out' as const,
    ...(due_at !== undefined && { due_at }),
  });
  const due = branch('A', 0, { items: [copy('2026-05-20T00:00:00.000Z'), copy('2026-05-09T12:00:00.000Z')] });
  t.match(said(availability({ ...out, branches: [due] })), /^Out, due back 9 May, checked/);
  const overdue = branch('A', 0, { items: [copy('2026-04-01T00:00:00.000Z')] });
  t.match(
    said(availability({ ...out, branches: [overdue] })),
    /^Out at the moment/,
    'a day gone by is not promised',
  );
  t.match(said(availability({ ...out, branches: [branch('A', 0)] })), /^Out at the moment/);
  const status = (s: 'on_order' | 'reference_only' | 'missing') =>
    said(availability({ ...out, branches: [branch('A', 0, { items: [{ item_id: '1', status: s }] })] }));
  t.match(status('on_order'), /^On order/);
  t.match(status('reference_only'), /^To read in the library at A/);
  t.match(status('missing'), /^No copies to lend/);
  t.end();
});

t.test('a title of one branch that is not in still says which', (t) => {
  const out = availability({ state: 'unavailable', branches: [branch('A', 0)] });
  t.equal(unnamedBranch(out), 'A');
  t.equal(unnamedBranch({ ...out, branches: [branch('A', 0), branch('B', 0)] }), undefined, 'a list follows');
  t.equal(unnamedBranch(availability({ branches: [branch('A', 1)] })), undefined, 'the sentence names it');
  const here = branch('A', 0, { items: [{ item_id: '1', status: 'reference_only' }] });
  t.equal(unnamedBranch({ ...out, branches: [here] }), undefined, 'the sentence names it');
  t.equal(unnamedBranch(availability({ state: 'unknown' })), undefined);
  t.end();
});

t.test('an old answer is told as old and never as now', (t) => {
  const old = availability({ stale: true, branches: [branch('Harbour Street', 1)] });
  t.match(said(old), /^As of \d\d:\d\d it was in at Harbour Street\.$/);
  t.notMatch(said(old), /^In/);
  t.match(said({ ...old, state: 'unavailable' }), /^As of \d\d:\d\d it was out\.$/);
  t.match(said({ ...old, asOf: '2026-04-28T09:00:00.000Z' }), /28 April/, 'another day is named');
  t.end();
});

t.test('not knowing is said, with what to do', (t) => {
  const unknown = availability({ state: 'unknown', asOf: null });
  t.equal(
    said(unknown),
    'I can’t see the shelves just now., The call number is right; please check the shelf.',
  );
  t.equal(whereabouts(unknown, en, now).tone, 'unknown');
  t.end();
});

t.test('what is read online has no shelf', (t) => {
  t.strictSame(whereabouts(availability({ state: 'online' }), en, now), {
    tone: 'online',
    sentence: 'Read online',
    note: '',
  });
  t.end();
});

t.test('times pass in words', (t) => {
  const cases: [number, string][] = [
    [-90_000, 'just now'],
    [3000, 'just now'],
    [23_000, '20 seconds ago'],
    [61_000, '1 minute ago'],
    [2 * 3_600_000, '2 hours ago'],
    [3 * 86_400_000, '3 days ago'],
  ];
  for (const [ms, words] of cases) t.equal(ago(ms, en), words);
  t.end();
});
