import { Agent, request } from 'node:http';
import { percentiles, type Percentiles } from './percentiles.js';

export interface LoadResult extends Percentiles {
  requestsPerSecond: number;
  /** Milliseconds of each answer with 200. */
  times: number[];
  statuses: Record<string, number>;
}

/** One HTTP exchange on loopback; answers status, body and set-cookie. */
export function exchange(
  agent: Agent,
  method: string,
  url: string,
  body?: object,
  cookie?: string,
): Promise<{ status: number; body: string; cookie: string | undefined }> {
  return new Promise((resolve, reject) => {
    const headers = { ...(body && { 'content-type': 'application/json' }), ...(cookie && { cookie }) };
    const req = request(url, { method, agent, headers }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('utf8'),
          cookie: res.headers['set-cookie']?.[0]?.split(';')[0],
        }),
      );
    });
    req.on('error', reject);
    req.end(body && JSON.stringify(body));
  });
}

/**
 * `clients` at once, each asking one question after another until the list is used up. Each has a connection, a cookie
 * and a conversation of its own; `kind` says whether they search or take turns; only answers with 200 are timed.
 */
export async function load(
  base: string,
  clients: number,
  questions: readonly string[],
  kind: 'search' | 'turn',
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const times: number[] = [];
  const statuses: Record<string, number> = {};
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const begun = kind === 'turn' ? await begin(agent, base) : undefined;
      for (let i = next++; i < questions.length; i = next++) {
        const text = questions[i] ?? '';
        const askedAt = performance.now();
        const { status } = begun
          ? await exchange(
              agent,
              'POST',
              `${base}/api/v1/conversations/${begun.id}/turns`,
              { text },
              begun.cookie,
            )
          : await exchange(agent, 'GET', `${base}/api/v1/search?q=${encodeURIComponent(text)}`);
        if (status === 200) times.push(performance.now() - askedAt);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  return { ...percentiles(times), times, requestsPerSecond: times.length / seconds, statuses };
}

async function begin(agent: Agent, base: string): Promise<{ id: string; cookie: string | undefined }> {
  const { body, cookie } = await exchange(agent, 'POST', `${base}/api/v1/conversations`, {});
  return { id: (JSON.parse(body) as { id: string }).id, cookie };
}
