import { inspect } from 'node:util';
import t from 'tap';
import { createPace } from '../../../../engine/ils/overdrive/pace.js';
import { createFakeClock } from '../../../fakes/clock.js';
import { faultOf, linkedTo, openBoth, signal, titles, withIsbn } from './an-overdrive.js';

const tide = linkedTo(titles.tide);

t.test('asks for one token however many wait, and keeps it until it ends', async (t) => {
  const { clock, ils, simulator } = await openBoth(t);
  const tokens = (): number => simulator.asked.filter(({ path }) => path === '/token').length;
  await Promise.all([1, 2, 3].map(() => ils.availability([tide], { signal })));
  t.equal(tokens(), 1);
  t.match(simulator.asked[0], {
    method: 'POST',
    body: 'grant_type=client_credentials',
    headers: { authorization: `Basic ${Buffer.from('CARREL:client-secret').toString('base64')}` },
  });
  await clock.advance(3_000_000);
  await ils.availability([tide], { signal });
  t.equal(tokens(), 1);
  await clock.advance(600_000);
  await ils.availability([tide], { signal });
  t.equal(tokens(), 2, 'before it has ended');
});

t.test('a token turned down is renewed once, and not over and over', async (t) => {
  const { ils, simulator } = await openBoth(t);
  simulator.faults.unauthorisedAfter = 2;
  for (let at = 0; at < 3; at += 1) t.equal((await ils.availability([tide], { signal })).size, 1);
  simulator.faults.unauthorisedAfter = 0;
  const before = simulator.asked.length;
  t.match(await faultOf(ils.availability([tide], { signal })), { kind: 'refused' });
  t.ok(simulator.asked.length - before <= 6, 'and then it is a refusal');
});

t.test('a collection’s token that OverDrive has changed is fetched anew', async (t) => {
  const { clock, ils, simulator, paths } = await openBoth(t);
  const libraries = (): number => paths().filter((path) => path === '/v1/libraries/4225').length;
  await ils.availability([tide], { signal });
  await ils.availability([tide], { signal });
  t.equal(libraries(), 1);
  simulator.state.library.collectionToken = 'v1L1ChangedAA';
  t.equal((await ils.availability([tide], { signal })).get(tide.id)?.ecopies[0]?.status, 'available');
  t.equal(libraries(), 2);
  t.match(paths().at(-1), /^\/v2\/collections\/v1L1ChangedAA\//);
  await clock.advance(5 * 60_000);
  await ils.availability([tide], { signal });
  t.equal(libraries(), 3, 'and after five minutes in any case');
});

t.test('asks for the Advantage account where the library has one', async (t) => {
  const { ils, paths } = await openBoth(t, { advantage_id: '3' });
  const east = linkedTo(titles.east);
  t.equal((await ils.availability([east], { signal })).get(east.id)?.ecopies[0]?.status, 'available');
  t.ok(paths().includes('/v1/libraries/4225/advantageAccounts/3'));
});

t.test('says which key and library OverDrive must grant', async (t) => {
  const wrong = await openBoth(t, { client_secret: 'another-secret' });
  t.match(await wrong.ils.capabilities({ signal }), {
    availability: { works: false, because: /\w/, grant: /Client key and client secret/ },
  });
  t.match(await faultOf(wrong.ils.availability([tide], { signal })), { kind: 'refused' });
  t.equal(wrong.simulator.asked.length, 1, 'a refused key is not shown again at once');
  await wrong.ils.capabilities({ signal });
  t.equal(wrong.simulator.asked.length, 2, 'unless staff ask');
  const other = await openBoth(t, { library_id: '1' });
  t.match(await other.ils.capabilities({ signal }), { availability: { works: false, grant: /Library ID/ } });
  const right = await openBoth(t);
  const told = await right.ils.capabilities({ signal });
  t.match(told.availability, { works: true });
  t.match(told.authenticate, { works: false, because: /the library’s own system/ });
  t.match(told.place_hold, { works: false, because: /Libby/ });
  await right.simulator.leave();
  t.match(await faultOf(right.ils.capabilities({ signal })), { kind: 'unreachable' });
});

t.test('tells OverDrive no patron’s address unless the library has switched that on', async (t) => {
  const patronAddress = (): string => '192.0.2.7';
  const forwarded = async (more: object, address: () => string | undefined): Promise<unknown[]> => {
    const { ils, simulator } = await openBoth(t, more, { patronAddress: address });
    await ils.availability([withIsbn('9780306406157')], { signal });
    return simulator.asked.flatMap(({ path, headers }) =>
      headers['x-forwarded-for'] === undefined ? [] : [[path.split('/').at(-1), headers['x-forwarded-for']]],
    );
  };
  t.same(await forwarded({}, patronAddress), []);
  t.same(await forwarded({ forward_patron_address: true }, () => undefined), []);
  t.same(
    await forwarded({ forward_patron_address: true }, () => 'CARD-0001\r\nx: y'),
    [],
    'an address and nothing else',
  );
  t.same(
    await forwarded({ forward_patron_address: true }, patronAddress),
    [['availability', '192.0.2.7']],
    'not for the token or the list, which nobody in particular asks for',
  );
});

t.test('no key, secret or token stands in a fault or in what can be printed', async (t) => {
  const { ils, simulator } = await openBoth(t);
  await ils.availability([tide], { signal });
  const access = /^Bearer (.+)$/.exec(simulator.asked.at(-1)?.headers.authorization ?? '')?.[1] ?? '?';
  simulator.faults.errorInside = true;
  const fault: unknown = await ils.availability([tide], { signal }).catch((error: unknown) => error);
  const shown = inspect([fault, ils], { depth: 9, showHidden: true });
  for (const secret of ['client-secret', access, 'v1L1BgQAAA2R']) t.notOk(shown.includes(secret));
  t.match(simulator.asked.at(-1)?.headers['user-agent'], /Carrel/);
});

t.test('keeps to so many requests in any second', async (t) => {
  const clock = createFakeClock(0);
  const pace = createPace({ perSecond: 2, clock });
  const went: number[] = [];
  const asking = Promise.all([1, 2, 3, 4, 5].map(() => pace.turn(signal).then(() => went.push(clock.now()))));
  await clock.advance(5_000);
  await asking;
  t.same(went, [0, 0, 1_000, 1_000, 2_000]);
  const slow = createPace({ perSecond: 0.5, clock });
  await slow.turn(signal);
  let isThrough = false;
  const second = slow.turn(signal).then(() => (isThrough = true));
  await clock.advance(1_999);
  t.notOk(isThrough);
  await clock.advance(1);
  await second;
  t.ok(isThrough);
});

t.test('what nobody waits for leaves room for what somebody does', async (t) => {
  const clock = createFakeClock(0);
  const pace = createPace({ perSecond: 2, clock });
  const went: string[] = [];
  const go = (name: string, unhurried: boolean) => pace.turn(signal, unhurried).then(() => went.push(name));
  await go('list', true);
  const second = go('list again', true);
  await go('patron', false);
  t.same(went, ['list', 'patron']);
  await clock.advance(1_000);
  await second;
  t.same(went, ['list', 'patron', 'list again']);
  const leaving = new AbortController();
  const left = pace.turn(leaving.signal, true);
  leaving.abort(new Error('gone'));
  await t.rejects(left, { message: 'gone' });
});
