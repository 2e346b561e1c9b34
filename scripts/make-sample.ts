/** Writes data/sample.mrc from the YAML files in data/sample: `node dist/scripts/make-sample.js`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSample } from './sample/build.js';
import { loadSample, repositoryRoot } from './sample/load.js';

try {
  const source = loadSample();
  const bytes = buildSample(source);
  writeFileSync(join(repositoryRoot(), 'data', 'sample.mrc'), bytes);
  console.log(`data/sample.mrc: ${source.works.length} records, ${bytes.length} bytes.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
