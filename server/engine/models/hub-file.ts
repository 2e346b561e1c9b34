import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { answerOf, Broken, type HubAnswer } from './hub-answer.js';
import { gigabytes } from './memory.js';
import { asTrouble, freeBytesAt, hashFile, requireSpace, writeAll, type OnProgress } from './model-files.js';
import { ModelTrouble } from './trouble.js';

export interface HubRequest {
  url: string;
  /** Shown in progress and sentences. */
  name: string;
  /** Where it is put together; beside it lies what the hub said of it, so that a later call can go on. */
  partPath: string;
  bytes: number | null;
  sha256: string | null;
}

export interface HubFile {
  bytes: number;
  sha256: string;
  /** The hub's name for the state of its folder that the file is from. */
  revision: string | undefined;
  /** Whether a digest was known beforehand and met. */
  verified: boolean;
}

export interface HubDeps {
  signal: AbortSignal;
  onProgress?: OnProgress;
  /** Waits before a further try; a test's own does not. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
  freeBytes?: (dir: string) => Promise<number>;
  /** Silence after which a connection counts as broken, in milliseconds. */
  stallMs?: number;
}

/** Tries that bring nothing new, one after the other, before it is given up. */
const MOST_TRIES = 6;
const FIRST_PAUSE_MS = 1000;
const STALL_MS = 60_000;

/** What the hub said of the file whose part lies here. */
const Begun = z.object({
  etag: z.string().nullable(),
  sha256: z.string().nullable(),
  bytes: z.number().nullable(),
});
type Begun = z.infer<typeof Begun>;

/**
 * Fetches one file whole, going on where an earlier call stopped, and checks its length and digest. Undefined when the hub
 * has no such file. Throws ModelTrouble with one sentence, or the signal's reason; what came so far stays beside for the
 * next call unless it is wrong.
 */
export async function fetchHubFile(request: HubRequest, deps: HubDeps): Promise<HubFile | undefined> {
  for (let fruitless = 0; ;) {
    const before = sizeOf(request.partPath);
    try {
      const answer = await fetchRest(request, before, deps);
      return answer && (await checked(request, answer, deps));
    } catch (error) {
      deps.signal.throwIfAborted();
      if (!(error instanceof Broken)) throw asTrouble(error, request.name);
      if (error.stale) discard(request.partPath);
      fruitless = sizeOf(request.partPath) > before ? 1 : fruitless + 1;
      if (fruitless >= MOST_TRIES) throw givenUp(request, error);
      await deps.pause(error.afterMs ?? FIRST_PAUSE_MS * 2 ** (fruitless - 1), deps.signal);
    }
  }
}

async function fetchRest(request: HubRequest, have: number, deps: HubDeps): Promise<HubAnswer | undefined> {
  const begun = have > 0 ? readBegun(request.partPath) : undefined;
  // Without the hub's own mark of the file nobody knows whether both halves are of one file.
  const from = begun?.etag == null ? 0 : have;
  const watch = stallWatch(deps);
  try {
    const answer = await answerOf(request, { from, etag: begun?.etag ?? null, signal: watch.signal });
    if (answer === undefined) return undefined;
    if (answer.start > 0 && !sameFile(begun, answer)) {
      await answer.cancel();
      throw new Broken(0, { stale: true });
    }
    const expected = request.bytes ?? answer.linkedBytes ?? undefined;
    if (expected !== undefined && answer.total !== undefined && expected !== answer.total) {
      await answer.cancel();
      throw new ModelTrouble(
        `${request.name} has ${answer.total} bytes there and should have ${expected}: the file was replaced, or the mirror is not whole.`,
      );
    }
    const total = answer.total ?? expected;
    await requireSpace(
      dirname(request.partPath),
      (total ?? 0) - answer.start,
      deps.freeBytes ?? freeBytesAt,
    ).catch(async (error: unknown) => {
      await answer.cancel();
      throw error;
    });
    writeBegun(request.partPath, { etag: answer.etag, sha256: answer.sha256, bytes: total ?? null });
    const end = await writeBody(request, answer, total, watch.heard, deps);
    if (total !== undefined && end !== total) throw new Broken(undefined, { stale: end > total });
    return answer;
  } finally {
    watch.stop();
  }
}

