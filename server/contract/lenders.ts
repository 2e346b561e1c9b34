import { z } from 'zod';
import { Catalogued, holdStatuses } from './patron-account.js';

/** A title that a lender of e-copies has lent or keeps for the patron. What the lender does not tell is null. */
const lent = {
  record_id: z.string().nullable().describe('Null where the catalogue holds no record of this title'),
  title: z.string().nullable(),
  author: z.string().nullable(),
  catalogued: Catalogued.nullable().describe('How the catalogue has it; null where it holds no such record'),
  format: z.enum(['ebook', 'eaudiobook', 'magazine', 'video']).nullable(),
  url: z.string().nullable().describe('Where it is read, borrowed and given back; http or https'),
};

export const LenderLoan = z.object({
  loan_id: z.string(),
  ...lent,
  due_at: z.iso.datetime().nullable().describe('When it goes back by itself'),
});
export type LenderLoan = z.infer<typeof LenderLoan>;

export const LenderHold = z.object({
  hold_id: z.string().describe('What DELETE /me/holds/{id} takes'),
  ...lent,
  status: z.enum(holdStatuses),
  sentence: z.string().describe('The status, in words'),
  queue_position: z.int().nullable().describe('1 is next'),
  queue_total: z.int().nullable(),
  ready_until: z.iso.datetime().nullable().describe('Until when a ready hold is kept'),
  cancellable: z.boolean(),
});
export type LenderHold = z.infer<typeof LenderHold>;

export const lenderStates = ['known', 'unavailable', 'refused', 'signed_out'] as const;

/**
 * What one lender says. `refused`: it does not take the card; `signed_out`: it does not, or no longer, know who the
 * patron is, and only signing in again helps, for no PIN is kept.
 */
export const LenderAccount = z.object({
  lender: z.string().describe('Its name, as patrons know it'),
  state: z.enum(lenderStates),
  sentence: z.string().nullable().describe('Unless `known`: what a patron is told'),
  asOf: z.iso.datetime().nullable().describe('When the lender said so'),
  loans: z.array(LenderLoan).nullable(),
  holds: z.array(LenderHold).nullable(),
});
export type LenderAccount = z.infer<typeof LenderAccount>;

export const Lenders = z.object({ lenders: z.array(LenderAccount) });
export type Lenders = z.infer<typeof Lenders>;
