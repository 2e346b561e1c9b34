import { randomUUID } from 'node:crypto';
import type { Sqlite } from '../db/sqlite.js';
import { quantise, signBits } from '../embedding/quantised.js';
import { passageVersion } from '../retrieval/passage.js';
import {
  addSpace,
  bitTable,
  centreOf,
  createSpaceTables,
  dropRetired,
  heldRows,
  retireSpaces,
  spacesOf,
  type VectorSpace,
} from '../retrieval/vector-spaces.js';
import { openSpace, vectorInserter, vectorMemory } from '../retrieval/vector-table.js';
import { scaleOf } from '../retrieval/vectors.js';
import { seededRandom } from '../../lib/seeded-random.js';
import type { PassageStore } from './passage-store.js';
import { gatherNearest, questionNear, recallAt, recallOf } from './recall.js';
import type { Survey } from './survey.js';

/** Above so many records the bits of vectors are looked through first. */
export const bitsAbove = 50_000;
/** Share of the nearest 20 that searching must find, measured against exact comparison. */
export const recallWanted = 0.98;
/** What comparing eight-bit numbers loses cannot be found again by comparing more of them. */
const sameRecall = 0.001;
const fewestRescored = 100;
const mostRescored = 12_800;
const sampled = { questions: 64, forCentre: 20_000 } as const;

export interface BuildOptions {
  model: string;
  dimensions: number;
  /** Vectors of questions that patrons ask; without them records stand in for questions. */
  questions?: readonly Float32Array[] | undefined;
  bitsAbove?: number | undefined;
  /** Bytes that the vectors of one search thread may take. */
  memory?: number | undefined;
  onProgress?: (done: number) => void;
}

/**
 * Writes a model's space from the vectors it made, in one transaction: eight-bit numbers with a scale for each vector
 * and, above `bitsAbove` records, sign bits, with as many rescored as recall needs. It takes the place of the space that
 * the same model had, and is live where that one was; of other models' spaces only the live or else the newest stays.
 * Blocks its thread.
 */
export function buildSpace(
  db: Sqlite,
  store: PassageStore,
  survey: Survey,
  options: BuildOptions,
): VectorSpace {
  const { model, dimensions, onProgress = () => undefined } = options;
  const { rows } = survey;
  const bits = rows.length > (options.bitsAbove ?? bitsAbove);
  const vectorAt = (place: number) => store.find(survey.digestOf(place));
  const questions = options.questions?.length ? options.questions : sampleQuestions(rows.length, vectorAt);
  const centre = bits ? meanOf(rows.length, vectorAt, dimensions) : new Float32Array(dimensions);

  return db.transaction((): VectorSpace => {
    dropRetired(db);
    const before = spacesOf(db);
    const live = before.some((space) => space.live && space.model === model);
    retireSpaces(db, outlived(before, model));
    const slot = createSpaceTables(db, dimensions, { bits });
    const insert = vectorInserter(db, slot);
    const exact = gatherNearest(questions);
    const eightBit = gatherNearest(questions);
    for (let place = 0; place < rows.length; place++) {
      const vector = vectorAt(place);
      if (vector === undefined) continue;
      const { scale, values } = quantise(vector);
      if (scale === 0) continue;
      const row = rows[place] as number;
      insert(row, values, bits ? signBits(values, centre, scale) : undefined);
      exact.offer(row, vector);
      eightBit.offer(row, values, scaleOf(values));
      if (place % 1000 === 0) onProgress(place / rows.length);
    }
    const wanted = exact.nearest();
    const whole = eightBit.nearest();
    const found = { rescored: null as number | null, recall: recallOf(wanted, (at) => whole[at] ?? []) };
    if (bits) {
      const space = { slot, dimensions };
      const measured = calibrate(db, space, centre, {
        questions,
        wanted,
        whole: found.recall,
        memory: options.memory,
      });
      if (measured) Object.assign(found, measured);
      else db.exec(`DROP TABLE ${bitTable(slot)}`);
    }
    const leftAt = before.find((space) => space.model === model)?.leftAt ?? null;
    const made = {
      id: `model-${randomUUID()}`,
      model,
      slot,
      dimensions,
      live,
      passages: passageVersion,
      leftAt,
    };
    const space = { ...made, ...found };
    addSpace(db, { ...space, ...(found.rescored !== null && { centre }) });
    onProgress(1);
    return { ...space, trainedAt: new Date().toISOString() };
  })();
}

