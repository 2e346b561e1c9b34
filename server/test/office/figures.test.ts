import express from 'express';
import { pino } from 'pino';
import t from 'tap';
import { FigureList } from '../../contract/figures.js';
import { staffOnly } from '../../http/guards.js';
import { sendProblems } from '../../http/problems.js';
import { createFigureRoutes } from '../../office/figures/routes.js';
import { serve } from '../http/serve.js';

t.test('staff read what was counted in a span of days; nobody else does', async (t) => {
  const spans: { from: string; to: string }[] = [];
  const list = (span: { from: string; to: string }) => {
    spans.push(span);
    return Promise.resolve([{ day: '2026-03-04', kind: 'turn' as const, name: 'full', count: 3 }]);
  };
  const app = express();
  app.use('/figures', staffOnly('a key of staff here'), createFigureRoutes({ figures: { list } }));
  app.use(sendProblems(pino({ level: 'silent' })));
  const base = await serve(t, app);
  const get = (query: string, key?: string): Promise<Response> =>
    fetch(
      `${base}/figures${query}`,
      key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } },
    );
  t.equal((await get('')).status, 401);
  t.equal((await get('', 'another key')).status, 401);
  t.equal(spans.length, 0);
  const answer = await get('?from=2026-03-01&to=2026-03-05', 'a key of staff here');
  t.ok(FigureList.parse(await answer.json()).figures.length);
  t.same(spans, [{ from: '2026-03-01', to: '2026-03-05' }]);
  await get('?to=2026-03-31', 'a key of staff here');
  t.same(spans[1], { from: '2026-03-01', to: '2026-03-31' });
  t.equal((await get('?from=yesterday', 'a key of staff here')).status, 400);
});
