/** Writes to MLflow's database: makes it where it is missing, and changes it in short, whole transactions. */
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { delay } from '../../../base/abort.ts';
import { AppError, errorCode } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { temporaryBeside } from '../../../base/files.ts';
import { isBusy } from '../../../base/lock.ts';
import { requirePlainDatabase } from '../../../base/plainPath.ts';
import { nameNow, removeFileNow } from '../../../base/trees.ts';
import { artifactLocation } from '../artifacts/artifacts.ts';
import { databaseFailure, notMlflow, trackingBusy } from './databaseFailure.ts';
import { fileIdentity, readTables, schemaVersion, type Row, type Tables } from './mlflowDatabase.ts';
import { workspaceColumn } from './workspace.ts';
import { createdRevision, createStatements, insertedColumns, type InsertedTable, type NewRow } from './mlflowSchema.ts';

const writePatienceMs = 60_000;
/** How long MLflow may take to make or upgrade the tables; it does so table by table, visibly. */
const settlingMs = 20_000;
/** Tables that stayed as they are for so long are no longer being upgraded. */
const standAsideMs = 400;
/** SQLite's own waiting times between two tries, so that nobody is quicker than MLflow, which waits as SQLite does. */
const retryDelaysMs = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100];
const longestRestMs = 50;
/** An empty file this young has just been made by an MLflow that is about to fill it. */
const youngMs = 1500;

/** What a change may do to the database, inside its transaction. */
export interface Transaction {
  /** The project folder. */
  readonly root: string;
  readonly tables: Tables;
  insert<T extends InsertedTable>(table: T, row: NewRow<T>, onConflict?: 'fail' | 'replace' | 'nothing'): number;
  /** @returns how many rows changed */
  run(sql: string, ...values: readonly SQLInputValue[]): number;
  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[];
}

/** A connection that writes; calls wait for one another, and for other processes. */
export class DatabaseWriter implements AsyncDisposable {
  readonly path: string;
  #connection: DatabaseSync | undefined;
  #identity: string | undefined;
  #checked: { readonly version: number; readonly tables: Tables } | undefined;
  readonly #statements = new Map<string, StatementSync>();
  /** The schema's version when last looked at. */
  #seen: number | undefined;
  #restUntil = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Runs a change in one transaction: all of it is stored, or nothing.
   * @throws AppError `tracking.busy`, `tracking.readOnly`, `tracking.notMlflow`, `tracking.damaged`, `files.diskFull`,
   * `files.notWritable`, and what the change throws
   */
  async change<T>(work: (transaction: Transaction) => T): Promise<T> {
    const done = this.#last.then(() => this.#attempt(work));
    this.#last = done.catch(() => undefined); // the caller of that change has seen the failure
    return done;
  }

