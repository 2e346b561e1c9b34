import { IlsFault, type IlsFaultKind } from '../ils/ils-fault.js';

/** Position asked for lies behind the last record. */
export const OUT_OF_RANGE = 61;

/** In place of a record: it does not exist any more. */
export const GONE = 65;
/** Diagnostics about one record alone that will not pass: not in this schema, refused to this asker, too large. */
const ofOneRecord: ReadonlySet<number> = new Set([67, 68, 69, 70]);

const sentences: readonly (readonly [numbers: readonly number[], kind: IlsFaultKind, sentence: string])[] = [
  [[1], 'broken', 'The server failed.'],
  [[2], 'busy', 'The server says that it is not available for a while.'],
  [[64], 'busy', 'The server cannot give one of the records for a while.'],
  [[3, 68], 'refused', 'The server wants a user name and a password.'],
  [[4, 5], 'not_offered', 'The server does not speak this version of SRU; please set another one.'],
  [
    [66, 67],
    'not_offered',
    'The server does not give records under this name of a schema; please set another one.',
  ],
  [[71], 'not_offered', 'The server does not pack records so; please set another packing.'],
  [[16], 'not_offered', 'The server has no index of the name that the query uses.'],
  [[60], 'not_offered', 'The query finds more records than the server will give.'],
];

/** True when a diagnostic in place of a record is about that record and says nothing about the next one. */
export function isOfOneRecord(diagnostic: number): boolean {
  return ofOneRecord.has(diagnostic);
}

/** What a diagnostic of SRU's own list (info:srw/diagnostic/1) means for a harvest; 10 to 59 are about the query. */
export function faultOfDiagnostic(diagnostic: number, system: string): IlsFault {
  const [, kind, sentence] = sentences.find(([numbers]) => numbers.includes(diagnostic)) ?? [];
  if (kind !== undefined)
    return new IlsFault(kind, system, { grant: `${sentence} (diagnostic ${diagnostic})` });
  if (diagnostic >= 10 && diagnostic < 60) {
    const grant = `The server does not understand the query. (diagnostic ${diagnostic})`;
    return new IlsFault('not_offered', system, { grant });
  }
  return new IlsFault('broken', system, { grant: `The server answered with diagnostic ${diagnostic}.` });
}
