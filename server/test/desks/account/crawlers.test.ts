import t from 'tap';
import { openHouse } from './house.js';

t.test('what a patron may do is asked of the system for a person, never for a crawler', async (t) => {
  const { library, base } = await openHouse(t);
  const before = { ...library.ils };
  let asked = 0;
  library.ils.capabilities = (asking) => {
    asked += 1;
    return before.capabilities(asking);
  };
  const see = async (path: string, headers: Record<string, string>): Promise<unknown> =>
    (await fetch(base + path, { headers })).json();
  const crawler = {
    'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  };
  for (const path of ['/me', '/me/sign-in']) {
    t.match(await see(path, crawler), { can: { sign_in: true } });
    t.match(await see(path, { 'sec-purpose': 'prefetch' }), { can: { sign_in: true } });
  }
  t.equal(asked, 0);
  t.match(await see('/me', { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' }), {
    can: { sign_in: true },
  });
  t.equal(asked, 1);
});
