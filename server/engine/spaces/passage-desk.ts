import { openSqlite } from '../db/sqlite.js';
import { passageVersion } from '../retrieval/passage.js';
import { heldRows, spacesOf, type VectorSpace } from '../retrieval/vector-spaces.js';
import { addVectors, buildSpace } from './build-space.js';
import { openPassageStore, passageDigest } from './passage-store.js';
import type { PassageAnswers, PassageRequest, PassageTask } from './passage-thread.js';
import { surveyRecords } from './survey.js';

/** Of a space's vectors, the share that may be added before the space is made and measured anew. */
const mostAdded = 0.1;
/** Vectors kept for each record, before those of passages that no record has any more are forgotten. */
const mostKept = 1.5;

/**
 * Opens a catalogue and a model's store, looks through all records, and answers requests in their order. Blocks its
 * thread; the files close with it. Throws ImportStopped where a vector is not as long as promised or the disk is full.
 */
export function openPassageDesk(
  task: PassageTask,
  onProgress: (done: number) => void,
): (request: PassageRequest) => PassageAnswers[keyof PassageAnswers] {
  const { model, dimensions, bitsAbove, memory } = task;
  const store = openPassageStore(task.storePath, { model, dimensions });
  const db = openSqlite(task.cataloguePath, { mustExist: true, cacheMiB: 64 });
  const survey = surveyRecords(db, store, task.prefix);
  /** Digests of the batches that were handed out and have not come back. */
  const awaited: Buffer[][] = [];
  let handedOut = 0;

  return (request) => {
    switch (request.kind) {
      case 'survey':
        return { records: survey.rows.length, known: survey.known, missing: survey.missing.length };
      case 'next': {
        const places = survey.missing.slice(handedOut, handedOut + request.limit);
        handedOut += places.length;
        const texts = places.map((place) => survey.textOf(place));
        if (texts.length > 0) awaited.push(texts.map(passageDigest));
        return { texts };
      }
      case 'keep': {
        const digests = awaited.shift() ?? [];
        store.keep(
          digests.map((digest, at) => ({ digest, vector: request.vectors[at] ?? new Float32Array() })),
        );
        return { kept: digests.length };
      }
      case 'carryOver': {
        const space = ownSpace();
        return {
          added: space === undefined ? 0 : addVectors(db, store, survey, space),
          live: space?.live ?? false,
        };
      }
      case 'publish':
        return publish(request.questions);
    }
  };

  function publish(questions: readonly Float32Array[]): PassageAnswers['publish'] {
    const space = ownSpace();
    const held = space === undefined ? 0 : heldRows(db, space).size;
    if (space !== undefined && survey.rows.length - held <= mostAdded * held) {
      return { space, changed: addVectors(db, store, survey, space) > 0 };
    }
    const built = buildSpace(db, store, survey, {
      model,
      dimensions,
      questions,
      bitsAbove,
      memory,
      onProgress,
    });
    db.pragma('wal_checkpoint(PASSIVE)');
    if (store.size() > mostKept * survey.rows.length) store.forget(survey.digests());
    return { space: built, changed: true };
  }

  function ownSpace(): VectorSpace | undefined {
    return spacesOf(db).find((space) => space.model === model && space.passages === passageVersion);
  }
}
