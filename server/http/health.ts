import { Router } from 'express';
import type { EngineState } from '../engine/open.js';

/** `/health/live` says that the process answers; `/health/ready` that a patron would be served (else 503). */
export function healthRoutes(readiness: () => Promise<EngineState>): Router {
  const router = Router();
  router.get('/live', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/ready', async (_req, res) => {
    const parts = await readiness();
    const ready = parts.database === 'ok' && parts.index !== 'failing' && !parts.queue.full;
    res.status(ready ? 200 : 503).json({ status: ready ? 'ok' : 'unavailable', ...parts });
  });
  return router;
}
