import { namesABook } from '../compose.js';
import type { Listing } from '../turns.js';

/** Below this, the rules' reading may have missed what was meant. */
const UNSURE_BELOW = 0.4;

/** Whether a question is worth reading again: it found little, or sounded like going on and did not. */
export function isReadingUnsure(list: Listing): boolean {
  const { found, draft } = list.current();
  if (list.lead !== 'found' || list.isMakeshift) return false;
  const isGuess = found.confidence < UNSURE_BELOW || draft.cards.length === 0;
  return list.isLeftOver || (isGuess && found.intent.topic !== '' && found.intent.isbn === undefined);
}

/** Whether there is anything to choose: several books on a topic, and none that was asked for by name. */
export function isListWorthALook(list: Listing): boolean {
  const { found, draft, candidates } = list.current();
  const [first] = draft.cards;
  if (list.lead === 'back' || list.isMakeshift || candidates.length < 2 || !first) return false;
  const { topic, like, like_author, appeals, title, isbn } = found.intent;
  if (title !== undefined || isbn !== undefined || namesABook(found.intent, first)) return false;
  return topic !== '' || like !== undefined || like_author !== undefined || (appeals?.length ?? 0) > 0;
}
