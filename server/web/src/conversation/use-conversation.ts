import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { TurnRequest } from '../../../contract/conversation.js';
import type { Chip } from '../../../contract/intent.js';
import { endConversation, openConversation, takeTurn } from '../api/carrel-api.js';
import { serverNowMs } from '../api/clock.js';
import { Refused, type Refusal } from '../api/refusal.js';
import { emptyConversation, stepped, type Conversation } from './conversation.js';
import type { Asked } from './turn.js';

/** A conversation and what a patron can do in it. */
export interface ConversationDesk {
  conversation: Conversation;
  ask: (text: string) => void;
  remove: (chip: Chip) => void;
  stop: () => void;
  /** The patron has the newest shelf in hand: its books stay where they are. */
  touch: () => void;
  /** Puts the books of a turn as they were held back from. */
  rearrange: (key: number) => void;
  startOver: () => void;
}

/**
 * Holds one conversation in memory only: it opens with the first question and is gone when the page is closed. `branch`
 * is where the patron stands and `ai` whether a language model may take part, sent with every turn.
 * `isAnonymous`: it is known that nobody is signed in here.
 */
export function useConversation(
  locale: 'en' | 'es',
  branch: string | undefined,
  ai: boolean,
  isAnonymous: boolean,
): ConversationDesk {
  const [conversation, take] = useReducer(stepped, emptyConversation);
  const id = useRef<string>(undefined);
  const running = useRef<AbortController>(undefined);

  const turn = useCallback(
    async (asked: Asked) => {
      running.current?.abort();
      const walkedAway = new AbortController();
      running.current = walkedAway;
      const { signal } = walkedAway;
      take({ step: 'asked', asked });
      const request: Partial<TurnRequest> = {
        ...(asked.kind === 'words' ? { text: asked.text } : { text: '', remove: [asked.chip.id] }),
        locale,
        ...(branch !== undefined && { branch }),
        ...(!ai && { ai }),
      };
      const once = async (): Promise<void> => {
        id.current ??= await openConversation(signal);
        await takeTurn(id.current, request, signal, (event) => {
          if (!signal.aborted) take({ step: 'event', event });
        });
      };
      try {
        await once().catch((error: unknown) => {
          // A conversation is forgotten after a day; the question goes on in a new one.
          if (!isForgotten(error, isAnonymous) || asked.kind === 'removal') throw error;
          id.current = undefined;
          return once();
        });
      } catch (error) {
        if (signal.aborted) return;
        if (isForgotten(error, isAnonymous)) id.current = undefined;
        const why: Refusal = error instanceof Refused ? error.refusal : { kind: 'broken_off' };
        take({ step: 'refused', why, atMs: serverNowMs() });
      }
    },
    [locale, branch, ai, isAnonymous],
  );

  // What is still being said when the visit ends is said to nobody.
  useEffect(() => () => running.current?.abort(), []);

  return {
    conversation,
    ask: useCallback((text: string) => void turn({ kind: 'words', text }), [turn]),
    remove: useCallback((chip: Chip) => void turn({ kind: 'removal', chip }), [turn]),
    stop: useCallback(() => {
      running.current?.abort();
      take({ step: 'stopped' });
    }, []),
    touch: useCallback(() => take({ step: 'touched' }), []),
    rearrange: useCallback((key: number) => take({ step: 'rearranged', key }), []),
    startOver: useCallback(() => {
      running.current?.abort();
      if (id.current !== undefined) endConversation(id.current);
      id.current = undefined;
      take({ step: 'started_over' });
    }, []),
  };
}

/**
 * A visit in which nobody was signed in may have ended where this page did not hear of it, as when a sign-in was left just
 * as it succeeded. Where somebody was, the page goes instead, and nothing is asked again.
 */
function isForgotten(error: unknown, isAnonymous: boolean): boolean {
  if (!(error instanceof Refused) || error.refusal.kind !== 'problem') return false;
  const { code } = error.refusal;
  return code === 'conversation_not_found' || (code === 'signed_out' && isAnonymous);
}
