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
  ai: z
    .boolean()
    .optional()
    .describe('False asks for an answer without a language model, as a kiosk set so does with every turn'),
});
export type TurnRequest = z.infer<typeof TurnRequest>;

/** A held title offered in answer: built from a record id, never from words. */
export const Recommendation = RecordBrief.extend({
  why: z.string().describe('Real evidence: the matched subject, a phrase of the summary, the same series'),
  why_from: z
    .enum(['record', 'model'])
    .describe('Who worded `why`: a rule over the record, or a model from its text'),
  quotes: z.array(z.string()).describe('The words inside `why` that stand in the record'),
  availability: Availability,
});
export type Recommendation = z.infer<typeof Recommendation>;

/** How the answer was found: each step down the ladder is visible. */
export const AnswerPath = z.enum(['full', 'cached', 'similar_question', 'words_only', 'nearest', 'nothing']);

/** Why there is no more than the composed answer. `off`: no model, or switched off; `unasked`: none was needed. */
export const ModelAbsence = z.enum(['off', 'unasked', 'busy', 'away', 'failed']);
export type ModelAbsence = z.infer<typeof ModelAbsence>;

/** What a language model had to do with an answer. */
export const ModelPart = z.object({
  used: z.boolean().describe('True when a model ordered, explained or worded any of it'),
  absence: ModelAbsence.nullable(),
  wait_ms: z.int().nullable().describe('With `busy`: when its first word would have come'),
});
export type ModelPart = z.infer<typeof ModelPart>;

/** A topic that this library wants people to handle; the books are shown all the same. */
export const Referral = z.object({
  topic: z.string().describe('Id in the library’s policy file'),
  text: z.string().describe('What the library says to it'),
});
export type Referral = z.infer<typeof Referral>;

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
  referral: Referral.nullable(),
  model: ModelPart,
  path: AnswerPath,
  total: z.int(),
  cache_hit: z.boolean(),
  response_time_ms: z.number(),
});
export type TurnAnswer = z.infer<typeof TurnAnswer>;

/**
 * Server-sent events of a turn, in the order in which they come: cards and composed words first. `thinking` says that a
 * model has begun; after it `understood` and `recommendations` may come again, in place of those before, and more
 * `text`. `error` carries a problem body.
 */
export const TurnEvents = {
  understood: z.object({ turn: z.int(), intent: Intent, understood: z.array(Chip) }),
  recommendations: z.object({ recommendations: z.array(Recommendation), total: z.int() }),
  text: z.object({ delta: z.string() }),
  thinking: z.object({
    first_ms: z.int().nullable().describe('When its first word is expected, from measured speed'),
    whole_ms: z.int().nullable(),
    suggestions: z.array(z.string()).describe('Follow-ups that would work meanwhile'),
  }),
  availability: z.object({ record_id: z.string(), availability: Availability }),
  done: TurnAnswer,
} as const;
export type TurnEventName = keyof typeof TurnEvents;
export type TurnEvent = {
  [N in TurnEventName]: { event: N; data: z.infer<(typeof TurnEvents)[N]> };
}[TurnEventName];
