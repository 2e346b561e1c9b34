import { Problem } from '../../contract/problems.js';
import type { Clock } from '../../engine/cache/clock.js';
import type { Conversation } from './conversation.js';
import { settledWithin } from './deliver.js';

/**
 * Takes the word in a conversation, where one turn is answered at a time; answers how to give it back. A turn whose
 * patron has left ("Stop") has lost the word. One that is still wanted is waited for as long as it takes a closed
 * connection to be noticed, `waitMs`; then Problem('turn_in_progress').
 */
export async function takeTurn(
  conversation: Conversation,
  signal: AbortSignal,
  { clock, waitMs }: { clock: Clock; waitMs: number },
): Promise<() => void> {
  const isTaken = (): boolean => conversation.answering?.signal.aborted === false;
  if (conversation.answering && isTaken()) {
    await settledWithin(conversation.answering.over, clock, waitMs);
    signal.throwIfAborted();
    if (isTaken()) throw new Problem('turn_in_progress');
  }
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const mine = { signal, over };
  conversation.answering = mine;
  return () => {
    end();
    if (conversation.answering === mine) conversation.answering = undefined;
  };
}