  /** A change under way is still made. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    this.#close();
  }

  async #attempt<T>(work: (transaction: Transaction) => T): Promise<T> {
    const started = Date.now();
    for (let attempt = 0; ; attempt++) {
      await this.#rest();
      try {
        return await this.#transact(work, Date.now() - started < settlingMs);
      } catch (error) {
        await this.#wait(error, attempt, Date.now() - started);
      }
    }
  }

  /** Waits for what is worth waiting for; anything else is the call's failure. */
  async #wait(error: unknown, attempt: number, elapsedMs: number): Promise<void> {
    if (error instanceof ChangingTables) return delay(standAsideMs);
    if (error instanceof UnsettledTables) {
      if (elapsedMs >= settlingMs || !isYoung(this.path, settlingMs)) throw error.reason;
      return delay(standAsideMs);
    }
    if (!isBusy(error)) throw databaseFailure(this.path, error, 'write');
    if (elapsedMs >= writePatienceMs) throw trackingBusy(this.path, error);
    return delay((retryDelaysMs[attempt] ?? 100) * (0.5 + Math.random()));
  }

  /** Leaves the file alone for as long as it was held: whoever polls for it would else never find it free. */
  async #rest(): Promise<void> {
    const ms = this.#restUntil - performance.now();
    if (ms > 0) await delay(ms);
  }

  async #transact<T>(work: (transaction: Transaction) => T, mayStandAside: boolean): Promise<T> {
    const connection = await this.#connect();
    connection.exec('BEGIN IMMEDIATE');
    const begun = performance.now();
    try {
      const tables = this.#check(connection, mayStandAside);
      const result = work(transactionOf((sql) => this.#prepare(connection, sql), dirname(this.path), tables));
      await this.#commit(connection);
      return result;
    } finally {
      if (connection.isOpen && connection.isTransaction) connection.exec('ROLLBACK');
      const ended = performance.now();
      this.#restUntil = ended + Math.min(longestRestMs, ended - begun);
    }
  }

  /** A reader can hold a commit up; the transaction stays open meanwhile and is committed by a later try. */
  async #commit(connection: DatabaseSync): Promise<void> {
    const deadline = Date.now() + writePatienceMs;
    for (;;) {
      try {
        connection.exec('COMMIT');
        return;
      } catch (error) {
        if (!isBusy(error) || Date.now() >= deadline) throw error;
      }
      await delay(2 + Math.random() * 8);
    }
  }

  async #connect(): Promise<DatabaseSync> {
    requirePlainDatabase(this.path);
    const identity = fileIdentity(this.path);
    if (identity === undefined || identity !== this.#identity) this.#close();
    if (this.#connection !== undefined) return this.#connection;
    if (identity === undefined) createDatabase(this.path);
    await waitForMaker(this.path);
    const connection = new DatabaseSync(this.path, { timeout: 0 });
    connection.exec('PRAGMA trusted_schema = OFF');
    this.#connection = connection;
    this.#identity = fileIdentity(this.path);
    return connection;
  }

  /** Statements are kept: SQLite compiles them anew by itself when the schema has changed. */
  #prepare(connection: DatabaseSync, sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #close(): void {
    this.#statements.clear();
    this.#connection?.close();
    this.#connection = undefined;
    this.#checked = undefined;
    this.#seen = undefined;
    this.#identity = undefined;
  }

  /**
   * Makes sure, whenever the schema has changed, that our inserts still say all that must be said. While MLflow upgrades the
   * tables it is left alone: it gives up after five seconds without the file, and a half-done upgrade cannot be resumed.
   */
  #check(connection: DatabaseSync, mayStandAside: boolean): Tables {
    const version = schemaVersion(connection);
    const isChanging = this.#seen !== undefined && this.#seen !== version;
    this.#seen = version;
    if (isChanging && mayStandAside) throw new ChangingTables();
    if (this.#checked?.version === version) return this.#checked.tables;
    if (readTables(connection).size === 0) fill(connection, dirname(this.path));
    const tables = readTables(connection);
    checkInserts(connection, tables, this.path);
    this.#seen = schemaVersion(connection);
    this.#checked = { version: this.#seen, tables };
    return tables;
  }
}

/** Another program is changing the tables just now. */
class ChangingTables extends Error {}

/** Tables are missing, perhaps because another program is just making them. */
class UnsettledTables extends Error {
  readonly reason: AppError;
  constructor(reason: AppError) {
    super(reason.message);
    this.reason = reason;
  }
}

function transactionOf(prepare: (sql: string) => StatementSync, root: string, tables: Tables): Transaction {
  const conflicts = { fail: 'INSERT', replace: 'INSERT OR REPLACE', nothing: 'INSERT' } as const;
  return {
    root,
    tables,
    insert: (table, row, onConflict = 'fail') => {
      const workspace = workspaceColumn(tables, table);
      const columns = [...insertedColumns[table], ...Object.keys(workspace)];
      const whole: Readonly<Record<string, string | number | null>> = { ...row, ...workspace };
      const values = columns.map((column) => whole[column] ?? null);
      const sql = `${conflicts[onConflict]} INTO ${table} (${columns.map((column) => `"${column}"`).join(', ')})
        VALUES (${columns.map(() => '?').join(', ')})${onConflict === 'nothing' ? ' ON CONFLICT DO NOTHING' : ''}`;
      return Number(prepare(sql).run(...values).lastInsertRowid);
    },
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    get: (sql, ...values) => prepare(sql).get(...values),
    all: (sql, ...values) => prepare(sql).all(...values),
  };
}

