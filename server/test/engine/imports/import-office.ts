import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { openCatalogue } from '../../../engine/catalogue/catalogue.js';
import { createImports, type ImportDeps } from '../../../engine/imports/imports.js';
import { openDatabase } from '../../../engine/db/database.js';
import { marcFile, someRecords } from '../../fakes/some-marc.js';

/** A library that holds `held` records, and a larger export (`big`) that `start` begins to import. */
export async function office(t: Test, options: Partial<ImportDeps> = {}, held = 20) {
  const dir = t.testdir();
  const dataDir = join(dir, 'var');
  const database = await openDatabase({ dataDir });
  const plain = createImports({ database });
  const imports = createImports({ database, ...options });
  const catalogue = await openCatalogue({ dataDir });
  t.teardown(async () => {
    await imports.close();
    catalogue.close();
    await database.close();
  });
  if (held > 0) {
    const path = marcFile(dir, 'held.mrc', someRecords(held));
    await (
      await plain.start({ files: [{ path }] })
    ).done;
    catalogue.refresh();
  }
  const big = marcFile(dir, 'big.mrc', someRecords(3000));
  const start = () => imports.start({ files: [{ path: big }] });
  const staged = () => readdirSync(dataDir).filter((name) => /^catalogue-\d+\.db$/.test(name));
  return { dir, dataDir, database, imports, catalogue, big, start, staged };
}
