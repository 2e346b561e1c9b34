export type OaiErrorCode =
  | 'badVerb'
  | 'badArgument'
  | 'badResumptionToken'
  | 'cannotDisseminateFormat'
  | 'idDoesNotExist'
  | 'noRecordsMatch'
  | 'noMetadataFormats'
  | 'noSetHierarchy';

/** A no of the protocol's: it goes out with HTTP 200. */
export class OaiError extends Error {
  readonly code: OaiErrorCode;

  constructor(code: OaiErrorCode, message: string) {
    super(message);
    this.name = 'OaiError';
    this.code = code;
  }
}

export type OaiVerb =
  'Identify' | 'ListMetadataFormats' | 'ListSets' | 'ListIdentifiers' | 'ListRecords' | 'GetRecord';

const taken: Readonly<Record<OaiVerb, { must: string[]; may: string[]; resumes: boolean }>> = {
  Identify: { must: [], may: [], resumes: false },
  ListMetadataFormats: { must: [], may: ['identifier'], resumes: false },
  ListSets: { must: [], may: [], resumes: true },
  ListIdentifiers: { must: ['metadataPrefix'], may: ['from', 'until', 'set'], resumes: true },
  ListRecords: { must: ['metadataPrefix'], may: ['from', 'until', 'set'], resumes: true },
  GetRecord: { must: ['identifier', 'metadataPrefix'], may: [], resumes: false },
};

export interface OaiRequest {
  verb: OaiVerb;
  values: ReadonlyMap<string, string>;
}

/** Holds a request to the table of arguments: none missing, none strange, none twice, and a token alone. */
export function readArguments(parameters: URLSearchParams): OaiRequest {
  const verbs = parameters.getAll('verb');
  const verb = verbs[0];
  if (verbs.length !== 1 || verb === undefined || !Object.hasOwn(taken, verb))
    throw new OaiError('badVerb', 'The verb is missing, illegal or repeated.');
  const { must, may, resumes } = taken[verb as OaiVerb];
  const values = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (name === 'verb') continue;
    const isKnown = must.includes(name) || may.includes(name) || (resumes && name === 'resumptionToken');
    if (!isKnown || values.has(name)) throw new OaiError('badArgument', `Not taken, or repeated: ${name}`);
    values.set(name, value);
  }
  if (values.has('resumptionToken')) {
    if (values.size > 1) throw new OaiError('badArgument', 'A resumptionToken is an exclusive argument.');
  } else {
    const missing = must.find((name) => !values.has(name));
    if (missing !== undefined) throw new OaiError('badArgument', `Missing: ${missing}`);
  }
  return { verb: verb as OaiVerb, values };
}

export type Granularity = 'day' | 'second';

const DAY_MS = 86_400_000;
const day = /^\d{4}-\d{2}-\d{2}$/;
const second = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** The span asked for, both ends of it inside; `untilMs` is its first millisecond outside. */
export function readSpan(
  values: ReadonlyMap<string, string>,
  granularity: Granularity,
): { fromMs: number; untilMs: number } {
  const from = values.get('from');
  const until = values.get('until');
  for (const date of [from, until]) {
    if (date === undefined) continue;
    const isRight = day.test(date) || (granularity === 'second' && second.test(date));
    if (!isRight || Number.isNaN(Date.parse(date)))
      throw new OaiError('badArgument', 'Not a date of this granularity.');
  }
  if (from !== undefined && until !== undefined && from.length !== until.length)
    throw new OaiError('badArgument', 'from and until differ in granularity.');
  const fromMs = from === undefined ? -Infinity : Date.parse(from);
  const untilMs = until === undefined ? Infinity : Date.parse(until) + (day.test(until) ? DAY_MS : 1_000);
  if (fromMs >= untilMs) throw new OaiError('badArgument', 'from is later than until.');
  return { fromMs, untilMs };
}

export function datestamp(ms: number, granularity: Granularity): string {
  const iso = new Date(ms).toISOString();
  return granularity === 'day' ? iso.slice(0, 10) : `${iso.slice(0, 19)}Z`;
}
