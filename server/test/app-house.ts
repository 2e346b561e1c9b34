import type { Test } from 'tap';
import { createApp } from '../app.js';
import { readConfig } from '../config.js';
import { createLruCache } from '../engine/cache/lru.js';
import type { Engine } from '../engine/open.js';
import type { Ils } from '../engine/ils/ils.js';
import { openLog } from '../engine/telemetry/log.js';
import { shieldIls } from '../engine/ils/shielded.js';
import { createFakeLibrary } from './desks/account/library.js';
import { createBrowser, fileKey } from './desks/account/house.js';
import { createFakeCatalogue, lighthouseBooks } from './fakes/bibs.js';
import { createFakeClock } from './fakes/clock.js';
import { createFakeLlm } from './fakes/llm.js';
import { createFakeSearch } from './fakes/search.js';
import { serve } from './http/serve.js';

/**
 * The whole app as it listens, over a fake search, a fake library and a model whose every piece of an answer waits for
 * `modelClock`. `ils` takes the fake library's place. Its own clock is the machine's.
 */
export async function openApp(t: Test, { ils: other }: { ils?: Ils } = {}) {
  const modelClock = createFakeClock();
  const catalogue = createFakeCatalogue(lighthouseBooks());
  const library = createFakeLibrary();
  const llm = createFakeLlm(
    () => ({ picks: [2, 1], reply: 'For a history of lighthouse builders, [2].', whys: [] }),
    modelClock,
  );
  llm.behave.pieceMs = 1000;
  const ils = shieldIls(other ?? library.ils, {
    clock: createFakeClock(),
    lookup: (ids) => Promise.resolve(catalogue.listRecords(ids)),
    repeats: 0,
  });
  const counted: string[] = [];
  const faults: unknown[] = [];
  const logged: string[] = [];
  const engine = {
    version: '0.0.0',
    search: createFakeSearch(catalogue),
    records: { ...catalogue, idsByIlsId: () => Promise.resolve(new Map()) },
    ils,
    kept: { use: () => Promise.resolve(undefined) },
    fileKey,
    cache: createLruCache({ maxEntries: 100 }),
    llm,
    figures: { count: (kind: string) => void counted.push(kind) },
  } as unknown as Engine;
  const config = readConfig({ CARREL_DATA: t.testdir(), CARREL_RATE_LIMIT: '0', CARREL_TRUST_PROXY: '1' });
  const house = createApp(config, engine, {
    log: openLog({ level: 'trace' }, { write: (line: string) => void logged.push(line) }),
    onFault: (error) => faults.push(error),
  });
  const base = `${await serve(t, house.app)}/api/v1`;
  t.teardown(() => house.close());
  return {
    ...{ library, llm, modelClock, counted, faults, logged, base },
    browser: (address = '192.0.2.1') => createBrowser({ base, address, clock: modelClock }),
  };
}
