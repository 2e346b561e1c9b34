import t from 'tap';
import { createVisits } from '../../../engine/sessions/visits.js';
import { createFakeClock } from '../../fakes/clock.js';

function open(maxRemembered?: number) {
  const clock = createFakeClock();
  const forgotten: string[] = [];
  const visits = createVisits({
    clock,
    onEnd: (visit) => forgotten.push(visit),
    ...(maxRemembered !== undefined && { maxRemembered }),
  });
  return { clock, forgotten, visits };
}

t.test('a visit’s end aborts what is under way in it, and nothing of another', (t) => {
  const { visits, forgotten } = open();
  const [one, two, other] = [visits.enter('v'), visits.enter('v'), visits.enter('w')];
  two.leave();
  visits.end('v');
  t.ok(one.over.aborted);
  t.match(one.over.reason, { code: 'signed_out' });
  t.notOk(two.over.aborted, 'who has left is told nothing');
  t.notOk(other.over.aborted);
  t.strictSame(forgotten, ['v']);
  t.ok(visits.hasEnded('v'));
  t.notOk(visits.hasEnded('w'));
  t.end();
});

t.test(
  'who comes after the end is aborted from the start, for as long as anything may be late',
  async (t) => {
    const { visits, clock } = open();
    visits.end('v');
    t.ok(visits.enter('v').over.aborted);
    await clock.advance(900_000);
    t.ok(visits.enter('v').over.aborted);
    await clock.advance(1);
    t.notOk(visits.hasEnded('v'), 'the memory of it is short');
  },
);

t.test(
  'work of a visit rejects at its end although it hears of nothing, and is not begun afterwards',
  async (t) => {
    const { visits } = open();
    let begun = 0;
    const deaf = visits.during('v', () => {
      begun += 1;
      return new Promise(() => undefined);
    });
    visits.end('v');
    await t.rejects(deaf, { code: 'signed_out' });
    await t.rejects(
      visits.during('v', () => Promise.resolve((begun += 1))),
      { code: 'signed_out' },
    );
    t.equal(begun, 1);
    t.equal(await visits.during('w', () => Promise.resolve('answer')), 'answer');
    await t.rejects(
      visits.during('w', () => Promise.reject(new Error('of its own'))),
      { message: 'of its own' },
    );
  },
);

t.test(
  'under another id a visit goes on with what is under way; the id from before is worth nothing',
  (t) => {
    const { visits, forgotten } = open();
    const stay = visits.enter('before');
    visits.carryOver('before', 'now');
    t.notOk(stay.over.aborted);
    t.ok(visits.enter('before').over.aborted);
    t.notOk(visits.hasEnded('now'));
    visits.end('before');
    t.notOk(stay.over.aborted, 'nobody ends it by the old id');
    visits.end('now');
    t.ok(stay.over.aborted);
    t.strictSame(forgotten, ['before', 'now']);
    t.end();
  },
);

t.test('only so many ends are remembered', (t) => {
  const { visits } = open(2);
  for (const visit of ['a', 'b', 'c']) visits.end(visit);
  t.strictSame(['a', 'b', 'c'].map(visits.hasEnded), [false, true, true]);
  t.end();
});
