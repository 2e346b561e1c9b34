import { inspect } from 'node:util';
import t, { type Test } from 'tap';
import type { Ils } from '../../../../engine/ils/ils.js';
import { OverDriveSettings } from '../../../../engine/ils/overdrive/settings.js';
import type { IlsPatron } from '../../../../engine/ils/patron.js';
import { shieldIls } from '../../../../engine/ils/shielded.js';
import { faultOf, openBoth, signal, titles, withAccounts, type OpenOverDrive } from './an-overdrive.js';

const asking = { signal };
const card = 'CARD-0001';
const pin = '1234';

async function signIn(ils: Ils, who = card): Promise<IlsPatron> {
  const answer = await ils.authenticate(who, pin, asking);
  if (answer.outcome !== 'ok') throw new Error(answer.outcome);
  return answer.patron;
}

async function open(t: Test, more: Record<string, unknown> = {}): Promise<OpenOverDrive> {
  const both = await openBoth(t, { ...withAccounts, ...more });
  both.simulator.state.holds.push({
    ...{ patronId: 71, reserveId: titles.letters.toUpperCase(), email: null },
    ...{ placed: '2026-02-21T10:00:00Z', position: 2, expires: null },
  });
  return both;
}

const sent = ({ simulator }: OpenOverDrive, path: string) =>
  simulator.asked.filter((one) => one.path === path);

t.test('patrons’ accounts need what OverDrive gave for them, said in one sentence', (t) => {
  const settings = { client_key: 'k', client_secret: 's', library_id: '1', patron_accounts: true };
  for (const half of [{}, { website_id: '1' }, { authorization_name: 'a' }]) {
    const read = OverDriveSettings.safeParse({ ...settings, ...half });
    t.match(read.error?.issues, [{ message: /website_id and authorization_name/ }]);
    t.equal(read.error?.issues.length, 1);
  }
  t.ok(OverDriveSettings.safeParse({ ...settings, ...withAccounts }).success);
  t.equal(OverDriveSettings.parse({ ...settings, patron_accounts: undefined }).patron_accounts, false);
  t.end();
});

t.test('without the library’s wish no card and no PIN goes to OverDrive', async (t) => {
  const both = await openBoth(t);
  t.match(await faultOf(both.ils.authenticate(card, pin, asking)), { kind: 'not_offered' });
  t.equal(both.ils.lender, undefined);
  t.strictSame(both.simulator.asked, []);
});

t.test('card and PIN go out once, in the form that OverDrive wants', async (t) => {
  const both = await open(t);
  await signIn(both.ils);
  t.equal(both.simulator.asked.length, 1);
  const [asked] = sent(both, '/patrontoken');
  t.strictSame(Object.fromEntries(new URLSearchParams(asked?.body)), {
    ...{ grant_type: 'password', username: card, password: pin },
    scope: 'websiteId:100300 authorizationname:samplelibrary',
  });
  t.equal(asked?.headers['x-forwarded-for'], undefined, 'nobody’s address');
});

t.test('where OverDrive wants no PIN, none is passed on', async (t) => {
  const both = await open(t, { pin_required: false });
  both.simulator.state.library.pinRequired = false;
  await signIn(both.ils);
  const form = new URLSearchParams(sent(both, '/patrontoken')[0]?.body);
  t.equal(form.get('password'), '[ignore]');
  t.equal(form.get('password_required'), 'false');
  t.notOk(sent(both, '/patrontoken')[0]?.body.includes(pin));
});

t.test(
  'a card that OverDrive refuses is rejected, in whichever form it says so, and asked about once',
  async (t) => {
    for (const cardRefusal of ['oauth', 'circulation'] as const) {
      const both = await open(t);
      both.simulator.faults.cardRefusal = cardRefusal;
      t.strictSame(await both.ils.authenticate(card, '9999', asking), { outcome: 'rejected' });
      t.strictSame(await both.ils.authenticate('CARD-0002', pin, asking), { outcome: 'rejected' });
      t.equal(sent(both, '/patrontoken').length, 2);
    }
  },
);

t.test('an application that may not ask for patrons is Carrel’s trouble and no wrong card', async (t) => {
  for (const wrong of [{ authorization_name: 'another' }, { client_secret: 'wrong' }]) {
    const both = await open(t, wrong);
    const fault: unknown = await both.ils.authenticate(card, pin, asking).catch((error: unknown) => error);
    t.match(fault, { kind: 'refused', grant: /Patron authentication|Client key/ });
  }
});

