import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler, Router } from 'express';

/**
 * Serves the built page: hashed assets for a year, index.html never cached, and index.html for every address that the
 * page itself routes; any other address gets it with 404 when a browser asks. Answers nothing when the page was not built, so that the API still stands alone.
 */
export function servePage(folder: string): RequestHandler {
  const router = Router();
  if (!existsSync(join(folder, 'index.html'))) return router;
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
  router.get(['/', '/search', '/records/:id', '/account', '/my-data', '/about'], (_req, res) => {
    res.setHeader('cache-control', 'no-cache');
    res.sendFile('index.html', { root: folder });
  });
  // A browser that lost its way is told so by the page, in the library's own dress; programs get a problem.
  router.get(/./, (req, res, next) => {
    if (req.accepts(['json', 'html']) !== 'html') return next();
    res.setHeader('cache-control', 'no-cache');
    res.status(404).sendFile('index.html', { root: folder });
  });
  return router;
}
