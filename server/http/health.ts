import { Router } from 'express';

/** What readiness looks at; each part says in a word how it is. */
export interface Readiness {
  database: 'ok' | 'failing';
  /** `empty` is ready: the desk then says that no catalogue has been put in. */
  index: 'ok' | 'empty' | 'failing';
  queue: { waiting: number; limit: number; full: boolean };
  vectors: boolean;
  version: string;
  catalogue_version: string | null;
  records: number;
}

/** `/health/live` says that the process answers; `/health/ready` that a patron would be served (else 503). */
export function healthRoutes(readiness: () => Promise<Readiness>): Router {
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
