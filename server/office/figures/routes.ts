import { Router } from 'express';
import { FigureQuery } from '../../contract/figures.js';
import type { Figures } from '../../engine/figures/figures.js';

const DAY_MS = 86_400_000;
const DAYS_SHOWN = 30;

/** What was counted, over HTTP. Mount it behind the staff guard. */
export function createFigureRoutes(deps: { figures: Pick<Figures, 'list'> }): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    const query = FigureQuery.parse(req.query);
    const to = query.to ?? dayOf(Date.now());
    const from = query.from ?? dayOf(Date.parse(to) - DAYS_SHOWN * DAY_MS);
    res.json({ figures: await deps.figures.list({ from, to }) });
  });
  return router;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