async function writeBody(
  request: HubRequest,
  answer: HubAnswer,
  total: number | undefined,
  heard: () => void,
  deps: HubDeps,
): Promise<number> {
  const target = await open(request.partPath, answer.start > 0 ? 'a' : 'w', 0o640);
  let done = answer.start;
  try {
    for (;;) {
      const piece = await answer.read();
      heard();
      if (piece === undefined) break;
      await writeAll({ write: (bytes, at) => target.write(bytes, at) }, piece);
      done += piece.length;
      deps.onProgress?.({ file: request.name, done, total: total ?? done });
    }
  } catch (error) {
    await answer.cancel();
    throw error;
  } finally {
    await target.close();
  }
  return done;
}

async function checked(request: HubRequest, answer: HubAnswer, deps: HubDeps): Promise<HubFile> {
  const { signal } = deps;
  const sha256 = await hashFile(request.partPath, { signal });
  const wanted = request.sha256 ?? answer.sha256;
  const sha1 = answer.gitSha1 === null ? null : await hashFile(request.partPath, { signal, git: true });
  if ((wanted !== null && wanted !== sha256) || (sha1 !== null && sha1 !== answer.gitSha1)) {
    discard(request.partPath);
    throw new ModelTrouble(
      `What came of ${request.name} is not what the hub describes (its digest differs), so it was thrown away: run the same command again, and if it happens again do not use that address.`,
    );
  }
  rmSync(begunPath(request.partPath), { force: true });
  return {
    bytes: sizeOf(request.partPath),
    sha256,
    revision: answer.revision,
    verified: wanted !== null || sha1 !== null,
  };
}

function sameFile(begun: Begun | undefined, answer: HubAnswer): boolean {
  if (begun === undefined) return false;
  if (begun.sha256 !== null && answer.sha256 !== null) return begun.sha256 === answer.sha256;
  return begun.etag === answer.etag && (answer.total === undefined || begun.bytes === answer.total);
}

/** Aborts when nothing was heard for a while: a connection can die without a word. */
function stallWatch(deps: HubDeps): { signal: AbortSignal; heard: () => void; stop: () => void } {
  const stalled = new AbortController();
  const ring = (): NodeJS.Timeout => setTimeout(() => stalled.abort(), deps.stallMs ?? STALL_MS);
  let timer = ring();
  return {
    signal: AbortSignal.any([deps.signal, stalled.signal]),
    heard() {
      clearTimeout(timer);
      timer = ring();
    },
    stop: () => clearTimeout(timer),
  };
}

function givenUp(request: HubRequest, error: Broken): ModelTrouble {
  const so = sizeOf(request.partPath);
  const kept =
    so === 0
      ? 'run the same command again later'
      : `the ${gigabytes(so)} that came are kept, and the same command goes on from there`;
  const { host } = new URL(request.url);
  return new ModelTrouble(
    error.busy
      ? `${host} is too busy to give ${request.name} just now: ${kept}.`
      : `The connection to ${host} failed ${MOST_TRIES} times while ${request.name} came: ${kept}.`,
    { cause: error },
  );
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

function begunPath(partPath: string): string {
  return `${partPath}.json`;
}

function readBegun(partPath: string): Begun | undefined {
  if (!existsSync(begunPath(partPath))) return undefined;
  try {
    const parsed = Begun.safeParse(JSON.parse(readFileSync(begunPath(partPath), 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    // Half a note is none: the file is fetched from its beginning.
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function writeBegun(partPath: string, begun: Begun): void {
  writeFileSync(begunPath(partPath), JSON.stringify(begun), { mode: 0o640 });
}

function discard(partPath: string): void {
  rmSync(partPath, { force: true });
  rmSync(begunPath(partPath), { force: true });
}
