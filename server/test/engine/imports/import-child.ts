import { createImports } from '../../../engine/imports/imports.js';
import { openDatabase } from '../../../engine/db/database.js';

/** A process of its own that imports a file, or goes on with an interrupted import: `import-child.js DIR FILE|--resume`. */
const [dataDir = '', file = ''] = process.argv.slice(2);
const database = await openDatabase({ dataDir });
const imports = createImports({ database });
const interrupted = file === '--resume' ? await imports.findInterrupted() : undefined;
const running = interrupted
  ? await imports.resume(interrupted.id)
  : await imports.start({ files: [{ path: file }] });
process.stdout.write('started\n');
const job = await running.done;
process.stdout.write(`${job.state}\n`);
await database.close();