/**
 * Adds vectors of rows that a space lacks, where their passages are known; answers how many, in one transaction. What was
 * measured of the space stays: it is for additions that are few beside what it holds.
 */
export function addVectors(db: Sqlite, store: PassageStore, survey: Survey, space: VectorSpace): number {
  const centre = centreOf(db, space);
  const held = heldRows(db, space);
  return db.transaction(() => {
    const insert = vectorInserter(db, space.slot);
    let added = 0;
    survey.rows.forEach((row, place) => {
      if (held.has(row)) return;
      const { scale, values } = quantise(store.find(survey.digestOf(place)) ?? new Float32Array());
      if (scale === 0) return;
      insert(row, values, space.rescored === null ? undefined : signBits(values, centre, scale));
      added++;
    });
    return added;
  })();
}

/**
 * Doubles how many are rescored until recall is good enough, and once more, because patrons will ask other questions than
 * these; undefined where comparing all vectors would find more.
 */
function calibrate(
  db: Sqlite,
  space: { slot: number; dimensions: number },
  centre: Float32Array,
  judged: {
    questions: readonly Float32Array[];
    wanted: number[][];
    whole: number;
    memory: number | undefined;
  },
): { rescored: number; recall: number } | undefined {
  const enough = Math.min(recallWanted, judged.whole - sameRecall);
  const recallWith = (rescored: number): number => {
    const vectors = openSpace(db, { ...space, rescored }, centre, judged.memory ?? vectorMemory);
    return recallOf(judged.wanted, (at) => {
      const question = judged.questions[at] ?? new Float32Array(space.dimensions);
      return vectors.nearest(question, { limit: recallAt }).map(({ row }) => row);
    });
  };
  for (let rescored = fewestRescored; rescored <= mostRescored; rescored *= 2) {
    if (recallWith(rescored) >= enough) return { rescored: 2 * rescored, recall: recallWith(2 * rescored) };
  }
  return undefined;
}

/** Spaces that a new one of a model leaves no room for. */
function outlived(before: readonly VectorSpace[], model: string): string[] {
  const others = before.filter((space) => space.model !== null && space.model !== model);
  const kept = others.find(({ live }) => live) ?? others.at(-1);
  return before
    .filter((space) => space.model === model || (space.model !== null && space !== kept))
    .map(({ id }) => id);
}

type VectorAt = (place: number) => Float32Array | undefined;

function sampleQuestions(count: number, vectorAt: VectorAt): Float32Array[] {
  const random = seededRandom(20);
  const every = Math.max(1, count / sampled.questions);
  const questions: Float32Array[] = [];
  for (let at = 0; at < count && questions.length < sampled.questions; at += every) {
    const vector = vectorAt(Math.floor(at));
    if (vector) questions.push(questionNear(vector, random));
  }
  return questions;
}

function meanOf(count: number, vectorAt: VectorAt, dimensions: number): Float32Array {
  const sum = new Float64Array(dimensions);
  const every = Math.max(1, count / sampled.forCentre);
  let taken = 0;
  for (let at = 0; at < count; at += every) {
    const vector = vectorAt(Math.floor(at));
    if (!vector) continue;
    taken++;
    for (let i = 0; i < dimensions; i++) sum[i] = (sum[i] as number) + (vector[i] as number);
  }
  return Float32Array.from(sum, (v) => (taken === 0 ? 0 : v / taken));
}
