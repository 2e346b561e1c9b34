import type { Refusal } from '../patron.js';

/**
 * What a negative PAPIErrorCode means to Carrel. `none`: there is no such record. `rejected`: card and PIN do not
 * belong together. `refused`: a no to the patron. `setup`: Carrel's own settings or rights are wrong. `failed`: Polaris
 * itself failed. Whatever is not listed is a no in Polaris's words.
 */
export type CodeMeaning =
  | { is: 'none' | 'rejected' | 'setup' | 'failed'; words: string }
  | { is: 'refused'; reason: Refusal; words: string };

const failed = (words: string): CodeMeaning => ({ is: 'failed', words });
const setup = (words: string): CodeMeaning => ({ is: 'setup', words });
const none = (words: string): CodeMeaning => ({ is: 'none', words });
const rejected = (words: string): CodeMeaning => ({ is: 'rejected', words });
const refused = (reason: Refusal, words: string): CodeMeaning => ({ is: 'refused', reason, words });

/** By PAPI's own table; its words, shortened, for replies that come without any. */
export const errorCodes: ReadonlyMap<number, CodeMeaning> = new Map([
  [-1, failed('General failure')],
  [-2, refused('other', 'Multiple errors')],
  [-3, refused('other', 'Partial failure')],
  [-4, failed('ERMS error')],
  [-5, failed('Database error')],
  [-6, setup('Invalid parameter')],
  [-9, failed('SQL timeout')],
  [-10, none('ID does not exist')],
  [-1000, none('Invalid bibliographic record ID')],
  [-2000, refused('not_found', 'Invalid item record ID')],
  [-2001, refused('not_found', 'Invalid item barcode')],
  [-3000, rejected('Patron does not exist')],
  [-3001, rejected('Unable to authenticate the patron credentials')],
  [-3550, rejected('Invalid patron barcode')],
  [-3621, refused('blocked', 'Patron record is secured')],
  [-3637, refused('blocked', 'Patron record is secured')],
  [-4000, setup('Invalid application ID')],
  [-4001, rejected('Invalid patron ID')],
  [-4002, setup('Invalid workstation ID')],
  [-4003, refused('not_found', 'Invalid request ID')],
  [-4004, setup('Invalid requesting organization ID')],
  [-4005, rejected('Invalid patron barcode')],
  [-4006, none('Invalid bibliographic record ID')],
  [-4007, refused('pickup_place', 'Invalid pickup organization ID')],
  [-4016, refused('pickup_place', 'The pickup branch cannot be changed in this status')],
  [-4020, refused('pickup_place', 'Hold pickup area is invalid for the pickup branch')],
  [-4021, refused('pickup_place', 'Hold pickup area is invalid')],
  [-4022, refused('pickup_place', 'Hold pickup area is not enabled for the pickup branch')],
  [-4100, refused('other', 'Invalid request GUID')],
  [-4101, refused('other', 'Invalid transaction group qualifier')],
  [-4102, refused('other', 'Invalid transaction qualifier')],
  [-4103, refused('other', 'Invalid answer')],
  [-4104, refused('other', 'Invalid state')],
  [-4201, refused('not_found', 'Invalid request ID')],
  [-4202, setup('Invalid current organization ID')],
  [-4203, refused('other', 'A hold that is ready to be picked up cannot be cancelled')],
  [-4204, refused('other', 'An unclaimed hold cannot be cancelled')],
  [-4205, refused('other', 'The hold has been cancelled already')],
  [-4206, refused('other', 'The hold has expired')],
  [-4207, refused('already_borrowed', 'The hold is out to the patron')],
  [-4208, refused('other', 'A hold that is on its way cannot be cancelled')],
  [-4300, refused('not_found', 'No requests available to cancel')],
  [-5000, setup('Invalid organization ID')],
  [-6001, refused('not_found', 'Item checkout record does not exist')],
  [-6101, refused('blocked', 'Patron block')],
  [-6112, refused('not_renewable', 'Item block')],
  [-6119, refused('not_renewable', 'Renewal block')],
  [-8000, setup('Invalid Polaris user ID')],
  [-8001, setup('Polaris user is not permitted')],
  [-8002, setup('Staff user not supplied')],
  [-8003, setup('Staff user not found')],
  [-8004, setup('Staff user account disabled')],
  [-9000, setup('Invalid workstation ID')],
]);

export function meaningOf(code: number): CodeMeaning {
  return errorCodes.get(code) ?? { is: 'refused', reason: 'other', words: `PAPI error ${code}` };
}

/** Codes of single blocks in a renewal's BlockRows (PolarisErrorCode). */
export const renewalBlocks: ReadonlyMap<number, Refusal> = new Map<number, Refusal>([
  [9999, 'overdue'],
  [16384, 'too_many_renewals'],
  [32768, 'reserved_by_others'],
]);
