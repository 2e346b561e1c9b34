import { fold } from '../../lib/fold.js';
import type { Bib } from '../catalogue/bib.js';
import { openSqlite } from '../db/sqlite.js';
import { openCatalogueTrained } from '../embedding/catalogue-trained.js';
import { rememberVectors } from '../embedding/remembered.js';
import { openFacts } from './facts.js';
import { openKnownItems } from './known-item.js';
import { openDocWords } from './scoring.js';
import { openIndexReader } from './sqlite-index.js';
import { spacesOf } from './vector-spaces.js';
import { openVocabulary } from './vocabulary.js';

/** Every search thread maps this much of the file for itself: measured nearly as fast as all of it. */
const mappedMiB = 64;

export type CatalogueFile = ReturnType<typeof openCatalogueFile>;

/**
 * One catalogue file opened read-only with everything retrieval reads from it. `wanted` names the vectors to use; without
 * it, and when the file holds them no more, the live ones are. Throws when it is missing or not one.
 */
export function openCatalogueFile(path: string, wanted?: string) {
  const db = openSqlite(path, { readonly: true, mapMiB: mappedMiB });
  const vocabulary = openVocabulary(db);
  // Read once: another space may become the live one at any moment, and this thread stays with its own until then.
  const spaces = spacesOf(db);
  const space = spaces.find(({ id }) => id === wanted) ?? spaces.find(({ live }) => live);
  const index = openIndexReader(db, space && { space: space.id });
  const id = db.prepare<[number], string>('SELECT id FROM record WHERE row = ?').pluck();
  const row = db.prepare<[string], number>('SELECT row FROM record WHERE id = ?').pluck();
  const title = db.prepare<[number], { record_id: string; title: string }>(
    "SELECT id AS record_id, json_extract(bib, '$.title.text') AS title FROM record WHERE row = ?",
  );
  const bib = db.prepare<[number], string>('SELECT bib FROM record WHERE row = ?').pluck();
  const series = db.prepare<[number], { key: string; name: string; volume: number | null }>(
    'SELECT key, name, volume FROM series_key WHERE row = ?',
  );
  const branchList = db
    .prepare<[], { id: string; name: string }>('SELECT id, name FROM branch ORDER BY id')
    .all();
  const branchNames = new Map(branchList.map(({ id: branch, name }) => [branch, name]));
  const trained = space && openCatalogueTrained(db, space.id);
  return {
    index,
    vocabulary,
    facts: openFacts(db),
    docs: openDocWords(db),
    known: openKnownItems(db, index, vocabulary),
    /** What was trained on this catalogue, where the records' vectors are of that. */
    embedding: trained && rememberVectors(trained),
    /** Id of the embedding that made the records' vectors, where it is not of this catalogue. */
    model: space?.model ?? undefined,
    /** Folded branch names and their ids. */
    branches: new Map(branchList.map(({ id: branch, name }) => [fold(name), branch])),
    branchName: (branch: string) => branchNames.get(branch) ?? branch,
    idOf: (at: number) => id.get(at),
    rowOf: (recordId: string) => row.get(recordId),
    title: (at: number) => title.get(at),
    bib(at: number): Bib | undefined {
      const json = bib.get(at);
      return json === undefined ? undefined : (JSON.parse(json) as Bib);
    },
    seriesOf: (at: number) => series.all(at),
    volume: (at: number, name: string) =>
      series.all(at).find((entry) => entry.name === name)?.volume ?? undefined,
    close: () => db.close(),
  };
}
