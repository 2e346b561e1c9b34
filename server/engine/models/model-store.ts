import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { addModel, type AddOptions } from './add.js';
import { changeLock, readLock, type LockedFile, type LockedModel } from './lock.js';
import { estimateMemory, requireMachine, tooBigForNow, usualUse, type MachineMemory } from './memory.js';
import { stateOf, type OnProgress } from './model-files.js';
import type { LocalChatModel, LocalEmbeddingModel, LocalReranker, ModelRole } from './model.js';
import { readOffered, roleName, type OfferedModel } from './offered.js';
import { pullModel, type PullOptions } from './pull.js';
import type { Installed } from './store-deps.js';
import { takeFolder } from './take-folder.js';
import { ModelTrouble } from './trouble.js';

export interface LocalModels {
  chat: LocalChatModel;
  embedding: LocalEmbeddingModel;
  reranker: LocalReranker;
}

/** A model as `carrel models list` shows it: installed, offered, or both. */
export interface ListedModel {
  id: string;
  installed: LockedModel | undefined;
  offered: OfferedModel | undefined;
  chosen: boolean;
  /** One sentence when an installed model cannot be loaded as it lies there. */
  trouble: string | undefined;
}

export interface Verified {
  id: string;
  file: string;
  state: 'ok' | 'changed' | 'missing';
}

export interface ModelStore {
  list(): ListedModel[];
  find(id: string): ListedModel | undefined;
  /** The model that a role is to use, looked up anew each time. Undefined when there is none or it cannot be loaded. */
  chosen<R extends ModelRole>(role: R): LocalModels[R] | undefined;
  /** Why a chosen model cannot be loaded, as one sentence for staff; undefined when all is well. */
  unusable(role: ModelRole): string | undefined;
  /** What a chosen or installed model needs in memory, in bytes. */
  memoryOf(id: string, use: { contextTokens: number; sequences: number }): number | undefined;
  pull(id: string, options: PullOptions): Promise<Installed>;
  add(path: string, options: AddOptions): Promise<Installed>;
  /** Takes every model of a folder with a lock file: another data folder's, or a bundle's. */
  takeFolder(path: string, options: { signal: AbortSignal; onProgress?: OnProgress }): Promise<Installed[]>;
  /** Chooses a model for its role; answers notes for staff. Throws ModelTrouble. */
  use(id: string, options?: { anyway?: boolean }): Installed;
  useNone(role: ModelRole): void;
  remove(id: string, options?: { anyway?: boolean }): Promise<void>;
  verify(
    id: string | undefined,
    options: { signal: AbortSignal; onProgress?: OnProgress },
  ): AsyncGenerator<Verified>;
}

export interface ModelStoreOptions {
  dataDir: string;
  programDir: string;
  /** Memory of this machine; a test's own. */
  memory?: () => MachineMemory;
  now?: () => Date;
}

/**
 * The models of a library: files in `<dataDir>/models/<id>/`, pinned by `models.lock.json`. Holds nothing open; every call
 * reads the lock file, so that what another process did shows at once. Throws ModelTrouble for a meant no.
 */
