import type { ChildProcess, Serializable } from 'node:child_process';
import type { Clock } from '../cache/clock.js';

export interface KeptProcessOptions<To extends Serializable, From> {
  /** Starts the process; its standard error may be a pipe, of which the last line before it was ready is kept. */
  start: () => ChildProcess;
  clock: Clock;
  /** What the process is told first, and what it answers when it is ready or will never be. */
  opening: () => To;
  closing: To;
  ping: To;
  ready: (message: From) => boolean;
  /** Why the process cannot do its work, in its own words. */
  refusal: (message: From) => string | undefined;
  onMessage: (message: From) => void;
  /** The process is gone and with it everything under way; it was `ready` or not. */
  onFell: (wasReady: boolean) => void;
  /** Told after every change of phase. */
  onPhase: () => void;
  /** Looks before every start; a sentence says why starting is of no use. */
  check?: ((signal: AbortSignal) => Promise<string | undefined>) | undefined;
  /** How often the process must show that it is alive, and after how long it is given up: once ready, and before. */
  beatMs: number;
  hungMs: number;
  startMs: number;
  /** Waits between a fall and the next start: the first, doubled each time, up to the longest. */
  firstWaitMs: number;
  longestWaitMs: number;
  /** Who was ready for so long is no longer taken for failing. */
  healthyMs: number;
  /** Falls in a row before `failing`. */
  failures: number;
  /** How long an orderly end may take. */
  closeMs: number;
}

export interface KeptState {
  phase: 'starting' | 'ready' | 'restarting' | 'failing';
  /** Why it fell last; null when it never did. */
  fell: string | null;
  restarts: number;
}

/** A process that is started again whenever it ends, with longer and longer waits. */
export interface KeptProcess<To extends Serializable> {
  /** Nothing is sent while no process runs. */
  send(message: To): void;
  state(): KeptState;
  pid(): number | undefined;
  /** Ends the process in order, and by force when that takes too long. */
  close(): Promise<void>;
}

const LAST_WORDS_MS = 200;

/** How one run of the process ended. */
interface Run {
  readyForMs: number | undefined;
  why: string;
  /** Another attempt would end the same way, unless somebody does something. */
  hopeless: boolean;
}

export function keepProcess<To extends Serializable, From>(
  options: KeptProcessOptions<To, From>,
): KeptProcess<To> {
  const { clock } = options;
  const closed = new AbortController();
  const state: KeptState = { phase: 'starting', fell: null, restarts: 0 };
  let child: ChildProcess | undefined;

  const send = (message: To): void => {
    // The exit that follows a broken channel tells everybody; the message itself has nobody to go to.
    if (child?.connected) child.send(message, () => undefined);
  };

  const enter = (phase: KeptState['phase']): void => {
    state.phase = phase;
    options.onPhase();
  };

  /** Resolves when the process has shown no life for too long, rejects when it ends before. */
  const watch = async (
    alive: () => boolean,
    patienceMs: () => number,
    signal: AbortSignal,
  ): Promise<void> => {
    for (let missed = 0; missed * options.beatMs < patienceMs(); missed = alive() ? 0 : missed + 1) {
      send(options.ping);
      await clock.after(options.beatMs, signal);
    }
  };

  /** A process that has ended may still have said something; it is not waited for long. */
  const lastWords = async (process: ChildProcess): Promise<void> => {
    if (!process.connected) return;
    const said = new AbortController();
    process.once('disconnect', () => said.abort());
    // Either the time passed or the channel closed.
    await clock.after(LAST_WORDS_MS, said.signal).catch(() => undefined);
  };

  const run = async (): Promise<Run> => {
    const reason = await options.check?.(closed.signal);
    if (closed.signal.aborted) return { readyForMs: undefined, why: 'closed', hopeless: false };
    if (reason !== undefined) return { readyForMs: undefined, why: reason, hopeless: true };
    const started = options.start();
    child = started;
    const gone = new AbortController();
    let readyAt: number | undefined;
    let heard = false;
    let refused: string | undefined;
    let hung = false;
    let lastLine = '';
    started.stderr?.setEncoding('utf8').on('data', (text: string) => {
      // Once it is ready, people's words are in the process, and nothing of what it says is kept.
      if (readyAt === undefined) lastLine = withoutFolders(text.trim().split('\n').at(-1) ?? lastLine);
    });
    started.on('message', (message: From) => {
      // What comes when it is past waiting for is of a process that is no more.
      if (child !== started) return;
      heard = true;
      refused ??= options.refusal(message);
      options.onMessage(message);
      if (!options.ready(message)) return;
      readyAt = clock.now();
      enter('ready');
    });
    const alive = (): boolean => {
      const was = heard;
      heard = false;
      return was;
    };
    send(options.opening());
    const patienceMs = (): number => (readyAt === undefined ? options.startMs : options.hungMs);
    watch(alive, patienceMs, gone.signal).then(
      () => {
        hung = true;
        started.kill('SIGKILL');
      },
      // It ended by itself.
      () => undefined,
    );
    const how = await new Promise<string>((resolve) => {
      // Errors of a process that runs are told by its end; only one that never ran has none.
      started.on('error', (error) => started.pid === undefined && resolve(error.message));
      started.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    await lastWords(started);
    child = undefined;
    gone.abort();
    enter('restarting');
    options.onFell(readyAt !== undefined);
    return {
      readyForMs: readyAt === undefined ? undefined : clock.now() - readyAt,
      why:
        refused ??
        (hung ? 'it no longer answered' : [`it ended with ${how}`, lastLine].filter(Boolean).join(': ')),
      hopeless: refused !== undefined,
    };
  };

  const keep = async (): Promise<void> => {
    for (let failures = 0; !closed.signal.aborted; state.restarts += 1) {
      // A check that fails, or no memory for a process, is a fall like others: the server goes on without a model.
      const { readyForMs, why, hopeless } = await run().catch((error: unknown): Run => {
        const said = error instanceof Error ? error.message : String(error);
        return { readyForMs: undefined, why: said, hopeless: false };
      });
      if (closed.signal.aborted) return;
      failures = (readyForMs ?? 0) >= options.healthyMs ? 1 : failures + 1;
      state.fell = why;
      enter(hopeless || failures >= options.failures ? 'failing' : 'restarting');
      const waitMs =
        state.phase === 'failing'
          ? options.longestWaitMs
          : Math.min(options.firstWaitMs * 2 ** (failures - 1), options.longestWaitMs);
      await clock.after(waitMs, closed.signal).catch(() => undefined);
    }
  };
  const kept = keep();

  return {
    send,
    state: () => ({ ...state }),
    pid: () => child?.pid,
    async close() {
      closed.abort();
      const ending = child;
      send(options.closing);
      const inTime = new AbortController();
      clock.after(options.closeMs, inTime.signal).then(
        () => ending?.kill('SIGKILL'),
        // It ended in time.
        () => undefined,
      );
      await kept;
      inTime.abort();
    },
  };
}

/** A line of native code names its source by the machine it was built on; that says nothing here. */
function withoutFolders(line: string): string {
  return line.replace(/(?:\/[\w.+-]+)+\//g, '').slice(0, 300);
}
