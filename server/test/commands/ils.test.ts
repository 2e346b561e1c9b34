import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { z } from 'zod';
import { ilsCommand, type IlsCommand } from '../../commands/ils.js';
import { databasePath } from '../../engine/db/database.js';
import type { Capabilities } from '../../engine/ils/capabilities.js';
import { createDemoIls } from '../../engine/ils/demo.js';
import type { Ils } from '../../engine/ils/ils.js';
import { IlsFault } from '../../engine/ils/ils-fault.js';
import type { SourceKinds } from '../../engine/settings/sources.js';
import { createFakeCatalogue } from '../fakes/bibs.js';
import { createFakeClock } from '../fakes/clock.js';
import { createTerminal } from './terminal.js';

const SECRET = 'correct-horse-battery';
const kinds: SourceKinds = {
  koha: {
    title: 'Koha',
    role: 'ils',
    schema: z.object({
      base_url: z.url().describe('Address of the staff API.'),
      client_secret: z.string().min(8).optional().describe('Secret of the API key.').meta({ secret: true }),
      concurrency: z.int().min(1).default(4).describe('Requests at a time.'),
      branches: z.array(z.string()).default([]).describe('Pickup places.'),
    }),
  },
  oai: { title: 'OAI-PMH', role: 'feed', schema: z.object({ base_url: z.url().describe('Address.') }) },
};

const works = { works: true } as const;
const all: Capabilities = {
  branches: works,
  availability: works,
  authenticate: works,
  account: works,
  renew: { works: false, because: 'Renewals are not granted.', grant: 'circulate: renew' },
  place_hold: works,
  cancel_hold: works,
  harvest: works,
};

function fakeIls(more: Partial<Ils> = {}): Ils {
  return {
    ...createDemoIls({ catalogue: createFakeCatalogue([]) }),
    name: 'Koha',
    host: 'ils.example.org',
    capabilities: () => Promise.resolve(all),
    branches: () => Promise.resolve([{ id: 'MAIN', name: 'Main Street', pickup: true }]),
    authenticate: (_card, pin) =>
      Promise.resolve(
        pin === '1234'
          ? { outcome: 'ok', patron: { id: '51', homeBranchId: undefined } }
          : { outcome: 'rejected' },
      ),
    account: () => Promise.resolve({ loans: [], holds: undefined, fines: undefined, blocks: [] }),
    ...more,
  };
}

function setUp(t: Test) {
  const dataDir = t.testdir();
  const asked: string[] = [];
  const run = async (positionals: string[], more: Partial<IlsCommand> = {}) => {
    const screen = createTerminal();
    const status = await ilsCommand({
      dataDir,
      positionals,
      values: {},
      output: screen.output,
      signal: new AbortController().signal,
      kinds,
      openIls: () => fakeIls(),
      askSecret: (question) => {
        asked.push(question);
        return Promise.resolve(SECRET);
      },
      ...more,
    });
    return { status, text: screen.text(), problems: screen.problems };
  };
  return { dataDir, run, asked };
}

t.test('a system is set up, shown without its secret, changed, switched off and forgotten', async (t) => {
  const { run, asked, dataDir } = setUp(t);
  t.match(await run(['list']), { status: 0, text: /No system is set up/ });
  const added = await run(['add', 'koha', 'koha', 'base_url=https://ils.example.org', 'client_secret']);
  t.match(added, { status: 0, text: /koha is set up/ });
  t.same(asked, ['client_secret (nothing is shown): ']);
  await run(['set', 'koha', 'concurrency=2', 'branches=["MAIN","HARB"]']);
  const { text } = await run(['list']);
  t.match(text, /client_secret = \(set\)/);
  t.match(text, /concurrency = 2/);
  t.match(text, /branches = \["MAIN","HARB"\]/);
  t.notMatch(text + (await run(['list'], { values: { json: true } })).text, SECRET);
  t.notMatch(readFileSync(databasePath(dataDir), 'latin1'), SECRET);
  t.match(await run(['off', 'koha']), { status: 0 });
  t.match((await run(['list'])).text, /koha: Koha \(off\)/);
  await run(['set', 'koha', 'client_secret=']);
  t.match((await run(['list'])).text, /client_secret = \(not set\)/);
  t.match(await run(['remove', 'koha']), { status: 0, text: 'koha is forgotten.\n' });
  t.match((await run(['list'])).text, /No system is set up/);
});

t.test('a secret is read from a file or asked for, never taken from the command line', async (t) => {
  const { run, dataDir } = setUp(t);
  const add = (secret: string) =>
    run(['add', 'koha', 'koha', 'base_url=https://ils.example.org', `client_secret=${secret}`]);
  t.match(await add(SECRET), { status: 1, problems: [/would be seen on the command line/] });
  t.match(await add('@/nowhere'), { status: 1, problems: [/file for client_secret cannot be read/] });
  writeFileSync(join(dataDir, 'word'), `${SECRET}\n`);
  t.match(await add(`@${join(dataDir, 'word')}`), { status: 0 });
});

