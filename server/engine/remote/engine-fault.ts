/**
 * What went wrong with an engine on the network.
 * `unreachable`: no connection, or lost before a first byte. `silent`: no word in the time it was given. `broken`: it
 * answered 5xx. `cut_off`: it stopped in the middle. `busy`: it has too much to do. `too_long`: the text does not fit its model. `refused`: it does not want such a
 * request (a wrong key, an unknown model, a parameter). `foreign`: the answer is none of the protocol's.
 */
export type FaultKind =
  'unreachable' | 'silent' | 'broken' | 'cut_off' | 'busy' | 'too_long' | 'refused' | 'foreign';

/** An engine gave no usable answer. Holds nothing of the request, the key or the engine's own words. */
export class EngineFault extends Error {
  readonly kind: FaultKind;
  readonly host: string;
  /** HTTP status, where there was one. */
  readonly status: number | undefined;
  /** `busy`: when to ask again, as the engine says. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: FaultKind, host: string, more: { status?: number; retryAfterMs?: number } = {}) {
    const isKey = more.status === 401 || more.status === 403;
    const status = more.status === undefined ? '' : ` (${more.status})`;
    super(`the engine at ${host} ${isKey ? 'refused the key' : sentences[kind]}${status}`);
    this.name = 'EngineFault';
    this.kind = kind;
    this.host = host;
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs;
  }
}

const sentences: Readonly<Record<FaultKind, string>> = {
  unreachable: 'cannot be reached',
  silent: 'gave no word in the time it had',
  broken: 'failed',
  cut_off: 'stopped in the middle of an answer',
  busy: 'has too much to do',
  too_long: 'cannot take so long a text',
  refused: 'refused the request',
  foreign: 'did not answer in the expected form',
};

/** True when the same request may well succeed a moment later. */
export function isPassing(error: unknown): boolean {
  return error instanceof EngineFault && (error.kind === 'unreachable' || error.kind === 'broken');
}
