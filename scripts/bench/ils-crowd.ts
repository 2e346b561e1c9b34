import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../server/lib/seeded-random.js';
import { exchange } from './load.js';
import { percentiles, type Percentiles } from './percentiles.js';
import type { AgeingServer } from './ils-server.js';
import type { KohaProcess } from './ils-koha.js';

const MINUTE_MS = 60_000;
/** Each patron asks again after this, on average. */
const PAUSE_MS = 10_000;

export interface Crowd {
  /** All at once, each for every record. */
  atOnce: Percentiles & { statuses: Record<string, number> };
  /** Then over minutes, each for one of them now and again. */
  overTime: Percentiles & { statuses: Record<string, number> };
  /** Requests to the system for one record within any 60 s, of the record that had most. */
  mostAMinute: number;
  /** Shortest time between two requests for the same record, in seconds; Infinity when none was asked for twice. */
  closestSeconds: number;
  upstream: number;
  eventLoopP99Ms: number;
}

/** `patrons` ask for the same records, at first all at once, then over `minutes` of real time. */
export async function measureCrowd(
  { server, koha }: { server: AgeingServer; koha: KohaProcess },
  ids: readonly string[],
  { patrons, minutes }: { patrons: number; minutes: number },
): Promise<Crowd> {
  const agent = new Agent({ keepAlive: true, maxSockets: patrons });
  const random = seededRandom(3);
  const asker = () => {
    const times: number[] = [];
    const statuses: Record<string, number> = {};
    const ask = async (id: string): Promise<void> => {
      const startedAt = performance.now();
      const { status } = await exchange(agent, 'GET', `${server.base}/api/v1/records/${id}/availability`);
      times.push(performance.now() - startedAt);
      statuses[status] = (statuses[status] ?? 0) + 1;
    };
    return { ask, told: () => ({ ...percentiles(times), statuses }) };
  };
  await koha.heard();
  server.resetProbe();
  const crowd = Array.from({ length: patrons }, () => [...ids].sort(() => random() - 0.5));

  const first = asker();
  await Promise.all(
    crowd.map(async (wanted) => {
      for (const id of wanted) await first.ask(id);
    }),
  );
  const later = asker();
  const until = performance.now() + minutes * MINUTE_MS;
  await Promise.all(
    crowd.map(async () => {
      for (;;) {
        await sleep(random() * 2 * PAUSE_MS);
        if (performance.now() > until) return;
        await later.ask(ids[Math.floor(random() * ids.length)] ?? '');
      }
    }),
  );
  agent.destroy();
  const { p99Ms } = await server.readProbe();
  const byRecord = new Map<string, number[]>();
  const heard = await koha.heard();
  for (const { record, at } of heard) byRecord.set(record, [...(byRecord.get(record) ?? []), at]);
  const times = [...byRecord.values()];
  return {
    atOnce: first.told(),
    overTime: later.told(),
    mostAMinute: Math.max(0, ...times.map(mostInAMinute)),
    closestSeconds: Math.min(...times.map(closest)) / 1000,
    upstream: heard.length,
    eventLoopP99Ms: p99Ms,
  };
}

/** The busiest minute, wherever it begins; a request just 60 s after another belongs to the next. */
function mostInAMinute(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE_MS).length));
}

function closest(times: readonly number[]): number {
  return Math.min(Infinity, ...times.slice(1).map((at, i) => at - (times[i] ?? -Infinity)));
}
