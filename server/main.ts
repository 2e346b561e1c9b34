import { createApp } from './app.js';
import { ConfigError, readConfig, secretSettings, type Config } from './config.js';
import { openEngine } from './engine/open.js';
import { watchFaults } from './engine/telemetry/faults.js';
import { openLog } from './engine/telemetry/log.js';
import { placesOf } from './engine/telemetry/places.js';
import { listen } from './http/listen.js';

/** Time that answers under way get to finish once the process is told to stop. */
const GRACE_MS = 10_000;
/** Time that models, imports and files then get to close, before the process ends all the same. */
const CLOSING_MS = 15_000;

try {
  const config = readConfig(process.env);
  for (const name of secretSettings) delete process.env[name];
  await serve(config);
} catch (error) {
  if (!isExpected(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function serve(config: Config): Promise<void> {
  const log = openLog({ level: config.logLevel });
  const onFault = (error: unknown): void =>
    log.error({ name: nameOf(error), stack: placesOf(error) }, 'fault');
  const onUnusable = (sentence: string): void => log.error(sentence);
  const engine = await openEngine(config, { onFault, onUnusable });
  const stopWatching = watchFaults(({ channel, step, error }) =>
    log.warn({ channel, step, name: nameOf(error), stack: placesOf(error) }, 'degraded'),
  );
  const { house, server } = await opened(engine, async () => {
    const house = createApp(config, engine, { log, onFault });
    return { house, server: await listen(house.app, config) };
  });
  log.info({ port: server.port, host: config.host, records: engine.records.count() }, 'listening');

  let closing = false;
  const close = async (reason: string, exitCode: number): Promise<void> => {
    if (closing) return;
    closing = true;
    log.info({ reason }, 'closing');
    process.exitCode = exitCode;
    setTimeout(() => {
      log.error('closing took too long');
      process.exit(1);
    }, GRACE_MS + CLOSING_MS).unref();
    await server.close(GRACE_MS);
    await house.close();
    await engine.close();
    stopWatching();
  };
  // For good, not once: a package that listens too takes a signal that nobody else is left to hear for its own, and ends
  // the process on the spot.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void close(signal, 0));
  // A state that nobody foresaw is not survived: close in order and let the supervisor start afresh.
  const unforeseen = (error: unknown): void => {
    log.fatal({ name: nameOf(error), stack: placesOf(error) }, 'unforeseen fault');
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    void close('fault', 1);
  };
  process.on('uncaughtException', unforeseen);
  process.on('unhandledRejection', unforeseen);
}

/** What the engine was opened for; when that fails the engine is closed, or its threads would keep a dead server running. */
async function opened<T>(engine: { close(): Promise<void> }, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function isExpected(error: unknown): error is Error {
  if (error instanceof ConfigError) return true;
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return (
    name === 'DataFolderError' || name === 'KeyFileTrouble' || code === 'EADDRINUSE' || code === 'EACCES'
  );
}
