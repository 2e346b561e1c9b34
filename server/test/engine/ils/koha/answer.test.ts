import t from 'tap';
import { answerOf, faultOf, noOf } from '../../../../engine/ils/koha/answer.js';
import { permissionWords } from '../../../../engine/ils/koha/permissions.js';
import { holdRefusal, renewalRefusal } from '../../../../engine/ils/koha/refusals.js';

const replyOf = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  answerOf({
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  });
const faultFor = (status: number, body: unknown, method: 'GET' | 'POST' = 'GET', retryAfter?: string) =>
  faultOf(replyOf(status, body), { method, retryAfter, now: 0 });

t.test('a no is read in all shapes that Koha has', (t) => {
  t.same(noOf({ error: 'Hold not found.' }), { said: 'Hold not found.', isMalformed: false });
  t.match(noOf({ error: 'x', error_code: 'not_found' }), { said: 'x', code: 'not_found' });
  t.same(noOf({ errors: [{ message: 'Missing property.', path: '/body/x' }], status: 400 }), {
    said: 'Missing property.',
    isMalformed: true,
  });
  t.same(noOf([{ path: '/query/foo', message: 'Malformed query string' }]), {
    said: 'Malformed query string',
    isMalformed: true,
  });
  t.same(noOf('Biblio not found.'), { said: 'Biblio not found.', isMalformed: false });
  t.same(noOf(['application/json', 'text/plain']).said, 'application/json; text/plain');
  t.equal(noOf({ error: 1, error_code: 'invalid_query' }).isMalformed, true);
  for (const odd of [undefined, null, 5, {}, [null, 5]]) t.equal(noOf(odd).said, '');
  t.end();
});

t.test('permissions are told in Koha’s words', (t) => {
  t.equal(permissionWords({ catalogue: '1' }), 'catalogue');
  t.equal(
    permissionWords({ circulate: 'circulate_remaining_permissions' }),
    'circulate: circulate_remaining_permissions',
  );
  t.equal(
    permissionWords([{ circulate: 'a' }, { circulate: 'b' }]),
    'circulate: a or circulate: b',
    'either will do',
  );
  t.equal(permissionWords({ borrowers: 'x', updatecharges: 1 }), 'borrowers: x and updatecharges');
  t.equal(permissionWords(null), undefined);
  t.end();
});

t.test('a status has its kind of fault, and the system’s words are not in it', (t) => {
  t.equal(faultFor(401, { error: 'secret words' }).kind, 'refused');
  t.notMatch(faultFor(401, { error: 'secret words' }).message, /secret/);
  t.equal(faultFor(403, { required_permissions: { catalogue: 1 } }).grant, 'Permission catalogue');
  t.equal(faultFor(404, { error: 'no' }).kind, 'not_offered');
  t.equal(faultFor(404, '<html>').kind, 'foreign', 'a page of something in between');
  t.equal(faultFor(500, { error: 'x' }).kind, 'broken');
  t.equal(faultFor(503, { error: 'System is under maintenance.' }).kind, 'broken');
  t.match(faultFor(503, '', 'GET', '20'), { kind: 'busy', retryAfterMs: 20_000 });
  t.equal(faultFor(429, '').kind, 'busy');
  t.equal(faultFor(302, '').kind, 'foreign');
  t.equal(faultFor(200, { error: 'x' }).kind, 'broken', 'an error under a good status');
  t.end();
});

t.test('what was refused did not happen, and what failed may have', (t) => {
  t.equal(faultFor(403, {}, 'POST').mayHaveHappened, false);
  t.equal(faultFor(400, [], 'POST').mayHaveHappened, false);
  t.equal(faultFor(500, {}, 'POST').mayHaveHappened, true);
  t.equal(faultFor(500, {}).mayHaveHappened, false, 'a question changes nothing');
  t.end();
});

t.test('reasons against a hold are read from codes, old and new, and unknown ones stay other', (t) => {
  const reasonOf = (said: string, code?: string) =>
    holdRefusal({ said, isMalformed: false, ...(code !== undefined && { code }) }).reason;
  const named = (code: string) => reasonOf(`Hold cannot be placed. Reason: ${code}`);
  t.equal(named('tooManyReserves'), 'too_many_holds');
  t.equal(named('too_many_reserves'), 'too_many_holds');
  t.equal(named('itemAlreadyOnHold'), 'already_held');
  t.equal(named('alreadypossession'), 'already_borrowed');
  t.equal(named('ageRestricted'), 'age');
  t.equal(named('noReservesAllowed'), 'not_holdable');
  t.equal(named('libraryNotFound'), 'pickup_place');
  t.equal(named('debt_limit'), 'fines');
  t.equal(named(''), 'no_copies');
  t.equal(named('somethingNew'), 'other');
  t.equal(reasonOf('The supplied pickup location is not valid'), 'pickup_place');
  t.equal(reasonOf('words of any kind', 'expired'), 'card_expired', 'the code is enough');
  t.equal(reasonOf('Biblio not found.'), 'not_found');
  t.equal(holdRefusal({ said: 'As it was said', isMalformed: false }).said, 'As it was said');
  t.end();
});

t.test('and so are reasons against a renewal', (t) => {
  const named = (code: string) =>
    renewalRefusal({ said: `Renewal not authorized (${code})`, isMalformed: false }).reason;
  t.equal(named('too_many'), 'too_many_renewals');
  t.equal(named('on_reserve'), 'reserved_by_others');
  t.equal(named('too_soon'), 'too_soon');
  t.equal(named('overdue'), 'overdue');
  t.equal(named('restriction'), 'blocked');
  t.equal(named('auto_renew'), 'not_renewable');
  t.equal(named('auto_too_much_oweing'), 'fines', 'as older versions spell it');
  t.equal(named('too_much_owing'), 'fines');
  t.equal(named('something_new'), 'other');
  t.end();
});
