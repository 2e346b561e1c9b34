import type { Refusal, Refused } from '../patron.js';

const reasons: Readonly<Record<string, Refusal>> = {
  NotFound: 'not_found',
  TitleNotFound: 'not_found',
  HoldNotFound: 'not_found',
  AlreadyOnWaitList: 'already_held',
  TitleAlreadyCheckedOut: 'already_borrowed',
  PatronExceededHoldLimit: 'too_many_holds',
};

/** A no in OverDrive's code, as patrons are told of it. */
export function refusalOf({ code, said }: { code: string; said: string }): Refused {
  return { outcome: 'refused', reason: reasons[code] ?? 'other', said: said === '' ? code : said };
}
