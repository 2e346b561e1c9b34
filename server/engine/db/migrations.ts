import { sql, type Kysely, type Migration } from 'kysely';

/** One step written as SQL, statement by statement, because that is what will be read when something is wrong. */
function step(...statements: string[]): Migration {
  return {
    async up(db: Kysely<unknown>) {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}

/** Steps of carrel.db in order. Released steps are never changed: a new one is added. */
export const migrations: Record<string, Migration> = {
  '0001_jobs_and_catalogue': step(
    `CREATE TABLE job (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, source TEXT, mode TEXT,
      request TEXT NOT NULL, generation INTEGER, progress TEXT NOT NULL, message TEXT NOT NULL,
      cancel_requested INTEGER NOT NULL DEFAULT 0,
      created_at TEXT NOT NULL, started_at TEXT, ended_at TEXT
    ) STRICT`,
    `CREATE TABLE lease (
      name TEXT PRIMARY KEY, holder TEXT NOT NULL, pid INTEGER NOT NULL, host TEXT NOT NULL, job_id TEXT,
      yields INTEGER NOT NULL, wanted INTEGER NOT NULL DEFAULT 0, heartbeat_ms INTEGER NOT NULL
    ) STRICT`,
    `CREATE TABLE catalogue_generation (
      number INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT NOT NULL UNIQUE, state TEXT NOT NULL,
      records INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 0, job_id TEXT,
      created_at TEXT NOT NULL, switched_at TEXT
    ) STRICT`,
    `CREATE UNIQUE INDEX one_live_generation ON catalogue_generation (state) WHERE state = 'live'`,
    `CREATE TABLE source (
      name TEXT PRIMARY KEY, job_id TEXT NOT NULL, mode TEXT NOT NULL, files TEXT NOT NULL, imported_at TEXT NOT NULL
    ) STRICT`,
    `CREATE TABLE quarantine (
      id INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL, source TEXT NOT NULL, file TEXT NOT NULL,
      record_index INTEGER NOT NULL, byte_offset INTEGER NOT NULL, length INTEGER NOT NULL,
      record_id TEXT, title TEXT, kind TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL,
      notices TEXT NOT NULL, raw BLOB, created_at TEXT NOT NULL,
      UNIQUE (job_id, file, record_index)
    ) STRICT`,
    `CREATE INDEX quarantine_by_source ON quarantine (source, record_id)`,
  ),
  // Two files of one import may share a name; their records are told apart by the file's place among the files.
  '0002_quarantine_by_file_position': step(
    `CREATE TABLE quarantine_next (
      id INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL, source TEXT NOT NULL, file TEXT NOT NULL,
      file_index INTEGER NOT NULL, record_index INTEGER NOT NULL, byte_offset INTEGER NOT NULL, length INTEGER NOT NULL,
      record_id TEXT, title TEXT, kind TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL,
      notices TEXT NOT NULL, raw BLOB, created_at TEXT NOT NULL,
      UNIQUE (job_id, file_index, record_index)
    ) STRICT`,
    // A file that its job does not name gets a number below zero, which no place has.
    `INSERT INTO quarantine_next
      SELECT id, job_id, source, file,
        coalesce(
          (SELECT min(f.key) FROM job, json_each(job.request, '$.files') AS f
           WHERE job.id = q.job_id AND f.value ->> 'name' = q.file),
          -dense_rank() OVER (PARTITION BY job_id ORDER BY file)),
        record_index, byte_offset, length, record_id, title, kind, code, reason, notices, raw, created_at
      FROM quarantine AS q`,
    'DROP TABLE quarantine',
    'ALTER TABLE quarantine_next RENAME TO quarantine',
    'CREATE INDEX quarantine_by_source ON quarantine (source, record_id)',
  ),
  // A generation changes its answers for more reasons than a training: both are noted by name.
  '0003_generation_vectors': step(
    'ALTER TABLE catalogue_generation ADD COLUMN trained INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE catalogue_generation ADD COLUMN embedded TEXT',
    'UPDATE catalogue_generation SET trained = 1 WHERE revision > 0',
  ),
  // Counts alone: no words, no person, nothing finer than a day.
  '0005_figures': step(
    `CREATE TABLE figure (
      day TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
      PRIMARY KEY (day, kind, name)
    ) STRICT, WITHOUT ROWID`,
  ),
  // What staff set about a source, secrets sealed with the key file, never in the clear.
  '0006_source_settings': step(
    `CREATE TABLE source_settings (
      name TEXT PRIMARY KEY, kind TEXT NOT NULL, settings TEXT NOT NULL, enabled INTEGER NOT NULL,
      created_at TEXT NOT NULL, changed_at TEXT NOT NULL
    ) STRICT`,
  ),
  // How far each feed was followed. Keys are of a run, so that a harvest becomes the truth by one number.
  '0007_harvest': step(
    `CREATE TABLE harvest (
      source TEXT PRIMARY KEY, feed TEXT NOT NULL, cursor TEXT, base INTEGER NOT NULL DEFAULT 0, run TEXT,
      last_run INTEGER NOT NULL DEFAULT 0, generation INTEGER, job_id TEXT, records INTEGER NOT NULL DEFAULT 0,
      succeeded_at TEXT, swept_at TEXT, cursor_at TEXT,
      failed_at TEXT, failure TEXT, failures INTEGER NOT NULL DEFAULT 0, due_at TEXT,
      holder TEXT, pid INTEGER, host TEXT, heartbeat_ms INTEGER
    ) STRICT`,
    `CREATE TABLE harvest_key (
      source TEXT NOT NULL, run INTEGER NOT NULL, key TEXT NOT NULL, record_id TEXT, digest BLOB,
      PRIMARY KEY (source, run, key)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX harvest_key_by_record ON harvest_key (source, run, record_id)`,
    `CREATE TABLE harvest_left (
      source TEXT NOT NULL, run INTEGER NOT NULL, record_id TEXT NOT NULL,
      PRIMARY KEY (source, run, record_id)
    ) STRICT, WITHOUT ROWID`,
  ),
  // What patrons chose to have kept. Named by a keyed hash and sealed: these tables alone tell nothing of anybody.
  '0008_kept_accounts': step(
    `CREATE TABLE kept_account (
      name TEXT PRIMARY KEY, sealed TEXT NOT NULL, revision INTEGER NOT NULL, until TEXT NOT NULL
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX kept_account_until ON kept_account (until)',
  ),
};
