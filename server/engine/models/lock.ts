import { readFileSync, renameSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { takeHold } from './holding.js';
import { modelId, modelRoles } from './model.js';
import type { Licence } from './offered.js';
import { ModelTrouble } from './trouble.js';

const MOST_WAITED_MS = 5000;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Whether a path names a file in a folder or below it, on any system. */
export function isWithin(path: string): boolean {
  const parts = path.split('/');
  // eslint-disable-next-line no-control-regex -- they would be written to a terminal
  return !/[\\\u0000-\u001f\u007f]/.test(path) && parts.every((part) => !['', '.', '..'].includes(part));
}

const LockedFile = z.strictObject({
  /** Within the model's folder. */
  path: z.string().refine(isWithin),
  bytes: z.int().nonnegative(),
  sha256,
});
export type LockedFile = z.infer<typeof LockedFile>;

const shared = {
  id: modelId,
  name: z.string(),
  files: z.array(LockedFile).min(1),
  /** The file to load, or '' for the folder itself. */
  entry: z.string(),
  sha256,
  /** Bytes of the weights. */
  bytes: z.int().positive(),
  context_tokens: z.int().positive(),
  source: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('pulled'),
      hub: z.string(),
      repo: z.string(),
      revision: z.string(),
      /** Whether the hub gave digests and the files met them. */
      hub_digests: z.boolean(),
    }),
    z.strictObject({ kind: z.literal('added'), from: z.string() }),
  ]),
  licence: z.strictObject({
    name: z.string(),
    url: z.string().nullable(),
    accepted_at: z.iso.datetime().nullable(),
  }),
  installed_at: z.iso.datetime(),
};

const LockedChat = z.strictObject({
  ...shared,
  role: z.literal('chat'),
  architecture: z.string(),
  kv_bytes_per_token: z.int().nonnegative(),
  chat_template: z.boolean(),
});
const LockedEmbedding = z.strictObject({
  ...shared,
  role: z.literal('embedding'),
  dimensions: z.int().positive(),
  pooling: z.enum(['mean', 'cls', 'last_token']),
  query_prefix: z.string(),
  passage_prefix: z.string(),
  onnx_type: z.enum(['fp32', 'q8']),
});
const LockedReranker = z.strictObject({
  ...shared,
  role: z.literal('reranker'),
  onnx_type: z.enum(['fp32', 'q8']),
});

/** A model that lies in the data folder, as the lock file pins it. */
export const LockedModel = z
  .discriminatedUnion('role', [LockedChat, LockedEmbedding, LockedReranker])
  .refine(({ role, entry, files }) =>
    role === 'chat' ? files.some(({ path }) => path === entry) : entry === '',
  );
export type LockedModel = z.infer<typeof LockedModel>;
export type LockedLicence = LockedModel['licence'];

export const ModelLock = z.strictObject({
  version: z.literal(1),
  chosen: z.strictObject(
    Object.fromEntries(modelRoles.map((role) => [role, z.string().nullable()])) as Record<
      (typeof modelRoles)[number],
      z.ZodNullable<z.ZodString>
    >,
  ),
  models: z.array(LockedModel),
});
export type ModelLock = z.infer<typeof ModelLock>;

const Newer = z.looseObject({ version: z.int().min(2) });

export const lockName = 'models.lock.json';

/** What is installed in a folder of models; nothing when it has no lock file. Throws ModelTrouble when that makes no sense. */
export function readLock(modelsDir: string): ModelLock {
  let text: string;
  try {
    text = readFileSync(join(modelsDir, lockName), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { version: 1, chosen: { chat: null, embedding: null, reranker: null }, models: [] };
  }
  const value = json(text);
  const parsed = ModelLock.safeParse(value);
  if (parsed.success) return parsed.data;
  if (Newer.safeParse(value).success) {
    throw new ModelTrouble(
      `The list of installed models (${lockName}) was written by a newer Carrel: install that one again.`,
    );
  }
  throw new ModelTrouble(
    `The list of installed models (${lockName}) cannot be read: put it back from a copy, or move the models folder away and add the models again.`,
  );
}

/**
 * Changes the lock file in one step: read, changed, written beside and moved over, so that a crash leaves the old or the
 * new one, never half of either, and what two commands change at once is both kept. Throws ModelTrouble.
 */
export function changeLock(modelsDir: string, change: (lock: ModelLock) => ModelLock): ModelLock {
  const path = join(modelsDir, lockName);
  const held = writing(() => takeHold(modelsDir, lockName, { waitMs: MOST_WAITED_MS }));
  if (held === undefined) {
    throw new ModelTrouble('Another command is changing the list of installed models: run this again.');
  }
  try {
    const changed = ModelLock.parse(change(readLock(modelsDir)));
    writing(() => {
      const beside = `${path}.part`;
      writeFileSync(beside, `${JSON.stringify(changed, null, 2)}\n`, { mode: 0o640, flush: true });
      chmodSync(beside, 0o640);
      renameSync(beside, path);
    });
    return changed;
  } finally {
    held.release();
  }
}

/** Does what writes to the models folder; what the file system refuses there becomes ModelTrouble. */
export function writing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    switch ((error as NodeJS.ErrnoException | null)?.code) {
      case 'ENOSPC':
      case 'EDQUOT':
        throw new ModelTrouble('The disk is full: free some room and run the same command again.', {
          cause: error,
        });
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
        throw new ModelTrouble(
          'Carrel may not write to its folder of models: run this as the service does (sudo carrel models ...).',
          { cause: error },
        );
      default:
        throw error;
    }
  }
}

/** A licence as the lock file keeps it. */
export function licenceTaken(licence: Licence, at: Date): LockedLicence {
  return { name: licence.name, url: licence.url, accepted_at: licence.accept ? at.toISOString() : null };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON fails the schema below with the same sentence.
    return undefined;
  }
}
