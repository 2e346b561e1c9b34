import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler, Router } from 'express';

/**
 * Serves the built page: hashed assets for a year, index.html never cached, and index.html for every address that the
 * page itself routes. Answers nothing when the page was not built, so that the API still stands alone.
 */
export function servePage(folder: string): RequestHandler {
  const router = Router();
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return router;
  router.use(
    '/assets',
    express.static(join(folder, 'assets'), {
      immutable: true,
      maxAge: '365d',
      fallthrough: false,
      index: false,
    }),
  );
  router.use(express.static(folder, { index: false, maxAge: '1h' }));
  router.get(['/', '/search', '/records/:id', '/about'], (_req, res) => {
    res.setHeader('cache-control', 'no-cache');
    res.sendFile(index);
  });
  return router;
}
