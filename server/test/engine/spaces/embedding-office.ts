import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import root, { type Test } from 'tap';
import { openCatalogue } from '../../../engine/catalogue/catalogue.js';
import { openDatabase } from '../../../engine/db/database.js';
import type { Embedding } from '../../../engine/embedding/embedding.js';
import { createImports } from '../../../engine/imports/imports.js';
import { createTrainings } from '../../../engine/imports/trainings.js';
import { createEmbeddings, type EmbeddingsDeps } from '../../../engine/spaces/embeddings.js';
import { marcFile, someRecords, type SomeRecord } from '../../fakes/some-marc.js';

/** Records of a library to test with. */
export const heldRecords = 120;
let prepared: Promise<string> | undefined;

/** A data folder with records and trained vectors, made once in a test run and copied for each test. */
async function prepare(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-spaces-'));
  root.teardown(() => rmSync(dir, { recursive: true, force: true }));
  const dataDir = join(dir, 'var');
  const database = await openDatabase({ dataDir });
  const path = marcFile(dir, 'held.mrc', someRecords(heldRecords));
  await (
    await createImports({ database }).start({ files: [{ path }] })
  ).done;
  await (
    await createTrainings({ database }).startIfNeeded()
  )?.done;
  await database.close();
  return dataDir;
}

/** A data folder to copy: 120 records with trained vectors. Nobody has it open. */
export function preparedLibrary(): Promise<string> {
  return (prepared ??= prepare());
}

/** A library with 120 records and trained vectors (or none at all), and all that makes vectors. */
export async function library(t: Test, { empty = false } = {}) {
  const dir = t.testdir();
  const dataDir = join(dir, 'var');
  if (!empty) cpSync(await preparedLibrary(), dataDir, { recursive: true });
  const database = await openDatabase({ dataDir });
  const imports = createImports({ database });
  const trainings = createTrainings({ database });
  const catalogue = await openCatalogue({ dataDir });
  const faults: unknown[] = [];
  const opened: ReturnType<typeof createEmbeddings>[] = [];
  t.teardown(async () => {
    for (const one of opened) await one.close();
    await trainings.close();
    await imports.close();
    catalogue.close();
    await database.close();
  });
  let files = 0;
  const put = async (records: SomeRecord[]) => {
    const path = marcFile(dir, `${++files}.mrc`, records);
    const job = await (await imports.start({ files: [{ path }] })).done;
    catalogue.refresh();
    return job;
  };
  const train = async () => {
    await (
      await trainings.startIfNeeded()
    )?.done;
    catalogue.refresh();
  };
  const embeddingsOf = (embedding: Embedding | undefined, options: Partial<EmbeddingsDeps> = {}) => {
    const onFault = (error: unknown) => void faults.push(error);
    const one = createEmbeddings({ database, embedding, onFault, retryMs: 50, ...options });
    opened.push(one);
    return one;
  };
  return { dir, dataDir, database, imports, trainings, catalogue, put, train, embeddingsOf, faults };
}

/** What a test waits for, looked at every few milliseconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
