import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { programDir } from '../../server/config.js';

export type KohaOrder = { do: 'leave' | 'come back' | 'tell' } | { do: 'slow'; ms: number | null };
export interface KohaAnswer {
  url: string;
  /** Requests for the copies of a record, as they arrived since last told. */
  heard?: { record: string; at: number }[];
}

export interface KohaProcess {
  url: string;
  leave(): Promise<void>;
  comeBack(): Promise<void>;
  /** Milliseconds before each answer; Infinity never answers. */
  slow(ms: number): Promise<void>;
  /** What was asked since this was last called. */
  heard(): Promise<{ record: string; at: number }[]>;
  stop(): Promise<void>;
}

/** Starts a simulated Koha that has `records` records, numbered from 1, of two copies each. */
export async function startKoha(records: number): Promise<KohaProcess> {
  const child = fork(join(programDir, 'dist/scripts/bench/ils-koha-process.js'), [String(records)]);
  const [{ url }] = (await once(child, 'message')) as [KohaAnswer];
  const order = async (what: KohaOrder): Promise<KohaAnswer> => {
    const answer = once(child, 'message') as Promise<[KohaAnswer]>;
    child.send(what);
    return (await answer)[0];
  };
  return {
    url,
    leave: async () => void (await order({ do: 'leave' })),
    comeBack: async () => void (await order({ do: 'come back' })),
    slow: async (ms) => void (await order({ do: 'slow', ms: Number.isFinite(ms) ? ms : null })),
    heard: async () => (await order({ do: 'tell' })).heard ?? [],
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