t.test('loans and holds come with title, author, day and page', async (t) => {
  const both = await open(t);
  const { state } = both.simulator;
  (state.checkouts[0] as (typeof state.checkouts)[number]).formats = ['audiobook-overdrive'];
  const account = await both.ils.account(await signIn(both.ils), asking);
  t.match(account, {
    loans: [
      {
        loanId: titles.tide,
        ...{ title: 'The tide tables', author: 'Marlow, A.', dueAt: '2026-03-20T15:43:33.000Z' },
        lent: {
          isbns: ['9780306406157'],
          ...{
            format: 'eaudiobook',
            url: /^https:\/\/link\.overdrive\.com\/\?websiteID=100300&titleID=\d+$/,
          },
        },
      },
    ],
    holds: [
      {
        holdId: titles.letters,
        ...{ title: 'Letters from the lighthouse', status: 'waiting', queuePosition: 2, cancellable: true },
        lent: { format: 'ebook', isbns: ['9780804429573'] },
      },
    ],
  });
  t.notOk('readyUntil' in (account.holds?.[0]?.lent ?? {}));
  t.equal(sent(both, '/v1/patrons/me/checkouts').length, 1);
});

t.test('a hold that is ready says until when, and one that was put off says so', async (t) => {
  const both = await open(t, { site_url: 'https://example.overdrive.com/' });
  const [hold] = both.simulator.state.holds.filter(({ patronId }) => patronId === 71);
  if (!hold) return t.fail();
  const patron = await signIn(both.ils);
  hold.suspendedDays = 7;
  t.match((await both.ils.account(patron, asking)).holds, [{ status: 'suspended' }]);
  Object.assign(hold, { expires: '2026-03-09T10:00:00Z', position: 0 });
  const [ready] = (await both.ils.account(patron, asking)).holds ?? [];
  t.match(ready, {
    status: 'ready',
    lent: {
      readyUntil: '2026-03-09T10:00:00.000Z',
      url: /^https:\/\/example\.overdrive\.com\/media\/\d+$/,
    },
  });
  t.equal(ready?.queuePosition, undefined, 'the first in line is 1, never 0');
});

t.test('titles that OverDrive does not name in time stay unnamed, and the loans are told', async (t) => {
  const both = await open(t);
  const patron = await signIn(both.ils);
  both.simulator.faults.only = ({ path }) => path.endsWith('/bulkmetadata');
  both.simulator.faults.slowMs = Infinity;
  const waiting = both.ils.account(patron, asking);
  while (!both.simulator.asked.some(({ path }) => path.endsWith('/bulkmetadata')))
    await new Promise((resolve) => setImmediate(resolve));
  await both.clock.advance(3_000);
  t.match(await waiting, { loans: [{ title: '', loanId: titles.tide }] });
  both.simulator.faults.slowMs = 0;
  t.match(await both.ils.account(patron, asking), { loans: [{ title: 'The tide tables' }] });
});

t.test('an empty shelf is told as empty, and a list without its rows as none at all', async (t) => {
  const both = await open(t);
  const { state, faults } = both.simulator;
  const patron = await signIn(both.ils);
  Object.assign(state, { checkouts: [], holds: [] });
  t.match(await both.ils.account(patron, asking), { loans: [], holds: [] });
  faults.errorInside = true;
  t.match(await faultOf(both.ils.account(patron, asking)), { kind: 'broken' });
});

t.test('a pass that has run out, or is refused midway, is given up and not renewed', async (t) => {
  const both = await open(t);
  both.simulator.faults.patronSeconds = 1200;
  const patron = await signIn(both.ils);
  t.ok(await both.ils.account(patron, asking));
  await both.clock.advance(1_140_000);
  t.match(await faultOf(both.ils.account(patron, asking)), { kind: 'signed_out', mayHaveHappened: false });

  const other = await signIn(both.ils);
  both.simulator.faults.patronsForgotten = true;
  t.match(await faultOf(both.ils.account(other, asking)), { kind: 'signed_out' });
  const before = both.simulator.asked.length;
  t.match(await faultOf(both.ils.cancelHold(other, titles.letters, asking)), { kind: 'signed_out' });
  t.equal(both.simulator.asked.length, before, 'nothing more is asked for this patron');
  t.equal(sent(both, '/patrontoken').length, 2, 'no PIN is kept to ask anew');
});

t.test('after the visit nothing is left to ask with', async (t) => {
  const both = await open(t);
  const patron = await signIn(both.ils);
  await both.ils.endSession(patron, asking);
  const before = both.simulator.asked.length;
  t.match(await faultOf(both.ils.account(patron, asking)), { kind: 'signed_out' });
  t.equal(both.simulator.asked.length, before);
});

