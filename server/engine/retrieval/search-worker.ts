import { workerData, type MessagePort } from 'node:worker_threads';
import { openFinder, type Finder } from './finder.js';
import { readFinderKnowledge } from './finder-knowledge.js';
import type { Found, Hit, Question } from './search.js';
import { askThrough } from './vector-asking.js';

/** Which file a task is to be answered from; a worker opens another one when the stamp differs from its own. */
export interface CatalogueStamp {
  path: string;
  version: string;
  /** Id of the vectors that answer: another space may be live in the file before anybody was told. */
  space: string;
}

export type SearchTask = CatalogueStamp &
  (
    | { kind: 'search'; question: Question; vectors?: MessagePort }
    | { kind: 'similar'; recordId: string; limit: number }
    | { kind: 'next'; recordId: string }
    | { kind: 'open' }
  );

// Piscina hands its workerData through as it is when it is an array or an object.
const { knowledgeDirs } = workerData as { knowledgeDirs: readonly string[] };
const knowledge = readFinderKnowledge(knowledgeDirs);
let open: { stamp: CatalogueStamp; finder: Finder } | undefined;

function finderFor(stamp: CatalogueStamp): Finder {
  if (open?.stamp.path === stamp.path && open.stamp.version === stamp.version) return open.finder;
  const finder = openFinder(stamp.path, knowledge, stamp.version, stamp.space);
  open?.finder.close();
  const { path, version, space } = stamp;
  open = { stamp: { path, version, space }, finder };
  return finder;
}

/** Answers one task; a worker has one at a time, so a finder is never closed under a search. */
export default async function answer(task: SearchTask): Promise<Found | Hit[] | Hit | undefined> {
  const finder = finderFor(task);
  if (task.kind === 'search') return finder.search(task.question, task.vectors && askThrough(task.vectors));
  if (task.kind === 'similar') return finder.similar(task.recordId, task.limit);
  return task.kind === 'next' ? finder.nextInSeries(task.recordId) : undefined;
}
