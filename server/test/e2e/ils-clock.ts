/** Loaded into a server under test by --import: SIGUSR2 moves its clock on by a little more than answers stay fresh. */
import { isMainThread } from 'node:worker_threads';

const JUMP_MS = 61_000;

if (isMainThread) {
  const real = Date.now;
  let ahead = 0;
  Date.now = () => real() + ahead;
  process.on('SIGUSR2', () => (ahead += JUMP_MS));
}
