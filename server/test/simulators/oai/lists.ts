import { OaiError, readSpan, type Granularity, type OaiRequest, type OaiVerb } from './arguments.js';
import type { OaiFaults } from './faults.js';
import type { OaiRecord, OaiState } from './state.js';

/** A part of a list, and how it goes on. */
export interface OaiPage<T> {
  entries: T[];
  metadataPrefix: string;
  /** Undefined where the whole list fits one answer; '' at the end of one that did not. */
  token: string | undefined;
  total: number;
  cursor: number;
  expiresAt: number | undefined;
}

interface Going {
  verb: OaiVerb;
  values: ReadonlyMap<string, string>;
  offset: number;
  /** The list as it was when it was first asked for. */
  list: readonly unknown[];
  expiresAt: number;
}

export interface OaiLists {
  page<T>(request: OaiRequest, all: (values: ReadonlyMap<string, string>) => T[]): OaiPage<T>;
  forgetTokens(): void;
}

/** Hands out tokens that hold "%3D" in clear, as those of pyoai do: who sends one without encoding it sends another. */
export function createLists(deps: {
  faults: OaiFaults;
  pageSize: number;
  tokenLifeMs: number;
  nowMs: () => number;
}): OaiLists {
  const { faults, pageSize } = deps;
  const going = new Map<string, Going>();
  let made = 0;
  return {
    forgetTokens: () => going.clear(),
    page<T>(request: OaiRequest, all: (values: ReadonlyMap<string, string>) => T[]): OaiPage<T> {
      const asked = request.values.get('resumptionToken');
      const known = asked === undefined ? undefined : going.get(asked);
      if (asked !== undefined && (!known || known.verb !== request.verb || known.expiresAt <= deps.nowMs()))
        throw new OaiError('badResumptionToken', 'The token is not known, or no longer.');
      const values = known?.values ?? request.values;
      const offset = known?.offset ?? 0;
      const list = known && !faults.shifting ? (known.list as readonly T[]) : all(values);
      const start = faults.repeating ? Math.max(0, offset - 1) : offset;
      const entries = list.slice(start, offset + pageSize);
      const expiresAt = deps.nowMs() + deps.tokenLifeMs;
      let token: string | undefined;
      if (offset + pageSize < list.length) {
        made += 1;
        token = `metadataPrefix%3D${values.get('metadataPrefix') ?? ''}%26page%3D${made}`;
        going.set(token, { verb: request.verb, values, offset: offset + pageSize, list, expiresAt });
      } else if (offset > 0 && !faults.noLastToken) token = '';
      if (faults.tokenLoop && asked !== undefined) token = asked;
      return {
        entries,
        metadataPrefix: values.get('metadataPrefix') ?? '',
        token,
        total: list.length,
        cursor: offset,
        expiresAt: token === undefined || token === '' ? undefined : expiresAt,
      };
    },
  };
}

/** Records of the span and set asked for, in the order of their change. Throws noRecordsMatch unless told otherwise. */
export function recordsOf(
  state: OaiState,
  values: ReadonlyMap<string, string>,
  {
    granularity,
    prefixes,
    faults,
  }: { granularity: Granularity; prefixes: readonly string[]; faults: OaiFaults },
): OaiRecord[] {
  if (!prefixes.includes(values.get('metadataPrefix') ?? ''))
    throw new OaiError('cannotDisseminateFormat', 'No such format here.');
  const set = values.get('set');
  if (set !== undefined && state.sets.length === 0)
    throw new OaiError('noSetHierarchy', 'There are no sets.');
  const { fromMs, untilMs } = readSpan(values, granularity);
  const unit = granularity === 'day' ? 86_400_000 : 1_000;
  const found = [...state.records.values()]
    .map((record) => ({ record, stamp: Math.floor(record.changedAt / unit) * unit }))
    .filter(({ stamp }) => stamp >= fromMs && stamp < untilMs)
    .filter(({ record }) => set === undefined || record.sets.some((one) => `${one}:`.startsWith(`${set}:`)))
    .sort(
      (a, b) =>
        a.record.changedAt - b.record.changedAt || (a.record.identifier < b.record.identifier ? -1 : 1),
    )
    .map(({ record }) => record);
  if (found.length === 0 && !faults.emptyList) throw new OaiError('noRecordsMatch', 'Nothing matches.');
  return found;
}
