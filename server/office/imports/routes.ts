import express, { Router } from 'express';
import { ImportUpload, QuarantineQuery, ResumeQuery } from '../../contract/office.js';
import { Problem } from '../../contract/problems.js';
import { openEventStream, wantsEvents } from '../../http/sse.js';
import { createImportOffice, type ImportOfficeDeps } from './imports.js';

/** A corrected record is one record: what the quarantine itself keeps of one. */
const MAX_RECORD = '8mb';

/**
 * Imports over HTTP: uploads of any size, jobs, and the quarantine. Mount it behind the staff guard and before anything
 * that reads bodies.
 */
export function createImportRoutes(deps: ImportOfficeDeps): Router {
  const office = createImportOffice(deps);
  const router = Router();

  router.post('/', async (req, res) => {
    const job = await office.upload(req, ImportUpload.parse(req.query));
    res.status(202).location(`${req.baseUrl}/${job.id}`).json(job);
  });

  router.get('/', async (_req, res) => {
    res.json({ jobs: await office.list() });
  });

  router.get('/quarantine/:qid/raw', async (req, res) => {
    const { name, bytes } = await office.raw(req.params.qid);
    res.attachment(name).type('application/octet-stream').send(bytes);
  });

  router.post(
    '/quarantine/:qid/retry',
    express.raw({ type: () => true, limit: MAX_RECORD }),
    async (req, res) => {
      const body: unknown = req.body;
      const corrected = Buffer.isBuffer(body) && body.length > 0 ? body : undefined;
      res.json(await office.retry(req.params.qid, corrected));
    },
  );

  router.get('/:id', async (req, res) => {
    const job = await office.get(req.params.id);
    if (!wantsEvents(req)) {
      res.json(job);
      return;
    }
    const events = openEventStream(req, res);
    try {
      let last = job;
      for await (last of office.follow(job.id, events.signal)) events.send('progress', last);
      events.send('done', last);
    } catch (error) {
      // The status line is long sent, so that no middleware sees what went wrong.
      if (!(error instanceof Problem)) deps.onFault?.(error);
      events.fail(error);
    }
    events.close();
  });

  router.post('/:id/cancel', async (req, res) => {
    res.json(await office.cancel(req.params.id));
  });

  router.post('/:id/resume', async (req, res) => {
    const { allow_shrink: allowShrink } = ResumeQuery.parse(req.query);
    res
      .status(202)
      .json(await office.resume(req.params.id, allowShrink === undefined ? {} : { allowShrink }));
  });

  router.get('/:id/quarantine', async (req, res) => {
    res.json(await office.quarantine(req.params.id, QuarantineQuery.parse(req.query)));
  });

  return router;
}
