import { openDatabase } from '../../engine/db/database.js';
import { readKeyFile } from '../../engine/settings/key-file.js';
import { createSeal, keyFor } from '../../engine/settings/seal.js';
import { sourceKinds, type SourceKindName } from '../../engine/settings/source-kinds.js';
import { createSources } from '../../engine/settings/sources.js';

/** Sets a system up as `carrel ils add` does, without the time that a process of its own takes; `gone` are removed first. */
export async function setUpSource(
  dataDir: string,
  name: SourceKindName,
  settings: Record<string, unknown>,
  gone: readonly SourceKindName[] = [],
): Promise<void> {
  const database = await openDatabase({ dataDir });
  try {
    const seal = createSeal(keyFor('settings', readKeyFile(dataDir)));
    const sources = createSources({ db: database.db, seal, kinds: sourceKinds });
    for (const one of gone) await sources.remove(one);
    await sources.put(name, { kind: name, settings });
  } finally {
    await database.close();
  }
}
