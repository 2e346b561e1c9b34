import type { ColumnType, Generated } from 'kysely';
import type { FigureKind } from '../../contract/figures.js';
import type { ImportMode, JobKind, JobState, QuarantineKind } from '../../contract/office.js';

/** What carrel.db holds: everything but the catalogue itself. Times are ISO 8601 UTC unless the name ends in `_ms`. */
export interface Tables {
  job: JobTable;
  lease: LeaseTable;
  catalogue_generation: GenerationTable;
  source: SourceTable;
  quarantine: QuarantineTable;
  figure: FigureTable;
  harvest: HarvestTable;
  harvest_key: HarvestKeyTable;
  harvest_left: HarvestLeftTable;
  source_settings: SourceSettingsTable;
  kept_account: KeptAccountTable;
}

export interface JobTable {
  id: string;
  kind: JobKind;
  state: JobState;
  source: string | null;
  mode: ImportMode | null;
  /** JSON: what was asked for, enough to do it again after a crash. */
  request: string;
  /** The generation that this job builds or works on. */
  generation: number | null;
  /** JSON of JobProgress. */
  progress: string;
  message: string;
  cancel_requested: ColumnType<number, number | undefined, number>;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
}

/** Who may write to the catalogue now: at most one process, and only while its heart beats. */
export interface LeaseTable {
  name: string;
  holder: string;
  pid: number;
  /** Machine and process-number space in which `pid` means something. */
  host: string;
  job_id: string | null;
  /** 1 when the holder may be asked to step aside (a training). */
  yields: number;
  wanted: ColumnType<number, number | undefined, number>;
  heartbeat_ms: number;
}

export interface GenerationTable {
  number: Generated<number>;
  file: string;
  state: 'building' | 'live' | 'retired';
  records: number;
  /** Grows when the same records become searchable in a new way (vectors trained, another space live). */
  revision: ColumnType<number, number | undefined, number>;
  /** 1 once vectors were trained on these records. */
  trained: ColumnType<number, number | undefined, number>;
  /** The embedding, and its version of passages, whose vectors of these records are all there. */
  embedded: ColumnType<string | null, string | undefined, string>;
  job_id: string | null;
  created_at: string;
  switched_at: string | null;
}

/** A named feed of records and what it last brought. */
export interface SourceTable {
  name: string;
  job_id: string;
  mode: ImportMode;
  files: string;
  imported_at: string;
}

export interface QuarantineTable {
  id: Generated<number>;
  job_id: string;
  source: string;
  file: string;
  /** Place of the file among the files of its job. */
  file_index: number;
  record_index: number;
  byte_offset: number;
  length: number;
  record_id: string | null;
  title: string | null;
  kind: QuarantineKind;
  code: string;
  reason: string;
  /** JSON array of { code, message }: all that was noted, the first one repeated in code and reason. */
  notices: string;
  raw: Buffer | null;
  created_at: string;
}

/** How often something happened on a day (YYYY-MM-DD). */
export interface FigureTable {
  day: string;
  kind: FigureKind;
  name: string;
  count: number;
}

/** A system that Carrel asks or harvests, as staff set it up. */
export interface SourceSettingsTable {
  name: string;
  kind: string;
  /** JSON of the kind's settings; the value of a secret is sealed. */
  settings: string;
  enabled: number;
  created_at: string;
  changed_at: string;
}

/** A named feed of records, how far it was followed and how that went. */
export interface HarvestTable {
  source: string;
  /** What makes it this feed and no other: kind, address, set. */
  feed: string;
  cursor: string | null;
  /** The run whose keys say what the catalogue knows; 0 before the first. */
  base: Generated<number>;
  /** JSON of the run under way. */
  run: ColumnType<string | null, string | undefined, string | null>;
  /** The highest number that a run had. */
  last_run: Generated<number>;
  /** The catalogue's generation, and the source's import, that the cursor belongs to. */
  generation: number | null;
  job_id: string | null;
  /** Records that the last successful harvest brought. */
  records: Generated<number>;
  succeeded_at: string | null;
  swept_at: string | null;
  cursor_at: string | null;
  failed_at: string | null;
  failure: string | null;
  failures: Generated<number>;
  due_at: string | null;
  /** The process at work on it, as in `lease`. */
  holder: string | null;
  pid: number | null;
  host: string | null;
  heartbeat_ms: number | null;
}

/** A feed's own key for a record, the record's id in this source, and a digest of what came last. */
export interface HarvestKeyTable {
  source: string;
  run: number;
  key: string;
  /** NULL: the feed says that it is gone. */
  record_id: string | null;
  digest: Buffer | null;
}

/** Ids that a run brought and gave to no key in the end. */
export interface HarvestLeftTable {
  source: string;
  run: number;
  record_id: string;
}

/** What a patron chose to have kept: a keyed hash for a name, a sealed text, and the last day (YYYY-MM-DD) of it. */
export interface KeptAccountTable {
  name: string;
  sealed: string;
  /** Grows with every change, so that of two at once none is lost. */
  revision: number;
  until: string;
}
