import t from 'tap';
import { openCatalogue } from '../../engine/catalogue/catalogue.js';
import { openRecords } from '../../engine/catalogue/records.js';
import { openDatabase } from '../../engine/db/database.js';
import { createImports } from '../../engine/imports/imports.js';
import type { Trainings } from '../../engine/imports/trainings.js';
import { openSources } from '../../engine/open-sources.js';
import { setUpSource } from '../e2e/ils-sources.js';
import { createFakeClock } from '../fakes/clock.js';
import { openOaiSimulator } from '../simulators/oai/oai.js';

const MINUTE_MS = 60_000;

t.test(
  'a feed that is set up is harvested by itself soon after the start, and again in its time',
  async (t) => {
    const dataDir = t.testdir();
    const clock = createFakeClock(Date.now());
    const feed = await openOaiSimulator({ count: 5, pageSize: 2, clock });
    await setUpSource(dataDir, 'oai', { url: feed.url, every_minutes: 30, records_as: 'city' });
    const database = await openDatabase({ dataDir });
    const imports = createImports({ database });
    const catalogue = await openCatalogue({ dataDir });
    const records = openRecords({ catalogue });
    const faults: unknown[] = [];
    const sources = await openSources({
      ...{ database, imports, records, clock, choice: 'auto' },
      trainings: { startIfNeeded: () => Promise.resolve(undefined) } as unknown as Trainings,
      onFault: (error) => faults.push(error),
      onUnusable: (sentence) => faults.push(sentence),
    });
    t.teardown(async () => {
      await sources.close();
      await imports.close();
      await records.close();
      catalogue.close();
      await database.close();
      await feed.close();
    });
    /** Lets time pass in small steps, for what is asked over a real line and written by a real import. */
    const until = async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) await clock.advance(1);
    };
    const harvests = async () => (await sources.harvests.state('city'))?.records;

    await clock.advance(5_000 - 1);
    t.equal(feed.asked.length, 0, 'what the start itself takes up comes first');
    await clock.advance(MINUTE_MS + 1);
    await until(() => feed.asked.length > 0);
    await until(() => {
      catalogue.refresh();
      return records.count() === 5;
    });
    t.match(await records.findRecord('city:3'), { title: { text: 'Book 3' } });

    let noted = await harvests();
    while (noted === undefined || noted === null) {
      await clock.advance(1);
      noted = await harvests();
    }
    feed.state.put('6', 'Book 6');
    const asked = feed.asked.length;
    await clock.advance(29 * MINUTE_MS);
    t.equal(feed.asked.length, asked, 'not before its time');
    await clock.advance(4 * MINUTE_MS);
    await until(() => {
      catalogue.refresh();
      return records.count() === 6;
    });
    t.match(await records.findRecord('city:6'), { title: { text: 'Book 6' } });
    t.same(faults, []);
  },
);
