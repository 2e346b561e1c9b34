import type { Bib } from '../../engine/catalogue/bib.js';
import { CANDIDATES, type Asking } from './asking.js';
import type { Asked, Finder } from './find.js';
import type { ActId, FollowupRules, Reading } from './followups.js';
import type { Records } from './records.js';
import { comparing, measured, type NewQuestion } from './steer.js';
import { isSameWork } from './works.js';

/**
 * "Like The Hobbit but shorter": a question that names a book and says how the answers should differ from it, measured
 * by what the book's record states, or another edition's where it does not. Undefined for any other turn.
 */
export async function likenedQuestion(
  { acts, rest, question }: Reading,
  rules: FollowupRules,
  { locale, branch, remove = [] }: Asking,
  deps: { finder: Finder; records: Records },
  signal: AbortSignal,
): Promise<NewQuestion | undefined> {
  const comparisons = acts.filter((act) => comparing.has(act.id) && act.which === undefined);
  if (rest === '' || comparisons.length === 0 || comparisons.length < acts.length) return undefined;
  const named: Asked = {
    text: rules.withoutLink(rest),
    locale,
    branch,
    remove: [],
    exclude: [],
    limit: CANDIDATES,
  };
  const { found } = await deps.finder.find(named, signal);
  const likeId = found.intent.like?.[0]?.record_id;
  const liked = likeId === undefined ? undefined : await deps.records.findRecord(likeId);
  if (!liked) return undefined;
  const near = await deps.records.listRecords(found.hits.map((hit) => hit.id));
  const editions = [liked, ...near.filter((bib) => isSameWork(bib, liked))];
  let intent = { ...found.intent, text: question };
  for (const { id } of comparisons) intent = measured(id, intent, firstThatSays(id, editions));
  const asked: Asked = { ...named, text: question, intent, remove };
  return { asked, finding: await deps.finder.find(asked, signal) };
}

function firstThatSays(id: ActId, bibs: readonly Bib[]): Bib[] {
  const field = id === 'shorter' || id === 'longer' ? 'pages' : 'year';
  return bibs.filter((bib) => bib[field] !== undefined).slice(0, 1);
}