t.test('what is wrong is one sentence, and changes nothing', async (t) => {
  const { run } = setUp(t);
  t.match(await run(['add', 'koha', 'alma']), {
    status: 1,
    problems: [/knows no "alma"; it knows koha, oai/],
  });
  t.match(await run(['add', 'koha', 'koha', 'colour=red']), { status: 1, problems: [/no setting "colour"/] });
  t.match(await run(['add', 'koha', 'koha']), { status: 1, problems: [/base_url is missing/] });
  t.match(await run(['add', 'koha', 'koha', 'base_url']), {
    status: 1,
    problems: [/Say what base_url is to be/],
  });
  t.match(await run(['set', 'none', 'a=b']), { status: 1, problems: [/no source "none"/] });
  t.match(await run(['off', 'none']), { status: 1, problems: [/no source "none"/] });
  t.match(await run(['wash']), { status: 2 });
  t.match(await run(['wash', 'constructor']), { status: 2 });
  t.match(await run(['constructor']), { status: 2 });
  t.match(await run(['add', 'koha']), { status: 2 });
  t.match((await run(['list'])).text, /No system is set up/);
  t.match(
    (await run(['kinds', 'koha'])).text,
    /base_url \(needed\)\n +Address of the staff API\.\n +client_secret \(secret\)/,
  );
  t.match((await run(['kinds'])).text, /koha: Koha, the library’s own system/);
});

t.test('a test tries each function, says what must be granted, and names nobody', async (t) => {
  const { run } = setUp(t);
  t.match(await run(['test']), { status: 1, problems: ['No system is set up and on.'] });
  await run(['add', 'koha', 'koha', 'base_url=https://ils.example.org']);
  const askSecret = () => Promise.resolve('1234');
  const { status, text } = await run(['test'], { values: { card: 'CARD-0001' }, askSecret });
  t.equal(status, 0);
  t.match(text, /koha: Koha at ils\.example\.org/);
  t.match(text, /no {3}renewing: Renewals are not granted\.\n +Grant: circulate: renew/);
  t.match(text, /branches: 1: Main Street/);
  t.match(text, /signing in: ok\n +account: loans 0, holds not told/);
  t.notMatch(text, /CARD-0001|1234/);
  t.match(await run(['test'], { values: { card: 'CARD-0001' } }), {
    status: 1,
    text: /signing in: rejected/,
  });
  t.match(await run(['test'], { values: { record: 'none' } }), {
    status: 1,
    problems: [/holds no record none/],
  });
});

t.test('a system that is away fails the test with one sentence', async (t) => {
  const { run } = setUp(t);
  await run(['add', 'koha', 'koha', 'base_url=https://ils.example.org']);
  const away = new IlsFault('unreachable', 'Koha at ils.example.org');
  const openIls = () => fakeIls({ capabilities: () => Promise.reject(away) });
  t.match(await run(['test', 'koha'], { openIls }), {
    status: 1,
    text: /Koha at ils\.example\.org cannot be reached\./,
  });
  const half = () =>
    fakeIls({ branches: () => Promise.reject(new IlsFault('refused', 'Koha', { grant: 'x: y' })) });
  t.match(await run(['test', 'koha'], { openIls: half }), {
    status: 1,
    text: /does not let Carrel do this\.\n +Grant: x: y/,
  });
});

t.test('a system that grants nothing fails the test, and asks for one thing once', async (t) => {
  const { run } = setUp(t);
  await run(['add', 'koha', 'koha', 'base_url=https://ils.example.org']);
  const no = { works: false, because: 'The key is refused.', grant: 'An API key' } as const;
  const none = Object.fromEntries(Object.keys(all).map((name) => [name, no])) as unknown as Capabilities;
  const openIls = () => fakeIls({ capabilities: () => Promise.resolve(none) });
  const { status, text } = await run(['test'], { openIls });
  t.equal(status, 1);
  t.equal(text.match(/Grant: An API key/g)?.length, 1);
  t.equal(text.match(/Grant: the same\./g)?.length, 7);
  t.match(text, /Nothing could be tried\./);
});

t.test('a card that cannot be tried fails the test, and its PIN is not asked for', async (t) => {
  const { run } = setUp(t);
  await run(['add', 'koha', 'koha', 'base_url=https://ils.example.org']);
  const closed = { ...all, authenticate: { works: false, because: 'No sign-in here.' } } as const;
  const openIls = () => fakeIls({ capabilities: () => Promise.resolve(closed) });
  const askSecret = () => Promise.reject(new Error('asked for a PIN'));
  t.match(await run(['test'], { values: { card: 'CARD-0001' }, openIls, askSecret }), {
    status: 1,
    text: /signing in: not tried, since it does not work/,
  });
  t.match(await run(['test'], { openIls }), { status: 0 }, 'who tries no card is told, and no more');
});

t.test('a system that never answers is given up', async (t) => {
  const { run } = setUp(t);
  await run(['add', 'koha', 'koha', 'base_url=https://ils.example.org']);
  const clock = createFakeClock();
  let stopped = false;
  const openIls = () =>
    fakeIls({
      capabilities: ({ signal }) =>
        clock
          .after(60_000, signal)
          .then(() => new Promise<never>(() => signal.addEventListener('abort', () => (stopped = true)))),
    });
  const running = run(['test', 'koha'], { openIls, clock });
  let ended = false;
  void running.then(() => (ended = true));
  while (!ended) await clock.advance(10_000);
  t.match(await running, { status: 1, text: /what it offers: no answer in 60 seconds\./ });
  t.ok(stopped, 'and no longer waited for');
});
