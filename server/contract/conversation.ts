import { z } from 'zod';
import { Availability } from './availability.js';
import { Chip, Intent } from './intent.js';
import { RecordBrief } from './record.js';
import { Locale } from './vocabulary.js';

export const ConversationCreated = z.object({ id: z.string() });

/** What a patron sends in one turn. `remove` names chips of the last answer to take out. */
export const TurnRequest = z.object({
  text: z.string().trim().max(1000).default(''),
  branch: z.string().max(64).optional(),
  locale: Locale.optional(),
  remove: z.array(z.string().max(200)).max(20).optional(),
});
export type TurnRequest = z.infer<typeof TurnRequest>;

/** A held title offered in answer: built from a record id, never from words. */
export const Recommendation = RecordBrief.extend({
  why: z.string().describe('Real evidence: the matched subject, a phrase of the summary, the same series'),
  quotes: z.array(z.string()).describe('The words inside `why` that stand in the record'),
  availability: Availability,
});
export type Recommendation = z.infer<typeof Recommendation>;

/** How the answer was found: each step down the ladder is visible. */
export const AnswerPath = z.enum(['full', 'cached', 'similar_question', 'words_only', 'nearest', 'nothing']);

export const TurnAnswer = z.object({
  turn: z.int(),
  text: z.string().describe('The question as the patron put it'),
  intent: Intent,
  understood: z.array(Chip),
  recommendations: z.array(Recommendation),
  response_text: z.string(),
  suggestions: z.array(z.string()).describe('Follow-ups that would work now, worded to be sent as they are'),
  confidence: z.number().min(0).max(1),
  handoff_to_librarian: z.boolean(),
  path: AnswerPath,
  total: z.int(),
  cache_hit: z.boolean(),
  response_time_ms: z.number(),
});
export type TurnAnswer = z.infer<typeof TurnAnswer>;

/** Server-sent events of a turn, in the order in which they come. `error` carries a problem body. */
export const TurnEvents = {
  understood: z.object({ turn: z.int(), intent: Intent, understood: z.array(Chip) }),
  recommendations: z.object({ recommendations: z.array(Recommendation), total: z.int() }),
  text: z.object({ delta: z.string() }),
  availability: z.object({ record_id: z.string(), availability: Availability }),
  done: TurnAnswer,
} as const;
export type TurnEventName = keyof typeof TurnEvents;
export type TurnEvent = {
  [N in TurnEventName]: { event: N; data: z.infer<(typeof TurnEvents)[N]> };
}[TurnEventName];
