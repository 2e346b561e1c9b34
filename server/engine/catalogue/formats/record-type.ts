import type { NoticeCode } from './notices.js';

/** Why a record of this leader/06 is no bibliographic record, or undefined when it is one. */
export function refusedType(leader: string): NoticeCode | undefined {
  switch (leader[6]) {
    case 'z':
      return 'authority_record';
    case 'u':
    case 'v':
    case 'x':
    case 'y':
      return 'holdings_record';
    case 'w':
    case 'q':
      return 'classification_record';
    default:
      return undefined;
  }
}
