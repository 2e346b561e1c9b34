import t from 'tap';
import { createPatronAttempts } from '../../../engine/sessions/patron-attempts.js';
import { createFakeClock } from '../../fakes/clock.js';

const limits = {
  card: { failures: 2, windowMs: 300_000 },
  cardOfDay: { failures: 1000, windowMs: 86_400_000 },
  device: { failures: 4, windowMs: 300_000 },
  address: { failures: 100, windowMs: 300_000 },
};
const who = { card: 'CARD-0001', device: 'd', address: 'a' };

t.test('a try that nobody could decide leaves no trace', (t) => {
  const attempts = createPatronAttempts({ limits, clock: createFakeClock() });
  for (let i = 0; i < 20; i += 1) {
    const attempt = attempts.begin(who);
    t.ok(attempt.allowed);
    if (attempt.allowed) attempt.settle('nobody_knows');
  }
  t.end();
});

t.test('settling twice counts once', (t) => {
  const attempts = createPatronAttempts({ limits, clock: createFakeClock() });
  const attempt = attempts.begin(who);
  if (attempt.allowed) {
    attempt.settle('wrong');
    attempt.settle('wrong');
    attempt.settle('right');
  }
  const second = attempts.begin(who);
  t.ok(second.allowed);
  if (second.allowed) second.settle('wrong');
  t.notOk(attempts.begin(who).allowed);
  t.end();
});

t.test('another try is taken when the oldest failure is old enough, not earlier', async (t) => {
  const clock = createFakeClock();
  const attempts = createPatronAttempts({ limits, clock });
  const fail = (): void => {
    const attempt = attempts.begin(who);
    if (attempt.allowed) attempt.settle('wrong');
  };
  fail();
  await clock.advance(100_000);
  fail();
  t.strictSame(attempts.begin(who), { allowed: false, retryAfterMs: 200_000 });
  await clock.advance(199_999);
  t.notOk(attempts.begin(who).allowed);
  await clock.advance(1);
  t.ok(attempts.begin(who).allowed);
});

t.test('however a card is written, it is the same card', (t) => {
  const attempts = createPatronAttempts({ limits, clock: createFakeClock() });
  for (const card of ['card-0001', ' CARD 0001 ']) {
    const attempt = attempts.begin({ ...who, card });
    if (attempt.allowed) attempt.settle('wrong');
  }
  t.notOk(attempts.begin({ ...who, card: 'Card0001' }).allowed);
  t.ok(attempts.begin({ ...who, card: 'CARD-0010' }).allowed);
  t.end();
});

t.test('a right PIN earns no tries at other cards', (t) => {
  const attempts = createPatronAttempts({ limits, clock: createFakeClock() });
  const end = (card: string, how: 'right' | 'wrong') => {
    const attempt = attempts.begin({ ...who, card });
    if (attempt.allowed) attempt.settle(how);
    return attempt.allowed;
  };
  const tries = [1, 2, 3, 4].flatMap((n) => [end(`CARD-9${n}`, 'wrong'), end('CARD-0001', 'right')]);
  t.strictSame(tries, [true, true, true, true, true, true, true, false]);
  t.end();
});

t.test('no spelling that a system takes for the same card earns another try', (t) => {
  const spellings = [
    'CARD|0001',
    'CARD\u00000001',
    'Cârd-0001',
    'CARD\u00ad0001\u200b',
    'ＣＡＲＤ０００１',
    'CARD٠٠٠١',
  ];
  for (const card of spellings) {
    const attempts = createPatronAttempts({ limits, clock: createFakeClock() });
    for (const one of [who.card, card]) {
      const attempt = attempts.begin({ ...who, card: one });
      if (attempt.allowed) attempt.settle('wrong');
    }
    t.notOk(attempts.begin(who).allowed, JSON.stringify(card));
    t.ok(attempts.begin({ ...who, card: 'CARD-0010' }).allowed, 'another card is another card');
  }
  const attempts = createPatronAttempts({ limits, clock: createFakeClock() });
  for (let n = 0; n < 2; n += 1) {
    const attempt = attempts.begin({ ...who, card: 'Читатель' });
    if (attempt.allowed) attempt.settle('wrong');
  }
  t.notOk(attempts.begin({ ...who, card: 'ЧИТАТЕЛЬ' }).allowed);
  t.ok(attempts.begin({ ...who, card: 'Читательница' }).allowed);
  t.end();
});

t.test(
  'a patient guesser is stopped for the day, below what a system takes that counts without end',
  async (t) => {
    const clock = createFakeClock();
    const day = { ...limits, cardOfDay: { failures: 4, windowMs: 86_400_000 } };
    const attempts = createPatronAttempts({ limits: day, clock });
    const fail = (device: string): boolean => {
      const attempt = attempts.begin({ ...who, device });
      if (attempt.allowed) attempt.settle('wrong');
      return attempt.allowed;
    };
    const taken: boolean[] = [];
    for (let n = 0; n < 8; n += 1) {
      taken.push(fail(`device ${n}`));
      await clock.advance(300_000);
    }
    t.strictSame(taken, [true, true, true, true, false, false, false, false]);
    await clock.advance(86_400_000);
    t.ok(fail('the day after'));
    const right = attempts.begin({ ...who, device: 'own' });
    if (right.allowed) right.settle('right');
    t.ok(fail('once more') && fail('and again'), 'the right PIN clears both counts');
  },
);

t.test('refused tries without end push out nothing that is known of a card', (t) => {
  const attempts = createPatronAttempts({ limits, clock: createFakeClock() });
  const tryCard = (card: string, device: string, address: string): boolean => {
    const attempt = attempts.begin({ card, device, address });
    if (attempt.allowed) attempt.settle('wrong');
    return attempt.allowed;
  };
  t.ok(tryCard('CARD-0001', 'd1', 'a'));
  t.ok(tryCard('CARD-0001', 'd2', 'a'));
  t.notOk(tryCard('CARD-0001', 'd3', 'b'), 'the system would lock it at the next');
  for (let n = 0; n < 98; n += 1) tryCard(`CARD-1${n}`, `d1${n}`, 'a');
  let taken = 0;
  for (let n = 0; n < 60_000; n += 1) if (tryCard(`CARD-2${n}`, `d2${n}`, 'a')) taken += 1;
  t.equal(taken, 0, 'the address has had its tries');
  t.notOk(tryCard('CARD-0001', 'd4', 'b'), 'and the card is still known');
  t.end();
});
