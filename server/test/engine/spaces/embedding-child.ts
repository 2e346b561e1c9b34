import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../../engine/db/database.js';
import { createEmbeddings } from '../../../engine/spaces/embeddings.js';
import { fakeEmbedding } from '../../fakes/embedding.js';

/** A process of its own in which a model reads the catalogue, or goes on: `embedding-child.js DIR`. Tells each batch. */
const [dataDir = ''] = process.argv.slice(2);
const database = await openDatabase({ dataDir });
const embedding = fakeEmbedding({
  maxBatch: 8,
  async before(texts) {
    await sleep(30);
    process.stdout.write(`${texts.length}\n`);
  },
});
const embeddings = createEmbeddings({ database, embedding });
const running = (await embeddings.startIfNeeded()) ?? (await embeddings.start());
process.stdout.write(`${(await running.done).state}\n`);
await embeddings.close();
await database.close();