export function openModelStore(options: ModelStoreOptions): ModelStore {
  const modelsDir = modelsDirOf(options.dataDir);
  const offered = readOffered(options.programDir);
  const memory = options.memory ?? machineMemory;
  const now = options.now ?? (() => new Date());
  const deps = { modelsDir, offered, memory, now };

  const listed = (id: string, lock = readLock(modelsDir)): ListedModel => {
    const installed = lock.models.find((model) => model.id === id);
    return {
      id,
      installed,
      offered: offered.find((model) => model.id === id),
      chosen: installed !== undefined && lock.chosen[installed.role] === id,
      trouble: installed && troubleOf(modelsDir, installed),
    };
  };
  const get = (id: string): LockedModel => {
    const { installed, offered: known } = listed(id);
    if (installed !== undefined) return installed;
    throw new ModelTrouble(
      known === undefined
        ? `There is no model "${id}"; carrel models list shows those there are.`
        : `"${id}" is not installed yet: carrel models pull ${id} fetches it.`,
    );
  };
  /** A list that cannot be read is trouble like a model that is gone: a server starts without either. */
  const lookUp = (role: ModelRole): { model?: LockedModel | undefined; trouble?: string | undefined } => {
    try {
      const { chosen, models } = readLock(modelsDir);
      const model = models.find((one) => one.role === role && one.id === chosen[role]);
      return { model, trouble: model && troubleOf(modelsDir, model) };
    } catch (error) {
      if (!(error instanceof ModelTrouble)) throw error;
      return { trouble: error.message };
    }
  };

  return {
    list() {
      const lock = readLock(modelsDir);
      const ids = new Set([...lock.models.map((model) => model.id), ...offered.map((model) => model.id)]);
      return [...ids].map((id) => listed(id, lock));
    },
    find(id) {
      const found = listed(id);
      return found.installed === undefined && found.offered === undefined ? undefined : found;
    },
    chosen<R extends ModelRole>(role: R) {
      const { model, trouble } = lookUp(role);
      return model && trouble === undefined ? (localModel(modelsDir, model) as LocalModels[R]) : undefined;
    },
    unusable: (role) => lookUp(role).trouble,
    memoryOf(id, use) {
      const { installed } = listed(id);
      return installed && estimateMemory(memoryFacts(installed), use).total;
    },
    pull: (id, pulling) => pullModel(id, pulling, deps),
    add: (path, adding) => addModel(resolve(path), adding, deps),
    takeFolder: (path, taking) => takeFolder(resolve(path), taking, deps),
    use(id, using = {}) {
      const model = get(id);
      const trouble = troubleOf(modelsDir, model);
      if (trouble !== undefined) throw new ModelTrouble(trouble);
      const notes = roomFor(model, memory(), using.anyway ?? false);
      changeLock(modelsDir, (lock) => ({ ...lock, chosen: { ...lock.chosen, [model.role]: id } }));
      return { model, notes };
    },
    useNone(role) {
      changeLock(modelsDir, (lock) => ({ ...lock, chosen: { ...lock.chosen, [role]: null } }));
    },
    async remove(id, removing = {}) {
      const model = get(id);
      if (listed(id).chosen && removing.anyway !== true) {
        throw new ModelTrouble(
          `"${id}" is the ${roleName(model.role)} in use: choose another or none first (carrel models use none --role ${model.role}), or say --anyway.`,
        );
      }
      // Out of the list first: a crash then leaves files that nobody names, never a name without files.
      changeLock(modelsDir, (lock) => ({
        ...lock,
        chosen: { ...lock.chosen, ...(lock.chosen[model.role] === id && { [model.role]: null }) },
        models: lock.models.filter((one) => one.id !== id),
      }));
      await rm(join(modelsDir, id), { recursive: true, force: true });
    },
    async *verify(id, verifying) {
      const models = id === undefined ? readLock(modelsDir).models : [get(id)];
      for (const model of models) {
        for (const file of model.files) {
          yield {
            id: model.id,
            file: file.path,
            state: await stateOf(join(modelsDir, model.id), file, verifying),
          };
        }
      }
    },
  };
}

export function modelsDirOf(dataDir: string): string {
  return join(resolve(dataDir), 'models');
}

/** Memory of this machine, or of the container that Carrel is confined to. */
export function machineMemory(): MachineMemory {
  const confined = process.constrainedMemory();
  const total = totalmem();
  const limit = confined > 0 && confined < total ? confined : total;
  return { totalBytes: limit, freeBytes: Math.min(freemem(), limit) };
}

/** Notes on the room a model will find; throws when it can never run here. */
export function roomFor(model: LockedModel, memory: MachineMemory, anyway: boolean): string[] {
  const use = { ...usualUse, contextTokens: Math.min(usualUse.contextTokens, model.context_tokens) };
  const estimate = estimateMemory(memoryFacts(model), use);
  if (!anyway) requireMachine(estimate, memory);
  const tight = tooBigForNow(estimate, memory);
  return tight === undefined ? [] : [tight];
}

function memoryFacts(model: LockedModel): { bytes: number; kvBytesPerToken?: number } {
  return { bytes: model.bytes, ...(model.role === 'chat' && { kvBytesPerToken: model.kv_bytes_per_token }) };
}

/** Lengths are looked at, not digests: reading gigabytes at every start would cost a minute. */
function troubleOf(modelsDir: string, model: LockedModel): string | undefined {
  const wrong = model.files.find((file) => !isWhole(join(modelsDir, model.id, file.path), file));
  if (wrong === undefined) return undefined;
  return `${wrong.path} of "${model.id}" is missing or was changed: remove the model and add it again.`;
}

function isWhole(path: string, file: LockedFile): boolean {
  return existsSync(path) && statSync(path).size === file.bytes;
}

function localModel(modelsDir: string, model: LockedModel): LocalModels[ModelRole] {
  const shared = {
    id: model.id,
    name: model.name,
    path: join(modelsDir, model.id, model.entry),
    sha256: model.sha256,
    bytes: model.bytes,
    contextTokens: model.context_tokens,
  };
  switch (model.role) {
    case 'chat':
      return { ...shared, role: 'chat' };
    case 'reranker':
      return { ...shared, role: 'reranker', onnxType: model.onnx_type };
    case 'embedding':
      return {
        ...shared,
        role: 'embedding',
        dimensions: model.dimensions,
        pooling: model.pooling,
        queryPrefix: model.query_prefix,
        passagePrefix: model.passage_prefix,
        onnxType: model.onnx_type,
      };
  }
}
