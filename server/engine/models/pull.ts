import { renameSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireLicence } from './add.js';
import { chatEntry, onnxEntry } from './facts.js';
import { fetchHubFile, type HubDeps } from './hub-file.js';
import { licenceTaken, readLock, type LockedFile, type LockedModel } from './lock.js';
import { asTrouble, requireSpace, type OnProgress } from './model-files.js';
import type { OfferedModel } from './offered.js';
import { openStaging } from './staging.js';
import type { Installed, StoreDeps } from './store-deps.js';
import { ModelTrouble } from './trouble.js';

export interface PullOptions {
  /** Base address of the hub, or of a mirror in the house with the same paths. */
  hub: string;
  acceptLicence?: boolean;
  signal: AbortSignal;
  onProgress?: OnProgress;
  /** A test's own wait between tries. */
  pause?: HubDeps['pause'];
  freeBytes?: HubDeps['freeBytes'];
  stallMs?: number;
}

/**
 * Fetches an offered model from a hub because a person asked for it, checks every file, and pins it. Broken off, the same
 * call goes on where it stopped. Throws ModelTrouble.
 */
export async function pullModel(id: string, options: PullOptions, deps: StoreDeps): Promise<Installed> {
  const offered = deps.offered.find((model) => model.id === id);
  if (offered === undefined) {
    throw new ModelTrouble(
      `Carrel offers no model "${id}"; carrel models list shows those it does, and carrel models add takes any file.`,
    );
  }
  const here = readLock(deps.modelsDir).models.find((model) => model.id === id);
  if (here !== undefined)
    return { model: here, notes: [`"${id}" is here already; carrel models verify ${id} reads it again.`] };
  requireLicence(offered, options.acceptLicence ?? false);
  const staging = openStaging(deps.modelsDir, id);
  let finished = false;
  try {
    const known = offered.source.files.map((file) => file.bytes ?? 0).reduce((a, b) => a + b, 0);
    await requireSpace(staging.dir, known, options.freeBytes);
    const fetched = await fetchAll(offered, staging.dir, options);
    const model = await entryOf(offered, staging.dir, fetched, options, deps.now());
    staging.commit(model);
    finished = true;
    return {
      model,
      notes: fetched.verified
        ? []
        : [
            'The hub gave no digest for every file: what came is pinned as it came, and no more can be said of it.',
          ],
    };
  } catch (error) {
    // Whole files that turn out to be no usable model would only fail again.
    if (error instanceof UnusableModel) staging.leave({ throwAway: true });
    if (error instanceof UnusableModel) throw new ModelTrouble(error.message, { cause: error });
    throw asTrouble(error, offered.name);
  } finally {
    if (!finished) staging.leave({ throwAway: false });
  }
}

interface Fetched {
  files: LockedFile[];
  revision: string;
  verified: boolean;
}

async function fetchAll(offered: OfferedModel, dir: string, options: PullOptions): Promise<Fetched> {
  const fetched: Fetched = { files: [], revision: offered.source.revision, verified: true };
  const hubDeps: HubDeps = {
    signal: options.signal,
    pause: options.pause ?? (async (ms, signal) => void (await sleep(ms, undefined, { signal }))),
    ...(options.onProgress && { onProgress: options.onProgress }),
    ...(options.freeBytes && { freeBytes: options.freeBytes }),
    ...(options.stallMs !== undefined && { stallMs: options.stallMs }),
  };
  for (const file of offered.source.files) {
    const path = join(dir, file.local);
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    const address = `${options.hub.replace(/\/+$/, '')}/${offered.source.repo}/resolve/${encodeURIComponent(fetched.revision)}/${file.hub}`;
    const came = await fetchHubFile(
      { url: address, name: file.hub, partPath: `${path}.part`, bytes: file.bytes, sha256: file.sha256 },
      hubDeps,
    );
    if (came === undefined) {
      if (file.optional) continue;
      throw new ModelTrouble(
        `${new URL(options.hub).host} has no ${file.hub} in ${offered.source.repo}: it was moved or renamed; fetch the model with a browser and bring it with carrel models add.`,
      );
    }
    renameSync(`${path}.part`, path);
    // Every further file comes from the same state of the hub's folder.
    fetched.revision = came.revision ?? fetched.revision;
    fetched.verified &&= came.verified;
    fetched.files.push({ path: file.local, bytes: came.bytes, sha256: came.sha256 });
  }
  return fetched;
}

/** The files came as the hub has them, and are no model that can be run. */
class UnusableModel extends Error {
  constructor(sentence: string, options: ErrorOptions) {
    super(sentence, options);
    this.name = 'UnusableModel';
  }
}

async function entryOf(
  offered: OfferedModel,
  dir: string,
  fetched: Fetched,
  options: PullOptions,
  now: Date,
): Promise<LockedModel> {
  const common = {
    id: offered.id,
    name: offered.name,
    licence: licenceTaken(offered.licence, now),
    source: {
      kind: 'pulled' as const,
      hub: new URL(options.hub).origin,
      repo: offered.source.repo,
      revision: fetched.revision,
      hub_digests: fetched.verified,
    },
    installed_at: now.toISOString(),
  };
  try {
    return offered.role === 'chat'
      ? await chatEntry(dir, fetched.files[0]?.path ?? '', fetched.files, common)
      : await onnxEntry(dir, fetched.files, common, { offered, said: {}, role: offered.role });
  } catch (error) {
    if (error instanceof ModelTrouble) throw new UnusableModel(error.message, { cause: error });
    throw error;
  }
}
