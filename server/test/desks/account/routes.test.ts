import t from 'tap';
import { accountRoutes } from '../../../contract/account.js';
import type { RouteRow } from '../../../contract/routes.js';
import { createAccountRoutes } from '../../../desks/account/routes.js';
import type { Choices, SavedList } from '../../../contract/my-data.js';
import { cards } from './library.js';
import { openHouse } from './house.js';

const rows: readonly RouteRow[] = accountRoutes;

t.test('the table of routes is what is mounted, and the end of a visit passes through', async (t) => {
  const { desk, door, sentences, visits } = await openHouse(t);
  const router = createAccountRoutes(desk, { door, sentences, visits, carryOver: () => undefined });
  const mounted = router.stack.flatMap(({ route }) =>
    route
      ? route.stack
          .map(({ method }) => `${method} ${route.path.replace(/:(\w+)/g, '{$1}')}`)
          .filter((one, n, all) => all.indexOf(one) === n)
      : [],
  );
  t.strictSame(
    mounted.sort(),
    [...rows.map(({ method, path }) => `${method} ${path}`), 'delete /session'].sort(),
  );
  for (const row of rows) {
    t.equal(row.path.includes('{'), row.params !== undefined, `${row.path} says its parameters`);
    t.equal(row.status === 204, row.response === undefined, `${row.path} says its answer`);
    t.ok(row.tag === 'account', row.path);
  }
});

t.test('every address answers with the status and in the form that the table says', async (t) => {
  const { browser } = await openHouse(t);
  const page = browser();
  await page.signIn(cards.ada);
  const all: Choices = { lists: true, history: true, keep_days: 30 };
  await page.send('PUT', '/me/choices', all);
  const list = (await (await page.send('POST', '/me/lists', { name: 'A' })).json()) as SavedList;
  const bodies: Record<string, unknown> = {
    'post /me/holds': { record_id: 'l1', pickup_branch_id: 'HARB' },
    'put /me/choices': all,
    'post /me/lists': { name: 'B' },
    'put /me/lists/{id}': { name: 'C' },
  };
  const ids: Record<string, string> = {
    '/me/loans/{id}/renewal': 'loan-1',
    '/me/holds/{id}': 'hold-1',
    '/me/lists/{id}': list.list_id,
  };
  // Signing in and out, and questions, are tested where they belong.
  const others = /sign-|answers$/;
  const tried = rows.filter(
    ({ method, path }) => !others.test(path) || `${method} ${path}` === 'get /me/sign-in',
  );
  const isErasing = ({ method, path }: RouteRow) => method === 'delete' && path === '/me/data';
  for (const row of [...tried.filter((one) => !isErasing(one)), ...tried.filter(isErasing)]) {
    const query = row.path === '/me/pickup-branches' ? '?record_id=l1' : '';
    const path = row.path.replace('{id}', ids[row.path] ?? '') + query;
    const response = await page.send(row.method.toUpperCase(), path, bodies[`${row.method} ${row.path}`]);
    t.equal(response.status, row.status, `${row.method} ${path}`);
    if (row.response) {
      const read = row.response.safeParse(await response.json());
      t.ok(read.success, `${row.method} ${path}: ${read.error?.message ?? ''}`);
    }
  }
  t.ok(tried.length >= 16, `${tried.length} addresses`);
});
