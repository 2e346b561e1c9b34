import type { Database } from 'better-sqlite3';
import { load } from 'sqlite-vec';

/**
 * Vectors that compare with one another: made by one training, or by one model. A catalogue file may hold several, each
 * in tables of its own; exactly one is live, and only that one is searched.
 */
export interface VectorSpace {
  id: string;
  /** Id of the embedding that made it; null when it was trained on this catalogue. */
  model: string | null;
  /** Names the space's tables; never used twice in a file. */
  slot: number;
  dimensions: number;
  /** ISO 8601. */
  trainedAt: string;
  live: boolean;
  /** Version of the passages that a model read; null when trained. */
  passages: number | null;
  /** How many of the nearest by bits are compared in whole; null when all vectors are. */
  rescored: number | null;
  /** Share of the 20 nearest that searching finds, as measured against exact comparison; null when not measured. */
  recall: number | null;
  /** When it was live last, ISO 8601; null while it is live and when it never was. */
  leftAt: string | null;
}

interface SpaceRow extends Omit<VectorSpace, 'live' | 'trainedAt' | 'leftAt'> {
  trained_at: string;
  left_at: string | null;
  live: number;
}

const columns = 'id, model, slot, dimensions, trained_at, live, passages, rescored, recall, left_at';

/** Table of a space's eight-bit vectors, of sqlite-vec. */
export const vectorTable = (slot: number) => `vector_${slot}`;
/** Table of a space's sign bits, where it has them. */
export const bitTable = (slot: number) => `bits_${slot}`;

/** Spaces of a catalogue file, the live one first. */
export function spacesOf(db: Database): VectorSpace[] {
  const rows = db.prepare<[], SpaceRow>(`SELECT ${columns} FROM vector_space ORDER BY live DESC, slot`).all();
  return rows.map(({ trained_at, left_at, live, ...row }) => ({
    ...row,
    trainedAt: trained_at,
    leftAt: left_at,
    live: live === 1,
  }));
}

/** The space that is searched; undefined while there are no vectors. */
export function liveSpace(db: Database): VectorSpace | undefined {
  return spacesOf(db).find(({ live }) => live);
}

/** Vectors that a space holds now: fewer than were made where records changed since. */
export function countVectors(db: Database, space: Pick<VectorSpace, 'slot' | 'rescored'>): number {
  load(db);
  const table = space.rescored === null ? vectorTable(space.slot) : bitTable(space.slot);
  return db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
}

/** A training serves for so long, and while at most this share of the records has changed since. */
const TRAINED_FOR_MS = 24 * 60 * 60_000;
const UNTRAINED_SHARE = 0.01;

/**
 * Whether what was trained on this catalogue still serves at `now` (ms), with a few records changed since: those are
 * found by their words until the next training, which takes longer than all the rest of an hour's changes.
 */
export function trainingServes(db: Database, now: number): boolean {
  const trained = spacesOf(db).find(({ model }) => model === null);
  if (trained === undefined || now - Date.parse(trained.trainedAt) >= TRAINED_FOR_MS) return false;
  const records = db.prepare<[], number>('SELECT count(*) FROM doc').pluck().get() ?? 0;
  return records - countVectors(db, trained) <= records * UNTRAINED_SHARE;
}

/** Rows that have a vector in a space. */
export function heldRows(db: Database, { slot }: Pick<VectorSpace, 'slot'>): Set<number> {
  load(db);
  return new Set(
    db
      .prepare<[], number>(`SELECT rowid FROM ${vectorTable(slot)}`)
      .pluck()
      .all(),
  );
}

/** Makes one space the live one and notes when the other ceased to be, in one transaction; false when the file does not hold it. */
export function makeLive(db: Database, id: string): boolean {
  const now = new Date().toISOString();
  return db.transaction(() => {
    if (db.prepare('SELECT 1 FROM vector_space WHERE id = ?').get(id) === undefined) return false;
    db.prepare('UPDATE vector_space SET live = 0, left_at = ? WHERE live = 1 AND id <> ?').run(now, id);
    db.prepare('UPDATE vector_space SET live = 1, left_at = NULL WHERE id = ?').run(id);
    return true;
  })();
}

/** Creates the tables of a space to come and answers their slot. Call it in the transaction that fills them. */
export function createSpaceTables(db: Database, dimensions: number, { bits = false } = {}): number {
  load(db);
  const slot = Math.max(0, ...slotsInFile(db)) + 1;
  db.exec(
    `CREATE VIRTUAL TABLE ${vectorTable(slot)} USING vec0(numbers int8[${dimensions}] distance_metric=cosine)`,
  );
  if (bits) db.exec(`CREATE TABLE ${bitTable(slot)} (row INTEGER PRIMARY KEY, bits BLOB NOT NULL)`);
  return slot;
}

/** Notes a space whose tables are filled. A live one takes the place of the one before in the same statement's transaction. */
export function addSpace(
  db: Database,
  space: Omit<VectorSpace, 'trainedAt'> & { centre?: Float32Array },
): void {
  if (space.live) db.exec('UPDATE vector_space SET live = 0');
  const { id, model, slot, dimensions, live, passages, rescored, recall, leftAt, centre } = space;
  db.prepare(`INSERT INTO vector_space (${columns}, centre) VALUES (?,?,?,?,?,?,?,?,?,?,?)`).run(
    id,
    model,
    slot,
    dimensions,
    new Date().toISOString(),
    live ? 1 : 0,
    passages,
    rescored,
    recall,
    leftAt,
    centre === undefined ? null : Buffer.from(centre.buffer, centre.byteOffset, centre.byteLength),
  );
}

/** Where a space's numbers have their middle; zeros where it has no bits. */
export function centreOf(db: Database, { id, dimensions }: VectorSpace): Float32Array {
  const found = db
    .prepare<[string], Buffer | null>('SELECT centre FROM vector_space WHERE id = ?')
    .pluck()
    .get(id);
  // Copied, because a buffer from SQLite need not begin at a multiple of four.
  return found ? new Float32Array(new Uint8Array(found).buffer) : new Float32Array(dimensions);
}

/**
 * Takes spaces out of the file's list. Their tables stay until `dropRetired`, because search threads that still have one
 * open answer from it until their next question.
 */
export function retireSpaces(db: Database, ids: readonly string[]): void {
  const remove = db.prepare('DELETE FROM vector_space WHERE id = ?');
  for (const id of ids) remove.run(id);
}

/** Drops the tables of spaces that are no longer listed. Call it when no thread can have one of them open any more. */
export function dropRetired(db: Database): void {
  load(db);
  const held = new Set(spacesOf(db).map(({ slot }) => slot));
  for (const slot of slotsInFile(db)) {
    if (held.has(slot)) continue;
    db.exec(`DROP TABLE ${vectorTable(slot)}; DROP TABLE IF EXISTS ${bitTable(slot)};`);
  }
  db.exec('DELETE FROM vector_term WHERE space NOT IN (SELECT id FROM vector_space)');
}

function slotsInFile(db: Database): number[] {
  const names = db
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'vector_[0-9]*'")
    .pluck()
    .all();
  return names.flatMap((name) => /^vector_(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}
