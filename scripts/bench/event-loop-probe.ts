/** Loaded into the server under test by --import: answers event-loop delay and memory over the IPC channel. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface ProbeReading {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  residentMb: number;
}

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();

process.on('message', (message) => {
  if (message === 'reset') delay.reset();
  if (message !== 'read') return;
  const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - 5);
  const reading: ProbeReading = {
    p50Ms: ms(delay.percentile(50)),
    p99Ms: ms(delay.percentile(99)),
    maxMs: ms(delay.max),
    residentMb: process.memoryUsage.rss() / 2 ** 20,
  };
  process.send?.(reading);
});
// Listening alone must not keep the server from ending.
process.channel?.unref();
