/**
 * Why a library's system gave no usable answer.
 * `unreachable`: no connection, or lost before a first byte. `silent`: no answer in the time it had. `broken`: it said
 * that it failed (5xx, an error of its own). `cut_off`: it stopped in the middle. `busy`: it asks to be left alone for a
 * while. `refused`: Carrel's own account may not do this. `not_offered`: the system has no such function, or it is
 * switched off. `foreign`: what came is none of the protocol's. `signed_out`: it no longer knows the patron, who would
 * have to sign in again.
 */
export type IlsFaultKind =
  | 'unreachable'
  | 'silent'
  | 'broken'
  | 'cut_off'
  | 'busy'
  | 'refused'
  | 'not_offered'
  | 'foreign'
  | 'signed_out';

const sentences: Readonly<Record<IlsFaultKind, string>> = {
  unreachable: 'cannot be reached',
  silent: 'gave no answer in the time it had',
  broken: 'says that it failed',
  cut_off: 'stopped in the middle of an answer',
  busy: 'has too much to do',
  refused: 'does not let Carrel do this',
  not_offered: 'does not offer this',
  foreign: 'did not answer in the expected form',
  signed_out: 'no longer knows the patron',
};

/**
 * Holds nothing of the request, a patron, a secret or the system's own words about them. Of its cause it keeps the name and
 * the code alone.
 */
export class IlsFault extends Error {
  readonly kind: IlsFaultKind;
  /** `busy`: when to ask again, as the system says. */
  readonly retryAfterMs: number | undefined;
  /** What the system's administrator must grant, in the system's words; for staff. */
  readonly grant: string | undefined;
  /** False when it is certain that the request never reached the system, so that nothing can have changed there. */
  readonly mayHaveHappened: boolean;

  constructor(
    kind: IlsFaultKind,
    system: string,
    more: { retryAfterMs?: number; grant?: string; mayHaveHappened?: boolean; cause?: unknown } = {},
  ) {
    super(`${system} ${sentences[kind]}`, more.cause === undefined ? undefined : { cause: bare(more.cause) });
    this.name = 'IlsFault';
    this.kind = kind;
    this.retryAfterMs = more.retryAfterMs;
    this.grant = more.grant;
    this.mayHaveHappened = more.mayHaveHappened ?? true;
  }
}

/** An error of the machine may carry bytes of the answer that it met, and its message may quote them. */
function bare(cause: unknown): Error {
  if (cause instanceof IlsFault) return cause;
  if (!(cause instanceof Error)) return new Error(typeof cause);
  const { name, code } = cause as NodeJS.ErrnoException;
  const told = new Error(typeof code === 'string' ? code : name);
  told.name = name;
  return typeof code === 'string' ? Object.assign(told, { code }) : told;
}

/** True when the system itself is in trouble: these count against it, a no that it means to say does not. */
export function isOutage(error: unknown): boolean {
  return (
    !(error instanceof IlsFault) ||
    error.kind === 'unreachable' ||
    error.kind === 'silent' ||
    error.kind === 'broken' ||
    error.kind === 'cut_off' ||
    error.kind === 'foreign'
  );
}
