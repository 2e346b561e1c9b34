import express from 'express';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { listen } from '../../http/listen.js';
import { servePage } from '../../http/static.js';

const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

t.test(
  'a browser gets the page everywhere, with 404 where there is none, and a program goes on',
  async (t) => {
    const folder = t.testdir();
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<title>Carrel</title>');
    writeFileSync(join(folder, 'assets', 'page-1.js'), '1');
    const app = express();
    app.use(servePage(folder));
    app.use((_req, res) => void res.status(404).json({ code: 'not_found' }));
    const server = await listen(app, { host: '127.0.0.1', port: 0 });
    t.teardown(() => server.close(100));
    const get = (path: string, headers = {}) => fetch(`http://127.0.0.1:${server.port}${path}`, { headers });

    for (const path of ['/', '/search', '/records/some-id']) {
      const page = await get(path);
      t.equal(page.status, 200, path);
      t.equal(page.headers.get('cache-control'), 'no-cache');
    }
    const lost = await get('/foo/bar', browser);
    t.equal(lost.status, 404);
    t.match(await lost.text(), /<title>Carrel/);
    t.match(await (await get('/foo/bar')).json(), { code: 'not_found' });
    t.match((await get('/assets/page-1.js')).headers.get('cache-control'), /max-age=31536000, immutable/);
    t.equal((await get('/assets/gone.js')).status, 404);
  },
);

t.test('without a built page everything goes on to what comes after', async (t) => {
  const app = express();
  app.use(servePage(join(t.testdir(), 'none')));
  app.use((_req, res) => void res.status(204).end());
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  t.teardown(() => server.close(100));
  t.equal((await fetch(`http://127.0.0.1:${server.port}/`, { headers: browser })).status, 204);
});
