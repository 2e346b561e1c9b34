import t from 'tap';
import type { TurnEvent } from '../../../contract/conversation.js';
import { TurnEvents } from '../../../contract/conversation.js';
import { bibOf, itemOf } from '../../fakes/bibs.js';
import { createTestDesk } from '../../fakes/desk.js';

const first = 'books about lighthouses';
const names = (events: TurnEvent[]): string[] =>
  events.map((one) => one.event).filter((name, n, all) => name !== all[n - 1]);
const words = (events: TurnEvent[]): string =>
  events.map((one) => (one.event === 'text' ? one.data.delta : '')).join('');

t.test('an answer comes in pieces, in order, and each piece is what the contract says', async (t) => {
  const { talk } = createTestDesk();
  const visitor = talk();
  const answer = await visitor.say(first);
  t.same(names(visitor.events), ['understood', 'recommendations', 'text', 'availability', 'done']);
  for (const { event, data } of visitor.events) t.ok(TurnEvents[event].safeParse(data).success, event);
  t.equal(words(visitor.events), answer.response_text);
  const asked = visitor.events.flatMap((one) => (one.event === 'availability' ? [one.data.record_id] : []));
  t.same([...asked].sort(), answer.recommendations.map((one) => one.record_id).sort(), 'each card once');
  t.same(visitor.events.at(-1)?.data, answer);
});

t.test('with a slow system the cards come at once, words next, availability after', async (t) => {
  const { talk, ils, clock } = createTestDesk();
  ils.misbehave({ slowMs: 1_500 });
  const visitor = talk();
  const waiting = visitor.say(first);
  await clock.settle();
  t.same(names(visitor.events), ['understood', 'recommendations']);
  const cards = visitor.events.find((one) => one.event === 'recommendations')?.data.recommendations ?? [];
  const states = cards.map((card) => card.availability.state);
  t.ok(
    states.every((state) => state === 'unknown'),
    'nothing is claimed before it is known',
  );
  t.ok(
    cards.every((card) => card.availability.checking === (card.availability.state !== 'online' || undefined)),
    'but that it is being asked for',
  );
  await clock.advance(300);
  t.same(names(visitor.events), ['understood', 'recommendations', 'text']);
  t.equal(words(visitor.events), 'Six books, all catalogued under Lighthouses.');
  await clock.advance(1_200);
  const answer = await waiting;
  t.same(names(visitor.events), ['understood', 'recommendations', 'text', 'availability', 'text', 'done']);
  t.match(
    answer.response_text,
    /^Six books, all catalogued under Lighthouses\. \w+ (is|are) on the shelf now/,
  );
  t.equal(words(visitor.events), answer.response_text);
});

t.test(
  'with a system that does not answer, a turn ends all the same and says what it does not know',
  async (t) => {
    const { talk, ils, clock } = createTestDesk();
    ils.misbehave({ slowMs: 600_000 });
    const visitor = talk();
    const waiting = visitor.say(first);
    await clock.advance(2_500);
    const answer = await waiting;
    t.match(
      answer.response_text,
      /I can’t see the shelves just now\. Call numbers are right; please check the shelf\.$/,
    );
    for (const card of answer.recommendations) t.match(card.availability, { state: 'unknown', asOf: null });
    t.equal(answer.handoff_to_librarian, false, 'the books are still the right ones');
  },
);

t.test('with half the answers, what is known is told and the rest is not made up', async (t) => {
  const { talk, ils } = createTestDesk();
  ils.misbehave({ half: true });
  const answer = await talk().say(first);
  t.ok(answer.recommendations.some((card) => card.availability.state === 'unknown'));
  t.match(
    answer.response_text,
    /on the shelf at least; I can’t see all the shelves just now\.$|I can’t see the shelves just now\./,
  );
});

t.test('remembered availability stands on the cards from the first moment', async (t) => {
  const { talk, clock, ils } = createTestDesk();
  await talk().say(first);
  await clock.advance(120_000);
  ils.misbehave({ slowMs: 1_000 });
  const visitor = talk();
  const waiting = visitor.say(first);
  await clock.settle();
  const cards = visitor.events.find((one) => one.event === 'recommendations')?.data.recommendations ?? [];
  t.ok(cards.every((card) => card.availability.stale && card.availability.asOf !== null));
  t.ok(
    cards.every((card) => card.availability.checking),
    'while the system is being asked',
  );
  await clock.advance(1_000);
  const { recommendations } = await waiting;
  t.ok(recommendations.every((card) => !card.availability.stale && !card.availability.checking));
  const told = visitor.events.flatMap((one) => (one.event === 'availability' ? [one.data.availability] : []));
  t.equal(told.length, cards.length, 'the new word comes once for each card');
  t.notOk(told.some((one) => one.checking));
});

