import t, { type Test } from 'tap';
import { Availability } from '../../contract/availability.js';
import { TurnAnswer } from '../../contract/conversation.js';
import { openAdapter } from '../../engine/ils/open-adapter.js';
import { shieldIls } from '../../engine/ils/shielded.js';
import { sourceKinds, type SourceKindName } from '../../engine/settings/source-kinds.js';
import { openHouse, turn } from '../desks/account/house.js';
import { begin, first, serve } from '../desks/discovery/serve-desk.js';
import { itemOf, lighthouseBooks } from '../fakes/bibs.js';
import { createFakeClock, type FakeClock } from '../fakes/clock.js';
import { createTestDesk } from '../fakes/desk.js';
import { openKohaSimulator } from '../simulators/koha/koha-simulator.js';
import { openSip2Simulator } from '../simulators/sip2/sip2.js';

/** A system that can be made to take connections and say nothing. */
interface Mute {
  kind: SourceKindName;
  settings: Record<string, unknown>;
  fallSilent(): void;
  speak(): void;
  /** How often it has been asked. */
  asked(): number;
}

async function koha(t: Test, clock: FakeClock): Promise<Mute> {
  const simulator = await openKohaSimulator({ now: () => clock.now() });
  t.teardown(() => simulator.close());
  return {
    kind: 'koha',
    settings: { url: simulator.url, client_id: 'carrel-client', client_secret: 'carrel-secret' },
    fallSilent: () => (simulator.faults.slowMs = Infinity),
    speak: () => (simulator.faults.slowMs = 0),
    asked: () => simulator.asked.length,
  };
}

async function sip2(t: Test, clock: FakeClock): Promise<Mute> {
  const simulator = await openSip2Simulator({ clock });
  t.teardown(() => simulator.close());
  const { host, port, faults } = simulator;
  return {
    kind: 'sip2',
    settings: { host, port, login_user: 'scclient', login_password: 'clientpwd', institution: 'UWOLS' },
    fallSilent: () => (faults.deafTo = 'all'),
    speak: () => (faults.deafTo = []),
    asked: () => simulator.asked.length,
  };
}

/** Both desks over HTTP, before one system, with a clock that stands still until the test moves it. */
async function setUp(t: Test, open: (t: Test, clock: FakeClock) => Promise<Mute>) {
  const clock = createFakeClock();
  const system = await open(t, clock);
  const books = lighthouseBooks().map((bib) =>
    bib.id === 'l1'
      ? { ...bib, keys: { ilsId: '1', other: [] }, items: [itemOf('i1', 'MAIN', { barcode: 'BAR-IN' })] }
      : bib,
  );
  const { kind, settings } = system;
  const { schema, role } = sourceKinds[kind];
  const source = { name: kind, kind, role, settings: schema.parse(settings) };
  const { ils: adapter, limits } = openAdapter(source, { clock });
  const ils = shieldIls(adapter, {
    ...limits,
    clock,
    lookup: (ids) => Promise.resolve(books.filter(({ id }) => ids.includes(id))),
  });
  t.teardown(() => ils.close());
  const visitor = (await serve(t, createTestDesk(books, { ils, clock }))).browser();
  const page = (await openHouse(t, { ils })).browser();

  /** Lets time pass, in whatever steps, until the work is over. */
  const passing = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false;
    const over = (): void => void (isOver = true);
    work.then(over, over);
    while (!isOver) await clock.advance(100);
    return await work;
  };
  const availability = async (): Promise<Availability> =>
    Availability.parse(await (await visitor.get('/records/l1/availability')).json());
  /** What is shown when the system has been speaking since `backAt` and copies are fresh, or ten seconds have gone. */
  const shownSince = async (backAt: number): Promise<Availability> => {
    let shown = await availability();
    while ((shown.stale || shown.asOf === null) && clock.now() - backAt < 10_000) {
      await clock.advance(500);
      const count = system.asked();
      shown = await availability();
      // What it was asked in the background it answers at once, but no clock says when that has come.
      while (system.asked() > count && !ils.isReachable()) await turn();
    }
    return shown;
  };
  return { clock, system, ils, visitor, page, passing, availability, shownSince };
}

for (const [name, open] of [
  ['Koha', koha],
  ['SIP2', sip2],
] as const) {
  t.test(`${name} takes connections and says nothing, and speaks again`, async (t) => {
    const { clock, system, ils, visitor, page, passing, availability, shownSince } = await setUp(t, open);
    const before = await availability();
    t.match(before, { source: 'ils', stale: false });
    t.match(before.asOf, /^2026-03-04T/);
    await clock.advance(61_000);

    system.fallSilent();
    const id = await begin(visitor);
    for (let n = 0; n < 3; n += 1) {
      t.match(await passing(availability()), { state: before.state, asOf: before.asOf, stale: true });
      const answer = await passing(page.signIn({ card: 'CARD-0001', pin: '9999' }));
      t.match(answer, { outcome: 'unavailable', me: null }, 'and not a wrong PIN');
    }
    t.equal(ils.isReachable(), false);
    const asked = await passing(visitor.send('POST', `/conversations/${id}/turns`, first));
    const { recommendations } = TurnAnswer.parse(await asked.json());
    t.match(recommendations.find(({ record_id: one }) => one === 'l1')?.availability, {
      asOf: before.asOf,
      stale: true,
    });

    system.speak();
    const backAt = clock.now();
    const shown = await shownSince(backAt);
    t.equal(shown.stale, false, 'fresh copies within ten seconds of its first word');
    t.ok(Date.parse(shown.asOf ?? '') >= backAt);
    t.match(
      await passing(page.signIn({ card: 'CARD-0001', pin: '1234' })),
      { outcome: 'signed_in' },
      'nothing was counted',
    );
  });

  t.test(`${name} says nothing when Carrel starts, and speaks later`, async (t) => {
    const { clock, system, ils, page, passing, availability, shownSince } = await setUp(t, open);
    system.fallSilent();
    for (let n = 0; n < 3; n += 1) {
      t.match(
        await passing(availability()),
        { state: 'unknown', asOf: null },
        'nothing is known, or guessed',
      );
      t.match(await passing(page.signIn({ card: 'CARD-0001', pin: '9999' })), { outcome: 'unavailable' });
    }
    t.equal(ils.isReachable(), false);

    system.speak();
    const backAt = clock.now();
    // What was asked before it spoke may hang for ever.
    await clock.advance(4_500);
    const shown = await shownSince(backAt);
    t.match(shown, { source: 'ils', stale: false }, 'fresh copies within ten seconds of its first word');
    t.ok(Date.parse(shown.asOf ?? '') >= backAt);
    t.match(await passing(page.signIn({ card: 'CARD-0001', pin: '1234' })), { outcome: 'signed_in' });
  });
}
