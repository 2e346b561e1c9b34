import type { Refusal, Refused } from '../patron.js';
import type { No } from './patron-api.js';

const reasons: Readonly<Record<string, Refusal>> = {
  NotFound: 'not_found',
  TitleNotFound: 'not_found',
  HoldNotFound: 'not_found',
};

/** A no in OverDrive's code, as patrons are told of it. */
export function refusalOf({ code, said }: No): Refused {
  return { outcome: 'refused', reason: reasons[code] ?? 'other', said: said === '' ? code : said };
}