/**
 * Makes the database beside its final place and links it there, so that other programs see nothing or all of it.
 * Where links are not to be had, the tables are made in place, in one transaction.
 */
function createDatabase(path: string): void {
  // A journal without its database would be applied to whatever takes the name; SQLite itself removes it in place.
  if (existsSync(`${path}-journal`) || existsSync(`${path}-wal`)) return;
  const temporary = temporaryBeside(path);
  try {
    const connection = new DatabaseSync(temporary, { timeout: 1000 });
    try {
      connection.exec('BEGIN EXCLUSIVE');
      fill(connection, dirname(path));
      connection.exec('COMMIT');
    } finally {
      connection.close();
    }
    nameNow(temporary, path);
  } catch (error) {
    const code = errorCode(error);
    const taken = code === 'EEXIST';
    const noLinks = code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS' || code === 'EMLINK';
    if (!taken && !(noLinks && existsSync(temporary))) throw error;
  } finally {
    removeFileNow(temporary);
    removeFileNow(`${temporary}-journal`);
  }
}

/** The tables, MLflow's `Default` experiment and the revision, into an empty database inside a transaction. */
function fill(connection: DatabaseSync, root: string): void {
  for (const statement of createStatements) connection.exec(statement);
  connection.prepare('INSERT INTO alembic_version (version_num) VALUES (?)').run(createdRevision);
  const now = Date.now();
  connection
    .prepare(
      `INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
       VALUES (0, 'Default', ?, 'active', ?, ?)`,
    )
    .run(artifactLocation(root, '0'), now, now);
}

/** Leaves an empty file to the program that has just made it, for a moment. */
async function waitForMaker(path: string): Promise<void> {
  while ((statSync(path, { throwIfNoEntry: false })?.size ?? 1) === 0 && isYoung(path, youngMs)) await delay(50);
}

function isYoung(path: string, ms: number): boolean {
  const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return changed !== undefined && Date.now() - changed < ms;
}

function checkInserts(connection: DatabaseSync, tables: Tables, path: string): void {
  if (!tables.has('runs') && !tables.has('experiments')) throw new UnsettledTables(notMlflow(path));
  for (const [table, columns] of Object.entries(insertedColumns)) {
    const missing = columns.find((column) => tables.get(table)?.has(column) !== true);
    if (missing !== undefined) throw new UnsettledTables(outdated(path, `${table}.${missing}`));
    const required = connection
      .prepare(`SELECT name FROM pragma_table_info(?) WHERE "notnull" = 1 AND dflt_value IS NULL`)
      .all(table)
      .map((row) => String(row.name))
      .find((column) => !(columns as readonly string[]).includes(column) && !isRowId(table, column));
    if (required !== undefined) throw unknownColumn(path, `${table}.${required}`);
  }
}

/** SQLite gives an integer primary key its value. */
function isRowId(table: string, column: string): boolean {
  return table === 'experiments' && column === 'experiment_id';
}

function outdated(path: string, column: string): AppError {
  return new AppError(
    'tracking.readOnly',
    t('{path} can only be read: its tables are those of an older MLflow, without {column}.', { path, column }),
    { kind: 'environment', args: { path, column }, remedy: t('Take a copy of the file, then run: mlflow db upgrade sqlite:///mlflow.db') },
  );
}

function unknownColumn(path: string, column: string): AppError {
  return new AppError(
    'tracking.readOnly',
    t('{path} can only be read: a newer MLflow wants {column} to be filled in, and this version of Millwright does not know with what.', {
      path,
      column,
    }),
    { kind: 'environment', args: { path, column }, remedy: t('Update Millwright.') },
  );
}
