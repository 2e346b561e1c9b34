import { SqliteAdapter, SqliteDialect, sql, type Kysely, type MigrationLockOptions } from 'kysely';

/**
 * Kysely's SQLite adapter runs migrations outside a transaction and without a lock. SQLite can do both: a start that is
 * killed half way leaves nothing behind, and two processes that start at once migrate one after the other.
 */
class LockingAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  override async acquireMigrationLock(db: Kysely<unknown>, options: MigrationLockOptions): Promise<void> {
    // Any write takes SQLite's one write lock and holds it until the transaction ends.
    await sql`UPDATE ${sql.id(options.lockTable)} SET is_locked = 1`.execute(db);
  }
}

/** The dialect of carrel.db. */
export class CarrelSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new LockingAdapter();
  }
}