t.test('a hold is removed where OverDrive says it is', async (t) => {
  const both = await open(t);
  const patron = await signIn(both.ils);
  await both.ils.account(patron, asking);
  t.strictSame(await both.ils.cancelHold(patron, titles.letters, asking), { outcome: 'cancelled' });
  const removed = both.simulator.asked.at(-1);
  t.match(removed, { method: 'DELETE', path: `/v1/patrons/me/holds/${titles.letters.toUpperCase()}` });
  t.match(await both.ils.cancelHold(patron, titles.letters, asking), {
    ...{ outcome: 'refused', reason: 'not_found' },
  });
  for (const id of ['../../../libraries/4225', `${titles.letters}/../x`, '%2e%2e']) {
    const before = both.simulator.asked.length;
    t.match(await both.ils.cancelHold(patron, id, asking), { outcome: 'refused', reason: 'not_found' });
    t.equal(both.simulator.asked.length, before, id);
  }
});

t.test('a way to remove a hold that leads elsewhere is not gone', async (t) => {
  const both = await open(t);
  const { state, url } = both.simulator;
  const [hold] = state.holds.filter(({ patronId }) => patronId === 71);
  if (!hold) return t.fail();
  const patron = await signIn(both.ils);
  for (const removal of [
    { href: 'https://elsewhere.example/v1/patrons/me/holds/1', method: 'delete' },
    { href: `${url}/v1/patrons/me/holds/../checkouts/${titles.tide}`, method: 'delete' },
    { href: `${url}/v1/patrons/me/holds/other`, method: 'post' },
    { href: 'no address', method: 'delete' },
  ]) {
    if (!state.holds.includes(hold)) state.holds.push(hold);
    hold.removal = removal;
    await both.ils.account(patron, asking);
    t.strictSame(await both.ils.cancelHold(patron, titles.letters, asking), { outcome: 'cancelled' });
    t.match(both.simulator.asked.at(-1), {
      ...{ method: 'DELETE', path: `/v1/patrons/me/holds/${titles.letters}` },
    });
  }
});

t.test('a removal that falls silent is sent once, and looked for in the account', async (t) => {
  const both = await open(t);
  const { simulator, clock } = both;
  const { patrons } = shieldIls(both.ils, { clock, lookup: () => Promise.resolve([]) });
  const answer = await patrons.authenticate(card, pin, asking);
  if (answer.outcome !== 'ok') return t.fail();
  simulator.faults.removalThenSilence = true;
  const waiting = patrons.cancelHold(answer.patron, titles.letters, asking);
  while (simulator.state.holds.some(({ patronId }) => patronId === 71))
    await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(12_000);
  t.strictSame(await waiting, { outcome: 'cancelled' });
  t.equal(simulator.asked.filter(({ method }) => method === 'DELETE').length, 1);
});

t.test('a patron’s address goes along only where the library has said so', async (t) => {
  const told = await openBoth(
    t,
    { ...withAccounts, forward_patron_address: true },
    { patronAddress: () => '192.0.2.7' },
  );
  await told.ils.account(await signIn(told.ils), asking);
  for (const path of ['/patrontoken', '/v1/patrons/me/checkouts', '/v1/patrons/me/holds'])
    t.equal(sent(told, path)[0]?.headers['x-forwarded-for'], '192.0.2.7', path);
  const silent = await openBoth(t, withAccounts, { patronAddress: () => '192.0.2.7' });
  await silent.ils.account(await signIn(silent.ils), asking);
  t.notOk(silent.simulator.asked.some(({ headers }) => headers['x-forwarded-for'] !== undefined));
});

t.test('neither card, PIN nor pass can be read off anything that the adapter gives away', async (t) => {
  const both = await open(t);
  const patron = await signIn(both.ils);
  const account = await both.ils.account(patron, asking);
  const pass = sent(both, '/v1/patrons/me/holds')[0]?.headers.authorization?.replace('Bearer ', '');
  both.simulator.faults.patronsForgotten = true;
  const fault: unknown = await both.ils.account(patron, asking).catch((error: unknown) => error);
  t.ok(pass !== undefined && pass.length > 20);
  for (const shown of [patron, account, fault, both.ils])
    for (const text of [inspect(shown, { depth: 12, showHidden: true }), JSON.stringify(shown)])
      for (const secret of [card, pass ?? '', 'client-secret'])
        t.notOk(text.includes(secret), 'not to be read');
});

t.test('what an administrator has to grant is said in OverDrive’s words', async (t) => {
  const both = await open(t, { match_by_isbn: false });
  t.match(await both.ils.capabilities(asking), {
    authenticate: { works: true, note: /Patron authentication.*Website ID.*ILS name/ },
    account: { works: true },
    cancel_hold: { works: true },
    renew: { works: false },
    place_hold: { works: false },
  });
  t.equal(both.ils.lender, 'OverDrive');
});
