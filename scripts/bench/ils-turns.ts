import { Agent, request } from 'node:http';
import { exchange } from './load.js';
import type { AgeingServer } from './ils-server.js';

/** Milliseconds from sending a question to each part of its answer. */
export interface TurnTimes {
  /** Cards, with what is remembered of their copies. */
  cards: number;
  /** The first composed words. */
  words: number;
  /** The end, with the last word about copies. */
  whole: number;
  /** Some of what the answer says of copies is older than fresh, or not known. */
  isOld: boolean;
}

/**
 * Takes one turn after another, each in a conversation of its own. Before each, all that is remembered of the library's
 * system grows stale, so that every turn has to ask about its cards.
 */
export async function takeTurns(server: AgeingServer, questions: readonly string[]): Promise<TurnTimes[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const taken: TurnTimes[] = [];
  for (const text of questions) {
    const { body, cookie = '' } = await exchange(agent, 'POST', `${server.base}/api/v1/conversations`, {});
    const { id } = JSON.parse(body) as { id: string };
    await server.later();
    taken.push(await takeTurn(agent, `${server.base}/api/v1/conversations/${id}/turns`, text, cookie));
  }
  agent.destroy();
  return taken;
}

function takeTurn(agent: Agent, url: string, text: string, cookie: string): Promise<TurnTimes> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream', cookie };
    const startedAt = performance.now();
    const at: Record<string, number> = {};
    const req = request(url, { method: 'POST', agent, headers }, (res) => {
      let seen = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        seen += chunk;
        for (const name of ['recommendations', 'text', 'done'])
          if (seen.includes(`event: ${name}\n`)) at[name] ??= performance.now() - startedAt;
      });
      res.on('end', () => {
        const { recommendations: cards, text: words, done: whole } = at;
        if (res.statusCode !== 200 || cards === undefined || whole === undefined)
          return reject(new Error(`a turn was answered with ${res.statusCode}`));
        const end = seen.slice(seen.lastIndexOf('event: done\n'));
        const isOld = end.includes('"stale":true') || end.includes('"asOf":null');
        resolve({ cards, words: words ?? whole, whole, isOld });
      });
      res.on('error', reject);
    });
    req.on('error', reject);
    req.end(JSON.stringify({ text }));
  });
}
