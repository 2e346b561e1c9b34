import t from 'tap';
import { createSignIn } from '../../../desks/account/sign-in.js';
import type { IlsPatron } from '../../../engine/ils/patron.js';
import type { ShieldedPatrons } from '../../../engine/ils/shielded-patrons.js';
import { createPatronAttempts } from '../../../engine/sessions/patron-attempts.js';
import { createVisits } from '../../../engine/sessions/visits.js';
import { createFakeClock } from '../../fakes/clock.js';

type Said = Awaited<ReturnType<ShieldedPatrons['authenticate']>>;
const patron: IlsPatron = { id: 'p', homeBranchId: undefined };
const who = { card: 'CARD-0001', pin: '1', device: 'd', address: 'a' };

/** A system that takes `takesMs` to say `said`; answers how long the patron waited for it, in milliseconds. */
async function waited(said: Said, takesMs: number): Promise<number> {
  const clock = createFakeClock();
  const signIn = createSignIn({
    clock,
    attempts: createPatronAttempts({ clock }),
    visits: createVisits({ clock, onEnd: () => undefined }),
    patrons: {
      async authenticate(_card, _pin, { signal }) {
        await clock.after(takesMs, signal);
        return said;
      },
      endSession: () => Promise.resolve(),
    },
  });
  const startedAt = clock.now();
  let over: number | undefined;
  const asking = signIn.signIn(who).then(() => (over = clock.now()));
  while (over === undefined) await clock.advance(10);
  await asking;
  return over - startedAt;
}

t.test('a rejection takes whole seconds, whatever the system found out on the way to it', async (t) => {
  t.equal(await waited({ outcome: 'rejected' }, 40), 1000, 'an unknown card, say');
  t.equal(await waited({ outcome: 'rejected' }, 730), 1000, 'a PIN that had to be checked');
  t.equal(await waited({ outcome: 'rejected' }, 1200), 2000);
});

t.test('nobody else is kept waiting', async (t) => {
  t.ok((await waited({ outcome: 'ok', patron }, 40)) < 60);
  t.ok((await waited({ outcome: 'unavailable', because: 'silent' }, 40)) < 60);
});