t.test('with the system known to be away, no card says that it is being asked', async (t) => {
  const { talk, ils } = createTestDesk();
  ils.misbehave({ offline: true });
  for (let n = 0; n < 3; n += 1) await talk().say(first);
  const visitor = talk();
  await visitor.say(first);
  const cards = visitor.events.find((one) => one.event === 'recommendations')?.data.recommendations ?? [];
  t.ok(cards.length > 0);
  t.notOk(cards.some((card) => card.availability.checking));
});

t.test('a list of what is in now waits for a slow system no longer than words do', async (t) => {
  const { talk, clock, ils } = createTestDesk();
  await talk().say('books about lighthouses available now');
  await clock.advance(120_000);
  ils.misbehave({ slowMs: 2_000 });
  const visitor = talk();
  const waiting = visitor.say('books about lighthouses available now');
  await clock.advance(299);
  t.same(visitor.events, []);
  await clock.advance(1);
  const cards = visitor.events.find((one) => one.event === 'recommendations')?.data.recommendations ?? [];
  t.ok(cards.length > 0, 'made of what is remembered');
  for (const card of cards) t.match(card.availability, { state: 'available', stale: true, checking: true });
  await clock.advance(2_000);
  t.ok((await waiting).recommendations.every((card) => !card.availability.checking));
});

t.test('where nobody waits, the system is not asked, neither for a turn nor for a record', async (t) => {
  const { desk, talk, ils, clock } = createTestDesk();
  const asked: string[][] = [];
  const original = ils.availability.bind(ils);
  ils.availability = (records, options) => {
    asked.push(records.map(({ id }) => id));
    return original(records, options);
  };
  const { signal } = new AbortController();
  const nobody = { askShelves: false };
  const id = desk.createConversation('crawler');
  const delivery = { signal, emit: () => undefined, ...nobody };
  for (const text of [first, 'available now']) {
    const answer = await desk.turn('crawler', id, { text, locale: 'en' }, delivery);
    t.ok(answer.recommendations.length > 0);
    t.notOk(answer.recommendations.some((card) => card.availability.checking));
  }
  t.match((await desk.record('l1', signal, nobody)).availability, { state: 'unknown', asOf: null });
  t.match(await desk.availability('l1', signal, nobody), { state: 'unknown' });
  t.same(asked, []);
  await talk().say(first);
  t.equal(asked.length, 1);
  await clock.advance(120_000);
  t.match((await desk.record('l1', signal, nobody)).availability, { stale: true });
  t.equal(asked.length, 1, 'what is remembered is told as it is');
});

t.test('a record tells older word of its shelves after 300 ms, and the asking goes on', async (t) => {
  const { desk, ils, clock } = createTestDesk();
  const { signal } = new AbortController();
  await desk.record('l1', signal);
  await clock.advance(120_000);
  ils.misbehave({ slowMs: 1_000 });
  const waiting = desk.record('l1', signal);
  await clock.advance(300);
  t.match((await waiting).availability, { stale: true, checking: true });
  const whole = desk.availability('l1', signal);
  await clock.advance(700);
  t.match(await whole, { stale: false, checking: undefined });
});

t.test('what is remembered of the shelves is told with its time, never as true now', async (t) => {
  const { talk, clock, ils } = createTestDesk();
  const visitor = talk();
  await visitor.say(first);
  await clock.advance(23 * 3_600_000);
  ils.misbehave({ offline: true });
  for (const text of [first, 'what is on the shelf now?', 'where is the first one?']) {
    const { response_text: said } = await visitor.say(text);
    t.notMatch(said, /is on the shelf|are on the shelf|is out just now|are out just now/, text);
    t.match(said, /As of \d\d:\d\d, \d+ \w+, /, text);
  }
});

t.test('what is on the shelf now: only what is in, asked for in one request', async (t) => {
  const { talk, ils, search } = createTestDesk();
  const asked: number[] = [];
  const original = ils.availability.bind(ils);
  ils.availability = (ids, options) => {
    asked.push(ids.length);
    return original(ids, options);
  };
  const visitor = talk();
  const all = await visitor.say('books about lighthouses available now');
  t.ok(all.recommendations.length > 0);
  for (const card of all.recommendations) t.equal(card.availability.state, 'available');
  t.equal(all.total, all.recommendations.length);
  t.match(all.response_text, /^\w+ (books|titles) are on the shelf now\.$/);
  t.same(asked, [8], 'every candidate that has copies, once');
  const here = await visitor.say('at Central Library');
  for (const card of here.recommendations) {
    t.ok(
      card.availability.branches.some((one) => one.branch_id === 'MAIN' && one.available > 0),
      card.title.text,
    );
  }
  t.equal(search.asked.at(-1)?.intent?.available_now, true);
});

