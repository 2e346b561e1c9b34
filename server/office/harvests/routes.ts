import { Router } from 'express';
import type { Harvest } from '../../contract/harvests.js';
import type { Harvests, HarvestState } from '../../engine/harvest/harvests.js';

/** How feeds are followed, over HTTP. Mount it behind the staff guard. */
export function createHarvestRoutes(deps: { harvests: Pick<Harvests, 'states'> }): Router {
  const router = Router();
  router.get('/', async (_req, res) => {
    res.json({ harvests: (await deps.harvests.states()).map(shown) });
  });
  return router;
}

function shown(state: HarvestState): Harvest {
  const { underWay } = state;
  return {
    source: state.source,
    running: state.isRunning,
    under_way:
      underWay === undefined
        ? null
        : {
            mode: underWay.mode,
            records: underWay.records,
            started_at: underWay.startedAt,
            importing: underWay.importing,
          },
    last_success_at: state.lastSuccessAt ?? null,
    last_full_at: state.lastFullAt ?? null,
    records: state.records,
    failures: state.failures,
    last_failure_at: state.lastFailureAt ?? null,
    failure: state.failure ?? null,
    due_at: state.dueAt ?? null,
  };
}
