import { book, type MarcRecord } from './marc.js';

export interface OaiRecord {
  identifier: string;
  /** Milliseconds since the epoch. */
  changedAt: number;
  sets: string[];
  isDeleted: boolean;
  marc: MarcRecord;
}

/**
 * `no`: what is removed vanishes without a trace. `transient`: its header stays until `forgetDeletions`. `persistent`:
 * for ever.
 */
export type DeletedRecord = 'no' | 'transient' | 'persistent';

export interface OaiState {
  records: Map<string, OaiRecord>;
  /** None: the repository has no set hierarchy. */
  sets: { spec: string; name: string }[];
  /** Adds or changes a record now; `id` is the last part of its identifier. */
  put(id: string, title: string, more?: { sets?: string[]; data?: MarcRecord['data'] }): void;
  remove(id: string): void;
  forgetDeletions(): void;
  /** Tokens given out so far are no longer known. */
  forgetTokens(): void;
}

export const identifierOf = (id: string): string => `oai:library.example.org:${id}`;

const HOUR_MS = 3_600_000;

/** `count` books, the last changed an hour ago and each other an hour before the next; every second one in "fiction". */
export function sampleState(options: {
  count: number;
  deletedRecord: DeletedRecord;
  sets: OaiState['sets'];
  nowMs: () => number;
  forgetTokens: () => void;
}): OaiState {
  const records = new Map<string, OaiRecord>();
  const setsOf = (at: number): string[] => (options.sets.length > 0 && at % 2 === 1 ? ['fiction'] : []);
  for (let at = 1; at <= options.count; at += 1) {
    const identifier = identifierOf(String(at));
    records.set(identifier, {
      identifier,
      changedAt: options.nowMs() - (options.count - at + 1) * HOUR_MS,
      sets: setsOf(at),
      isDeleted: false,
      marc: book(String(at), `Book ${at}`),
    });
  }
  return {
    records,
    sets: options.sets,
    put(id, title, more = {}) {
      const identifier = identifierOf(id);
      records.set(identifier, {
        identifier,
        changedAt: options.nowMs(),
        sets: more.sets ?? records.get(identifier)?.sets ?? [],
        isDeleted: false,
        marc: book(id, title, more.data),
      });
    },
    remove(id) {
      const record = records.get(identifierOf(id));
      if (options.deletedRecord === 'no') records.delete(identifierOf(id));
      else if (record) Object.assign(record, { isDeleted: true, changedAt: options.nowMs() });
    },
    forgetDeletions() {
      for (const record of records.values()) if (record.isDeleted) records.delete(record.identifier);
    },
    forgetTokens: options.forgetTokens,
  };
}