t.test(
  'where much is held, as many shelves are asked about as it takes, a page at a time, sixty at most',
  async (t) => {
    const sea = (lost: number) =>
      Array.from({ length: 80 }, (_, n) =>
        bibOf(`s${n}`, `Sea ${n}`, {
          items: [itemOf(`i${n}`, 'MAIN', n < lost ? { statusHint: 'lost' } : {})],
        }),
      );
    for (const [lost, pages] of [
      [0, [20]],
      [40, [20, 20, 20]],
      [80, [20, 20, 20]],
    ] as const) {
      const { talk, search, ils } = createTestDesk(sea(lost));
      const asked: number[] = [];
      const original = ils.availability.bind(ils);
      ils.availability = (records, options) => {
        asked.push(records.length);
        return original(records, options);
      };
      const answer = await talk().say('sea available now');
      t.equal(search.asked.at(-1)?.limit, 60);
      t.strictSame(asked, pages, `${lost} lost`);
      const states = new Set(answer.recommendations.map(({ availability }) => availability.state));
      t.strictSame([...states], [lost === 80 ? 'unavailable' : 'available']);
    }
  },
);

t.test(
  'with a slow system one page is asked about, once, and nothing is said to be out that nobody has looked at',
  async (t) => {
    const sea = Array.from({ length: 80 }, (_, n) =>
      bibOf(`s${n}`, `Sea ${n}`, { items: [itemOf(`i${n}`, 'MAIN')] }),
    );
    const { talk, ils, clock } = createTestDesk(sea);
    const asked: number[] = [];
    const original = ils.availability.bind(ils);
    ils.availability = (records, options) => {
      asked.push(records.length);
      return original(records, options);
    };
    ils.misbehave({ slowMs: 2_000 });
    const visitor = talk();
    const waiting = visitor.say('sea available now');
    await clock.advance(300);
    await clock.settle();
    t.ok(
      visitor.events.some(({ event }) => event === 'recommendations'),
      'within 300 ms',
    );
    t.equal(asked[0], 20);
    await clock.advance(5_000);
    const answer = await waiting;
    t.notOk(
      asked.slice(1).some((records) => records > 6),
      'no further page',
    );
    t.notMatch(answer.response_text, /Nothing that fits is on the shelf/);
  },
);

t.test('nothing on the shelf: says so and shows what comes closest', async (t) => {
  const { talk } = createTestDesk();
  const visitor = talk();
  await visitor.say('books about lighthouses at Mill Lane');
  const answer = await visitor.say('Storm Glass available now');
  t.match(answer, { path: 'nearest', handoff_to_librarian: false });
  t.match(
    answer.response_text,
    /^Nothing that fits is on the shelf just now\. This one comes closest\. It is out just now and due back on/,
  );
});

t.test('with the system away "on the shelf now" cannot be held, and the answer says so', async (t) => {
  const { talk, ils } = createTestDesk();
  ils.misbehave({ offline: true });
  const answer = await talk().say('books about lighthouses available now');
  t.ok(answer.recommendations.length > 0);
  t.match(answer.response_text, /I can’t see the shelves just now/);
});

t.test('e-books asked for now are at hand', async (t) => {
  const { talk } = createTestDesk();
  const visitor = talk();
  await visitor.say('Beacon Songs');
  t.match(visitor.last().recommendations[0], {
    availability: { state: 'online', source: 'demo', branches: [] },
  });
  t.match(visitor.last().response_text, 'It can be opened online.');
  t.match(
    (await visitor.say('where is it')).response_text,
    '“Beacon Songs” can be opened online; its page has the link.',
  );
});

t.test('the branch a visitor stands in comes first among what is in', async (t) => {
  const { talk } = createTestDesk();
  const answer = await talk('en', 'HARB').say('books about lighthouses available now');
  const here = answer.recommendations.map((card) =>
    card.availability.branches.some((one) => one.branch_id === 'HARB' && one.available > 0),
  );
  t.same(
    here,
    [...here].sort((a, b) => Number(b) - Number(a)),
  );
});
