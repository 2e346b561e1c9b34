/**
 * Loaded before every test file, in it and in the processes that it starts: their threads start without what tap loads
 * into a process to see which lines run. Loading that again cost more than most threads themselves, and most told tap
 * nothing, for a thread that is ended from outside cannot. Lines that run in threads alone do not count as covered.
 */
import { syncBuiltinESMExports } from 'node:module';
import threads, { type WorkerOptions } from 'node:worker_threads';

if (threads.isMainThread) {
  const tapsOrThis = /"?--import[= ][^\s"]*(?:@tapjs\/processinfo|plain-threads)[^\s"]*"?/g;
  threads.Worker = class extends threads.Worker {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      const env = typeof options.env === 'object' ? options.env : process.env;
      const others = String(env['NODE_OPTIONS'] ?? '').replace(tapsOrThis, '');
      super(file, { execArgv: [], ...options, env: { ...env, NODE_OPTIONS: others } });
    }
  };
  syncBuiltinESMExports();
  process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import=${import.meta.url}`.trim();
}
