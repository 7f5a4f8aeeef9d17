/** Databases that Millwright did not make, or that somebody changed. */
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { createdRevision } from '../../../src/engine/tracking/sqlite/mlflowSchema.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import { temporaryFolder } from '../../support/project.ts';
import { metricHistory } from '../../support/metricHistory.ts';
import { SqliteTrackingReader } from '../../../src/engine/tracking/sqlite/sqliteTrackingReader.ts';

const failsWith = (code: string): unknown => expect.objectContaining({ code });
const newRun = { experiment: 'flights', name: 'train', startedAt: 1000, user: 'ada' } as const;

async function filledProject(): Promise<string> {
  const root = temporaryFolder();
  await using writer = openStoreWriter({ root }).tracking();
  await writer.createRun(newRun);
  return root;
}

function change(root: string, ...statements: readonly string[]): void {
  const database = new DatabaseSync(join(root, 'mlflow.db'), { enableForeignKeyConstraints: false });
  for (const statement of statements) database.exec(statement);
  database.close();
}

describe('a project without a store', () => {
  it('holds nothing, and nothing is made by asking it or opening a writer', async () => {
    const root = temporaryFolder();
    await using reader = openStore({ root }).tracking();
    expect((await reader.runs()).items).toEqual([]);
    await using writer = openStoreWriter({ root }).tracking();
    expect(writer).toBeDefined();
    expect(readdirSync(root)).toEqual([]);
  });

  it('gets mlflow.db with its first run, and nothing else', async () => {
    const root = await filledProject();
    expect(readdirSync(root)).toEqual(['mlflow.db']);
    const database = new DatabaseSync(join(root, 'mlflow.db'), { readOnly: true });
    expect(database.prepare('SELECT version_num FROM alembic_version').all()).toEqual([{ version_num: createdRevision }]);
    expect(database.prepare('SELECT experiment_id, name FROM experiments').all()).toEqual([
      { experiment_id: 0, name: 'Default' },
      { experiment_id: 1, name: 'flights' },
    ]);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
    database.close();
  });

  it('fills a file that somebody left empty', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'mlflow.db'), '');
    await using reader = openStore({ root }).tracking();
    expect((await reader.runs()).items).toEqual([]);
    await using writer = openStoreWriter({ root }).tracking();
    await writer.createRun(newRun);
    expect((await reader.summaries()).items).toHaveLength(1);
  });

  it('does not apply the journal of a database that is gone', async () => {
    const root = await filledProject();
    copyFileSync(join(root, 'mlflow.db'), join(root, 'mlflow.db-journal'));
    rmSync(join(root, 'mlflow.db'));
    await using writer = openStoreWriter({ root }).tracking();
    await writer.createRun({ ...newRun, name: 'new' });
    await using reader = openStore({ root }).tracking();
    expect((await reader.summaries()).items.map(({ name }) => name)).toEqual(['new']);
    expect(existsSync(join(root, 'mlflow.db-journal'))).toBe(false);
  });
});

