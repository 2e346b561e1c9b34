/** Loaded into the server under test by --import: each `later` over the IPC channel lets all its answers grow stale. */
import { isMainThread } from 'node:worker_threads';

/** A little more than an answer of the library's system stays fresh. */
const JUMP_MS = 61_000;

if (isMainThread) {
  const real = Date.now;
  let ahead = 0;
  Date.now = () => real() + ahead;
  process.on('message', (message) => {
    if (message !== 'later') return;
    ahead += JUMP_MS;
    process.send?.('later');
  });
  // Listening alone must not keep the server from ending.
  process.channel?.unref();
}
