import { z } from 'zod';
import { Branch } from './availability.js';
import { RecordBrief } from './record.js';

/** What a cover is made from, and whose it is: the same wherever the record is shown. */
export const Catalogued = RecordBrief.pick({
  title: true,
  author: true,
  subject: true,
  format: true,
  cover: true,
});
export type Catalogued = z.infer<typeof Catalogued>;
const catalogued = Catalogued.nullable().describe(
  'How the catalogue has it; null where it holds no such record',
);

/** Something lent to the patron. What the system does not tell is null. */
export const Loan = z.object({
  loan_id: z.string(),
  record_id: z.string().nullable().describe('Null where the catalogue holds no such record'),
  title: z.string(),
  author: z.string().nullable(),
  catalogued,
  call_number: z.string().nullable(),
  due_at: z.iso.datetime().nullable(),
  due_text: z.string().nullable().describe('The due date as the system wrote it, where it could not be read'),
  overdue: z.boolean().nullable(),
  renewable: z.boolean().nullable().describe('Null when only trying shows it'),
  renewals: z.int().nullable(),
  renewals_left: z.int().nullable(),
});
export type Loan = z.infer<typeof Loan>;

export const holdStatuses = [
  'waiting',
  'in_transit',
  'ready',
  'suspended',
  'unfilled',
  'expired',
  'unknown',
] as const;

export const Hold = z.object({
  hold_id: z.string(),
  record_id: z.string().nullable(),
  title: z.string(),
  author: z.string().nullable(),
  catalogued,
  status: z.enum(holdStatuses),
  sentence: z.string().describe('The status, in words'),
  queue_position: z.int().nullable().describe('1 is next'),
  queue_total: z.int().nullable(),
  pickup_branch_id: z.string().nullable(),
  pickup_branch_name: z.string().nullable(),
  pickup_by: z.iso.date().nullable().describe('Day until which a ready hold is kept'),
  placed_at: z.string().nullable(),
  cancellable: z.boolean(),
});
export type Hold = z.infer<typeof Hold>;

/** Money owed, in the system's own words: Carrel adds nothing up. */
export const Fines = z.object({
  total: z.string(),
  currency: z.string().nullable().describe('ISO 4217, where the system says'),
  lines: z.array(z.object({ text: z.string(), amount: z.string().nullable() })),
});

/** A part that the system does not tell is null, which is not the same as none. */
export const PatronAccount = z.object({
  state: z.enum(['known', 'unavailable']),
  sentence: z.string().nullable().describe('With `unavailable`: what a patron is told'),
  asOf: z.iso.datetime().nullable().describe('When the system said so'),
  loans: z.array(Loan).nullable(),
  holds: z.array(Hold).nullable(),
  fines: Fines.nullable(),
  blocks: z.array(z.string()).describe('Why the patron may not borrow, in the system’s own words'),
  card_expires: z.iso.date().nullable(),
});
export type PatronAccount = z.infer<typeof PatronAccount>;

/** Why a library's system said no. */
export const refusalCodes = [
  'already_held',
  'already_borrowed',
  'too_many_holds',
  'too_many_loans',
  'fines',
  'blocked',
  'card_expired',
  'age',
  'not_holdable',
  'no_copies',
  'on_shelf',
  'pickup_place',
  'not_renewable',
  'too_many_renewals',
  'too_soon',
  'overdue',
  'reserved_by_others',
  'not_found',
  'not_yours',
  'other',
] as const;
export const RefusalCode = z.enum(refusalCodes);
export type RefusalCode = z.infer<typeof RefusalCode>;

/** Common to what a write came to. `unknown`: it may have happened, the account shows it; `unavailable`: it has not. */
const written = {
  reason: RefusalCode.nullable().describe('With `refused`'),
  sentence: z.string(),
  said: z.string().nullable().describe('The system’s own words, where ours would say less'),
};

export const renewalOutcomes = ['renewed', 'refused', 'unknown', 'unavailable'] as const;
export const RenewalAnswer = z.object({
  outcome: z.enum(renewalOutcomes),
  ...written,
  due_at: z.iso.datetime().nullable(),
  due_text: z.string().nullable(),
});
export type RenewalAnswer = z.infer<typeof RenewalAnswer>;

export const cancelOutcomes = ['cancelled', 'requested', 'refused', 'unknown', 'unavailable'] as const;
export const CancelAnswer = z.object({ outcome: z.enum(cancelOutcomes), ...written });
export type CancelAnswer = z.infer<typeof CancelAnswer>;

export const PickupBranches = z.object({
  state: z.enum(['known', 'unavailable']),
  sentence: z.string().nullable(),
  branches: z.array(Branch),
  home_branch_id: z.string().nullable().describe('The patron’s own branch, to be offered first'),
});
export type PickupBranches = z.infer<typeof PickupBranches>;

export const PlaceHold = z.object({
  record_id: z.string().min(1).max(200),
  pickup_branch_id: z.string().min(1).max(64),
  item_id: z.string().min(1).max(200).optional().describe('One copy (a volume) instead of the title'),
});

export const questionKinds = [
  'fee',
  'existing_holds',
  'local_copy',
  'interlibrary_loan',
  'no_copies',
  'other',
] as const;

/** What the system wants to be told before it places the hold. Nothing is answered for the patron, a fee least of all. */
export const HoldQuestion = z.object({
  question_id: z.string(),
  kind: z.enum(questionKinds),
  sentence: z.string(),
  said: z.string().describe('The system’s own words'),
});

export const holdOutcomes = ['placed', 'question', 'refused', 'unknown', 'unavailable'] as const;
export const HoldAnswer = z.object({
  outcome: z.enum(holdOutcomes),
  ...written,
  hold_id: z.string().nullable(),
  queue_position: z.int().nullable(),
  queue_total: z.int().nullable(),
  pickup_branch_name: z.string().nullable(),
  question: HoldQuestion.nullable(),
});
export type HoldAnswer = z.infer<typeof HoldAnswer>;

/** Answers one question once; it is forgotten after some minutes. */
export const HoldReply = z.object({ question_id: z.string().min(1).max(64), yes: z.boolean() });
