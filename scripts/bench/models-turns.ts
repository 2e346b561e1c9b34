import { Agent, request } from 'node:http';
import type { TurnEventName } from '../../server/contract/conversation.js';
import { exchange } from './load.js';

export interface TurnTimes {
  /** Milliseconds from the asking until the first event of each name came. */
  first: Partial<Record<TurnEventName, number>>;
  /** The turn's last word on the model, where it came so far. */
  absence: string | null | undefined;
}

export interface TurnOptions {
  ai?: boolean;
  /** Told of every event; `true` ends the listening, as a patron who leaves does. */
  onEvent?: (event: string) => boolean | undefined;
  signal?: AbortSignal;
}

/** Begins a conversation and takes one turn in it over server-sent events; resolves at its end or when the asker leaves. */
export async function takeTurn(base: string, text: string, options: TurnOptions = {}): Promise<TurnTimes> {
  const agent = new Agent({ keepAlive: true });
  const begun = await exchange(agent, 'POST', `${base}/api/v1/conversations`, {});
  const { id } = JSON.parse(begun.body) as { id: string };
  const times: TurnTimes = { first: {}, absence: undefined };
  try {
    await new Promise<void>((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(begun.cookie && { cookie: begun.cookie }),
      };
      const startedAt = performance.now();
      const req = request(
        `${base}/api/v1/conversations/${id}/turns`,
        { method: 'POST', agent, headers },
        (res) => {
          let rest = '';
          res.setEncoding('utf8').on('data', (chunk: string) => {
            const blocks = (rest + chunk).split('\n\n');
            rest = blocks.pop() ?? '';
            for (const block of blocks) {
              const name = /^event: (\w+)$/m.exec(block)?.[1];
              if (name === undefined) continue;
              times.first[name as TurnEventName] ??= performance.now() - startedAt;
              const said = name === 'done' ? /^data: (.*)$/m.exec(block)?.[1] : undefined;
              if (said !== undefined)
                times.absence = (JSON.parse(said) as { model: { absence: string | null } }).model.absence;
              if (options.onEvent?.(name) === true) {
                req.destroy();
                resolve();
              }
            }
          });
          res.on('end', resolve).on('error', () => resolve());
        },
      );
      const leave = (): void => {
        req.destroy();
        resolve();
      };
      options.signal?.addEventListener('abort', leave, { once: true });
      // After the asker has left, its own broken connection is no news.
      req.on('error', reject);
      req.end(JSON.stringify({ text, ...(options.ai !== undefined && { ai: options.ai }) }));
    });
  } finally {
    agent.destroy();
  }
  return times;
}
