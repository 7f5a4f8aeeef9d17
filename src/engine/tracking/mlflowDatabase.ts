/** Opens MLflow's database for reading: what its tables hold, whether it changed, and what its failures mean. */
import { statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { delay } from '../../base/abort.ts';
import { isMissing } from '../../base/files.ts';
import { isBusy } from '../../base/lock.ts';
import { requirePlainDatabase } from '../../base/plainPath.ts';
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

export interface ReadOptions {
  /**
   * Whether the file may be opened for writing once, so that SQLite undoes what a killed writer left half-done
   * (default true). False where the folder is not trusted.
   */
  readonly mayRecover?: boolean;
}

/** A database that is opened when it is first asked, and again after the file was replaced. */
export class MlflowDatabase implements Disposable {
  readonly path: string;
  readonly #mayRecover: boolean;
  #connection: DatabaseSync | undefined;
  #identity: string | undefined;
  #schema: { readonly version: number; readonly tables: Tables } | undefined;
  #revision = 0;
  #seen: string | undefined;

  constructor(path: string, options: ReadOptions = {}) {
    this.path = path;
    this.#mayRecover = options.mayRecover ?? true;
  }

  /**
   * Runs queries in one read transaction, waiting while another process commits.
   * @param absent the answer where there is no database yet
   * @throws AppError `tracking.notMlflow`, `tracking.damaged`, `tracking.busy`, `files.notReadable`
   */
  async read<T>(work: (snapshot: Snapshot) => T, absent: T): Promise<T> {
    const deadline = Date.now() + readPatienceMs;
    for (let recovered = false; ;) {
      try {
        const connection = this.#connect();
        return connection === undefined ? absent : this.#inTransaction(connection, work, absent);
      } catch (error) {
        if (isRollbackNeeded(error) && this.#mayRecover && !recovered) {
          recovered = true;
          this.#recover();
        } else if (!isBusy(error)) {
          throw databaseFailure(this.path, error, 'read');
        } else if (Date.now() >= deadline) {
          throw trackingBusy(this.path, error);
        }
      }
      await delay(retryMs);
    }
  }

  /** Grows whenever another connection has committed, or the file was replaced or removed. */
  revision(): number {
    const seen = this.#look();
    if (seen !== undefined && seen !== this.#seen) {
      this.#seen = seen;
      this.#revision++;
    }
    return this.#revision;
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  /** What distinguishes the present content; undefined while a commit is under way. */
  #look(): string | undefined {
    try {
      const connection = this.#connect();
      if (connection === undefined) return 'absent';
      const row = connection.prepare('PRAGMA data_version').get();
      return `${this.#identity ?? ''}:${String(row?.data_version)}`;
    } catch (error) {
      if (isBusy(error)) return undefined;
      return `unreadable:${this.#identity ?? ''}`; // the next query says why
    }
  }

  #connect(): DatabaseSync | undefined {
    const identity = fileIdentity(this.path);
    if (identity !== this.#identity) this.#close();
    if (identity === undefined) return undefined;
    this.#identity = identity;
    this.#connection ??= openReadOnly(this.path);
    return this.#connection;
  }

  #close(): void {
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

  /** Any connection that may write undoes, by its first read, what a dead writer's journal says. */
  #recover(): void {
    this.#close();
    requirePlainDatabase(this.path);
    const connection = new DatabaseSync(this.path, { timeout: 1000 });
    try {
      connection.exec('PRAGMA trusted_schema = OFF');
      schemaVersion(connection);
    } finally {
      connection.close();
    }
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
