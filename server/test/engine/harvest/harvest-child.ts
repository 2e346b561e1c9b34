import { OaiSettings } from '../../../engine/harvest/oai-settings.js';
import { openOaiFeed } from '../../../engine/harvest/oai.js';
import { createHarvests } from '../../../engine/harvest/harvests.js';
import { createImports } from '../../../engine/imports/imports.js';
import { openDatabase } from '../../../engine/db/database.js';
import { systemClock } from '../../../engine/cache/clock.js';

/** A process of its own that harvests a repository: `harvest-child.js DIR URL`. */
const [dataDir = '', url = ''] = process.argv.slice(2);
const database = await openDatabase({ dataDir });
const imports = createImports({ database });
const harvests = createHarvests({ database, imports });
const feed = openOaiFeed(OaiSettings.parse({ url }), { clock: systemClock });
const source = { source: 'main', feedId: url, feed, everyMinutes: 60, sweepEveryHours: 168 };
const { message } = await harvests.once(source, { signal: new AbortController().signal });
process.stdout.write(`${message}\n`);
feed.close();
await harvests.close();
await imports.close();
await database.close();
