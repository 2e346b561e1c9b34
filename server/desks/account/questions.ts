import { randomBytes } from 'node:crypto';
import { Problem } from '../../contract/problems.js';
import type { Clock } from '../../engine/cache/clock.js';
import type { HoldQuestion } from '../../engine/ils/patron.js';
import type { PatronSession } from '../../engine/sessions/patron-sessions.js';

const ANSWER_WITHIN_MS = 10 * 60_000;
const MOST = 10;

/** Questions of holds under way. They stay here: the browser knows each by a random id, and only its own session's. */
export function createHoldQuestions(clock: Clock) {
  const bySession = new WeakMap<PatronSession, Map<string, { question: HoldQuestion; until: number }>>();

  return {
    /** Answers the id under which the question waits, for ten minutes. */
    keep(session: PatronSession, question: HoldQuestion): string {
      const own = bySession.get(session) ?? new Map<string, { question: HoldQuestion; until: number }>();
      bySession.set(session, own);
      const [oldest] = own.keys();
      if (oldest !== undefined && own.size >= MOST) own.delete(oldest);
      const id = randomBytes(16).toString('base64url');
      own.set(id, { question, until: clock.now() + ANSWER_WITHIN_MS });
      return id;
    },

    /** Takes the question out, so that it is answered once; Problem('question_not_found'). */
    take(session: PatronSession, id: string): HoldQuestion {
      const own = bySession.get(session);
      const kept = own?.get(id);
      own?.delete(id);
      if (!kept || clock.now() >= kept.until) throw new Problem('question_not_found');
      return kept.question;
    },
  };
}
