import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Channels on which rooms tell of errors that a patron was spared. Each message is `{ error }`, some with a `step`. */
const channels = [
  'carrel:discovery:stream-failed',
  'carrel:discovery:degraded',
  'carrel:retrieval:vector-failed',
  'carrel:retrieval:rerank-failed',
] as const;

export interface Fault {
  channel: string;
  step?: string;
  error: unknown;
}

/**
 * Tells `listener` of every such error until the returned function is called. The rooms that publish know nothing of
 * this one. An error's message may quote a patron's words: what is kept of it must be its kind and its place only.
 */
export function watchFaults(listener: (fault: Fault) => void): () => void {
  const hear = (message: unknown, channel: string | symbol): void => {
    const { error, step } = message as { error: unknown; step?: string };
    listener({ channel: String(channel), error, ...(step !== undefined && { step }) });
  };
  for (const channel of channels) subscribe(channel, hear);
  return () => {
    for (const channel of channels) unsubscribe(channel, hear);
  };
}