describe('a database that was changed by others', () => {
  it('is only read when it wants a column that we do not know', async () => {
    const root = await filledProject();
    change(root, `ALTER TABLE runs RENAME TO old`, `CREATE TABLE runs AS SELECT *, 'x' AS region FROM old`);
    change(root, `DROP TABLE runs`, `ALTER TABLE old RENAME TO runs`);
    change(root, `CREATE TABLE params_new (key TEXT NOT NULL, value TEXT NOT NULL, run_uuid TEXT NOT NULL, region TEXT NOT NULL)`);
    change(root, `DROP TABLE params`, `ALTER TABLE params_new RENAME TO params`);
    const before = readFileSync(join(root, 'mlflow.db'));
    await using writer = openStoreWriter({ root }).tracking();
    await expect(writer.createRun(newRun)).rejects.toThrow(/params\.region/);
    await expect(writer.createRun(newRun)).rejects.toThrow(failsWith('tracking.readOnly'));
    expect(readFileSync(join(root, 'mlflow.db'))).toEqual(before);
    await using reader = openStore({ root }).tracking();
    expect((await reader.runs()).items).toHaveLength(1);
  });

  it('is written on when new columns have defaults', async () => {
    const root = await filledProject();
    change(root, `ALTER TABLE runs ADD COLUMN region TEXT NOT NULL DEFAULT 'here'`, `ALTER TABLE tags ADD COLUMN more TEXT`);
    await using writer = openStoreWriter({ root }).tracking();
    await writer.createRun(newRun);
    await using reader = openStore({ root }).tracking();
    expect((await reader.runs()).items).toHaveLength(2);
  });

  it('is written on while columns come under an open connection', async () => {
    const root = await filledProject();
    await using writer = openStoreWriter({ root }).tracking();
    const run = await writer.createRun(newRun);
    change(root, `ALTER TABLE metrics ADD COLUMN unit TEXT NOT NULL DEFAULT ''`);
    await writer.log(run.id, { metrics: [{ key: 'loss', value: 1, step: 0, timestamp: 0 }] });
    await using reader = openStore({ root }).tracking();
    expect(await reader.run(run.id)).toMatchObject({ metrics: { loss: 1 } });
  });

  it('is read without the tables and columns that an old version lacks', async () => {
    const root = await filledProject();
    change(root, 'DROP TABLE datasets', 'DROP TABLE input_tags', 'DROP TABLE latest_metrics', 'ALTER TABLE runs DROP COLUMN name');
    await using reader = openStore({ root }).tracking();
    expect((await reader.runs()).items).toMatchObject([{ experimentName: 'flights', metrics: {}, inputs: [], params: {} }]);
  });

  it('does not take a view for a table', async () => {
    const root = await filledProject();
    change(root, 'ALTER TABLE runs RENAME TO hidden', 'CREATE VIEW runs AS SELECT * FROM hidden');
    await using reader = openStore({ root }).tracking();
    await expect(reader.runs()).rejects.toThrow(failsWith('tracking.notMlflow'));
  });

  it('keeps experiments of other workspaces apart from ours', async () => {
    const root = await filledProject();
    change(
      root,
      `CREATE TABLE e (experiment_id INTEGER PRIMARY KEY, name TEXT NOT NULL, artifact_location TEXT, lifecycle_stage TEXT, creation_time BIGINT,
        last_update_time BIGINT, workspace TEXT NOT NULL DEFAULT 'default', UNIQUE (workspace, name))`,
      `INSERT INTO e SELECT *, 'team' FROM experiments`,
      'DROP TABLE experiments',
      'ALTER TABLE e RENAME TO experiments',
    );
    await using writer = openStoreWriter({ root }).tracking();
    expect(await writer.createRun(newRun)).toMatchObject({ experimentId: '2' });
  });

  it('refuses runs in a deleted experiment', async () => {
    const root = await filledProject();
    change(root, `UPDATE experiments SET lifecycle_stage = 'deleted'`);
    await using writer = openStoreWriter({ root }).tracking();
    await expect(writer.createRun(newRun)).rejects.toThrow(failsWith('tracking.experimentDeleted'));
    await using reader = openStore({ root }).tracking();
    expect((await reader.summaries()).items).toEqual([]);
  });

  it('puts artifacts into the project where the experiment keeps them elsewhere', async () => {
    const root = await filledProject();
    change(root, `UPDATE experiments SET artifact_location = 's3://bucket/1' WHERE name = 'flights'`);
    await using writer = openStoreWriter({ root }).tracking();
    const run = await writer.createRun(newRun);
    expect(run.artifactUri).toBe(join(root, 'mlruns', '1', run.id, 'artifacts'));
  });

  it('reads values of unexpected types', async () => {
    const root = await filledProject();
    change(
      root,
      `INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) SELECT 'm', 'text', 9e18, run_uuid, 9000000000000000000, 0 FROM runs`,
      `UPDATE runs SET name = NULL, status = NULL, start_time = NULL, artifact_uri = x'00ff'`,
    );
    await using reader = openStore({ root }).tracking();
    const [run] = (await reader.runs()).items;
    expect(run).toMatchObject({ status: 'RUNNING', startedAt: 0, artifactUri: '' });
    expect(await metricHistory(reader, run?.id ?? '', 'm')).toEqual([{ step: 9e18, timestamp: 9e18, value: Number.NaN }]);
  });
});

describe('a file that is no store', () => {
  it.each([
    ['text', 'tracking.damaged'],
    ['a torn database', 'tracking.damaged'],
    ['a database of something else', 'tracking.notMlflow'],
  ])('%s gives a clear error to reader and writer, and stays as it is', async (kind, code) => {
    const root = await filledProject();
    const path = join(root, 'mlflow.db');
    if (kind === 'text') writeFileSync(path, 'this is no database at all, but a text that is longer than a header of SQLite has to be');
    if (kind === 'a torn database') truncateSync(path, 20_000);
    if (kind === 'a database of something else') {
      rmSync(path);
      change(root, 'CREATE TABLE songs (title TEXT)');
      const old = new Date(Date.now() - 60_000);
      (await import('node:fs')).utimesSync(path, old, old);
    }
    const before = readFileSync(path);
    await using reader = openStore({ root }).tracking();
    await expect(reader.runs()).rejects.toThrow(failsWith(code));
    await using writer = openStoreWriter({ root }).tracking();
    await expect(writer.createRun(newRun)).rejects.toThrow(failsWith(code));
    expect(readFileSync(path)).toEqual(before);
  });
});

describe('the revision', () => {
  it('grows with what others commit, when the file is replaced and when it goes', async () => {
    const root = await filledProject();
    await using reader = new SqliteTrackingReader(join(root, 'mlflow.db'));
    const first = await reader.revision();
    await reader.runs();
    expect(await reader.revision()).toBe(first);
    await using writer = openStoreWriter({ root }).tracking();
    const run = await writer.createRun(newRun);
    const second = await reader.revision();
    expect(second).toBeGreaterThan(first);
    await writer.log(run.id, { tags: { a: 'b' } });
    const third = await reader.revision();
    expect(third).toBeGreaterThan(second);
    renameSync(join(root, 'mlflow.db'), join(root, 'aside.db'));
    const fourth = await reader.revision();
    expect(fourth).toBeGreaterThan(third);
    expect((await reader.runs()).items).toEqual([]);
    await writer.createRun(newRun);
    expect(await reader.revision()).toBeGreaterThan(fourth);
    expect((await reader.runs()).items).toHaveLength(1);
  });
});
