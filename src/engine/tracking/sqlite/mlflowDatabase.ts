/** Opens MLflow's database for reading: what its tables hold, whether it changed, and what its failures mean. */
import { statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { delay, throwIfCancelled } from '../../../base/abort.ts';
import { isMissing } from '../../../base/files.ts';
import { isBusy } from '../../../base/lock.ts';
import { requirePlain, requirePlainDatabase } from '../../../base/plainPath.ts';
import { databaseStamp, keepsLog, openDatabaseCopy, type DatabaseCopy } from './databaseCopy.ts';
import { databaseFailure, isRollbackNeeded, notMlflow, trackingBusy } from './databaseFailure.ts';

const readPatienceMs = 30_000;
const retryMs = 20;

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** A table's columns, by table; only real tables count, so that a view cannot pose as one. */
export type Tables = ReadonlyMap<string, ReadonlySet<string>>;

/** One consistent look at the database. */
export interface Snapshot {
  readonly tables: Tables;
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[];
}

/** A database that is opened when it is first asked, and again after the file was replaced. */
export class MlflowDatabase implements AsyncDisposable {
  readonly path: string;
  #connection: DatabaseSync | undefined;
  #identity: string | undefined;
  #copy: DatabaseCopy | undefined;
  /** The stamp with which a killed writer's change was found half-done. */
  #halfDone: string | undefined;
  #schema: { readonly version: number; readonly tables: Tables } | undefined;
  #revision = 0;
  #seen: string | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isDisposed = false;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Runs queries in one read transaction, waiting while another process commits. Nothing is written where the database lies: what a
   * killed writer left half-done is undone in a copy, and stays as it is until the next writer.
   * @param absent the answer where there is no database yet
   * @param signal ends the waiting; what has begun is short
   * @throws AppError `tracking.notMlflow`, `tracking.damaged`, `tracking.busy`, `tracking.tooLargeToCopy`, `files.notReadable`,
   * `files.notPlain`, `files.journalOfOthers`; CancelledError
   */
  async read<T>(work: (snapshot: Snapshot) => T, absent: T, signal?: AbortSignal): Promise<T> {
    return this.#inTurn(async () => this.#read(work, absent, signal));
  }

  async #read<T>(work: (snapshot: Snapshot) => T, absent: T, signal: AbortSignal | undefined): Promise<T> {
    const deadline = Date.now() + readPatienceMs;
    for (;;) {
      throwIfCancelled(signal);
      let busy: unknown;
      try {
        const connection = await this.#connect();
        if (connection === 'absent') return absent;
        if (connection !== 'changing') return this.#inTransaction(connection, work, absent);
      } catch (error) {
        if (isRollbackNeeded(error)) this.#halfDone = databaseStamp(this.path);
        else if (!isBusy(error)) throw databaseFailure(this.path, error, 'read');
        busy = error;
      }
      if (Date.now() >= deadline) throw trackingBusy(this.path, busy);
      await delay(retryMs, signal);
    }
  }

  /** Whether a program died while it wrote here. What it left is shown to nobody, and undone by the next writer. */
  async isHalfDone(signal?: AbortSignal): Promise<boolean> {
    return this.read(() => this.#halfDone === databaseStamp(this.path), false, signal);
  }

  /** Grows whenever another connection has committed, or the file was replaced or removed. */
  async revision(): Promise<number> {
    const seen = await this.#inTurn(async () => this.#look());
    if (seen !== undefined && seen !== this.#seen) {
      this.#seen = seen;
      this.#revision++;
    }
    return this.#revision;
  }

  /** Calls under way still get their answers. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    await this.#last;
    if (this.#waiting === 0) this.#close();
  }

  /** Calls wait for one another: each may have to open the database anew. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const done = this.#last.then(work).finally(() => {
      this.#waiting--;
      if (this.#isDisposed && this.#waiting === 0) this.#close();
    });
    this.#last = done.catch(() => undefined); // the caller has seen the failure
    return done;
  }

  /** What distinguishes the present content; undefined while a commit is under way. */
  async #look(): Promise<string | undefined> {
    try {
      const connection = await this.#connect();
      if (connection === 'absent') return 'absent';
      if (connection === 'changing') return undefined;
      if (this.#copy !== undefined) return `copied:${this.#copy.stamp}`;
      const row = connection.prepare('PRAGMA data_version').get();
      return `${this.#identity ?? ''}:${String(row?.data_version)}`;
    } catch (error) {
      if (isBusy(error)) return undefined;
      return `unreadable:${this.#identity ?? ''}`; // the next query says why
    }
  }

  /** The database itself, or a copy of it where it could not be read without a write. */
  async #connect(): Promise<DatabaseSync | 'absent' | 'changing'> {
    requirePlain(this.path); // a dangling link is not the same as nothing
    const identity = fileIdentity(this.path);
    if (identity !== this.#identity) this.#close();
    if (identity === undefined) return 'absent';
    this.#identity = identity;
    if (this.#halfDone === databaseStamp(this.path) || keepsLog(this.path)) return this.#connectToCopy();
    if (this.#copy !== undefined) this.#close();
    this.#identity = identity;
    this.#connection ??= openReadOnly(this.path);
    return this.#connection;
  }

  async #connectToCopy(): Promise<DatabaseSync | 'changing'> {
    if (this.#copy?.stamp === databaseStamp(this.path)) return this.#copy.connection;
    const identity = this.#identity;
    this.#close();
    this.#identity = identity;
    this.#copy = await openDatabaseCopy(this.path);
    return this.#copy?.connection ?? 'changing';
  }

  #close(): void {
    this.#copy?.[Symbol.dispose]();
    this.#copy = undefined;
    this.#connection?.close();
    this.#connection = undefined;
    this.#schema = undefined;
    this.#identity = undefined;
  }

  #inTransaction<T>(connection: DatabaseSync, work: (snapshot: Snapshot) => T, absent: T): T {
    connection.exec('BEGIN');
    try {
      const tables = this.#tables(connection);
      if (tables.size === 0) return absent;
      if (!tables.has('runs') || !tables.has('experiments')) throw notMlflow(this.path);
      return work({ tables, all: (sql, ...values) => connection.prepare(sql).all(...values) });
    } finally {
      if (connection.isTransaction) connection.exec('ROLLBACK');
    }
  }

  #tables(connection: DatabaseSync): Tables {
    const version = schemaVersion(connection);
    if (this.#schema?.version !== version) this.#schema = { version, tables: readTables(connection) };
    return this.#schema.tables;
  }
}

function openReadOnly(path: string): DatabaseSync {
  requirePlainDatabase(path);
  const connection = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  connection.exec('PRAGMA trusted_schema = OFF');
  return connection;
}

/** A number that changes with every change of the schema. */
export function schemaVersion(connection: DatabaseSync): number {
  return asNumber(connection.prepare('PRAGMA schema_version').get()?.schema_version) ?? 0;
}

/** The tables and their columns, as they are now. */
export function readTables(connection: DatabaseSync): Tables {
  const tables = new Map<string, Set<string>>();
  const rows = connection
    .prepare(
      `SELECT t.name AS "table", c.name AS "column" FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
       WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .all();
  for (const row of rows) {
    const table = asText(row.table) ?? '';
    tables.set(table, (tables.get(table) ?? new Set()).add(asText(row.column) ?? ''));
  }
  return tables;
}

/** Changes when another file takes the path; undefined where there is none. */
export function fileIdentity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** NULL instead of a column that this database's version does not have. */
export function optional({ tables }: Snapshot, table: string, column: string, alias = table): string {
  return tables.get(table)?.has(column) === true ? `${alias}."${column}"` : 'NULL';
}

/** No rows where the table is missing. */
export function rowsOf(snapshot: Snapshot, table: string, sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
  return snapshot.tables.has(table) ? snapshot.all(sql, ...values) : [];
}

/** A column's text, whatever type a foreign writer gave it; undefined for NULL and binary content. */
export function asText(value: SQLOutputValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

/** A column's number; undefined for NULL and for what is none. Query large integers as `CAST(… AS REAL)`. */
export function asNumber(value: SQLOutputValue | undefined): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : undefined;
}
