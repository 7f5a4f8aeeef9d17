/** What Millwright writes, real MLflow reads, and the other way round: field by field, before and after an upgrade of the file. */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PythonEnvironmentName } from '../../scripts/pythonEnvironments.ts';
import { createdRevision } from '../../src/engine/tracking/sqlite/mlflowSchema.ts';
import { isValidKey } from '../../src/engine/tracking/store/entryLimits.ts';
import { openStore } from '../../src/engine/stores/openStore.ts';
import { makeFolder } from '../support/project.ts';
import { runPython } from '../support/python.ts';
import { fillStore, viewAsMlflow, type MlflowView } from '../support/storeContent.ts';
import { metricHistory } from '../support/metricHistory.ts';

const folders: string[] = [];
function folder(name: string): string {
  const path = makeFolder(name);
  folders.push(path);
  return path;
}
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

async function expectSameView(root: string, environment: PythonEnvironmentName): Promise<MlflowView> {
  const theirs = await runPython<MlflowView>(environment, 'read_store.py', { cwd: root });
  const ours = await viewAsMlflow(root);
  const withoutArtifacts = Object.fromEntries(
    Object.entries(theirs.runs).map(([id, { artifacts, ...run }]) => [id, artifacts === undefined ? {} : run]),
  );
  expect(withoutArtifacts).toEqual(ours.runs);
  expect(theirs.models).toEqual(ours.models);
  return theirs;
}

function revisionOf(root: string): unknown {
  const database = new DatabaseSync(join(root, 'mlflow.db'), { readOnly: true });
  try {
    return database.prepare('SELECT version_num FROM alembic_version').get()?.version_num;
  } finally {
    database.close();
  }
}

describe('a store that Millwright made', () => {
  const root = folder('Größe "ü" 🙂');
  beforeAll(async () => {
    await fillStore(root, 'flight-delays');
  });

  it('is read by MLflow 2.22 as it is', async () => {
    const view = await expectSameView(root, 'mlflow-2');
    expect(Object.keys(view.runs)).toHaveLength(4);
    expect(view.experiments).toMatchObject({
      0: ['Default', join(root, 'mlruns', '0'), 'active'],
      1: ['flight-delays', join(root, 'mlruns', '1'), 'active'],
    });
    const trained = Object.values(view.runs).find(({ name }) => name === 'train');
    expect(trained).toMatchObject({
      status: 'FINISHED',
      user: 'ada',
      metrics: { 'late arrival': 2, roc_auc: 0.7013, nothing: 'NaN', boundless: -Number.MAX_VALUE },
      artifacts: ['model'],
    });
    expect((trained?.params as Record<string, string>).long).toBe('x'.repeat(6000));
    expect(revisionOf(root)).toBe(createdRevision);
  });

  it('is read by the newest MLflow with no flag, which upgrades it in place', async () => {
    await expectSameView(root, 'mlflow-newest');
    expect(revisionOf(root)).not.toBe(createdRevision);
  });

  it('is written on by Millwright after the upgrade, and read by the newest MLflow', async () => {
    await fillStore(root, 'flight-delays');
    await fillStore(root, 'after the upgrade');
    const view = await expectSameView(root, 'mlflow-newest');
    expect(Object.keys(view.runs)).toHaveLength(12);
    expect(view.models).toMatchObject({ 'flight-delays': { aliases: { champion: '4', challenger: '6' } } });
  });
});

describe.each<PythonEnvironmentName>(['mlflow-2', 'mlflow-newest'])('a store that %s made', (environment) => {
  const root = folder(environment);
  let written: { readonly parent: string; readonly child: string; readonly deleted: string };
  beforeAll(async () => {
    written = await runPython(environment, 'write_store.py', { cwd: root });
  });

  it('is read by Millwright', async () => {
    await expectSameView(root, environment);
    await using tracking = openStore({ root }).tracking();
    const parent = await tracking.run(written.parent);
    expect(parent).toMatchObject({
      name: 'parent',
      experimentName: 'experiment of mlflow',
      status: 'FINISHED',
      metrics: { validation_log_loss: 0.25, late: 2, nothing: Number.NaN },
      params: { max_iter: '300', 'learning rate': '0.1', 'path/to': 'x'.repeat(6000) },
      inputs: [{ name: 'flights', sourceType: 'local', context: 'training' }],
    });
    expect((await metricHistory(tracking, written.parent, 'validation_log_loss')).map(({ value }) => value)).toEqual([
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0.25,
    ]);
    expect((await tracking.summaries({ parents: [written.parent] })).items).toMatchObject([{ id: written.child, name: 'child' }]);
    expect((await tracking.summaries()).items.map(({ id }) => id)).not.toContain(written.deleted);
    expect(await tracking.run(written.deleted)).toMatchObject({ deleted: true });
    await using registry = openStore({ root }).registry();
    expect((await registry.models()).items.map(({ name }) => name)).toEqual(['flights of mlflow']);
    expect(await registry.alias('flights of mlflow', 'challenger')).toMatchObject({ version: 3, runId: written.parent, tags: { n: '2' } });
    expect(await registry.version('flights of mlflow', 2)).toBeUndefined();
  });

  it('is written on by Millwright, and read by the same MLflow', async () => {
    await fillStore(root, 'ours');
    const view = await expectSameView(root, environment);
    expect(Object.keys(view.runs)).toHaveLength(7);
  });
});

describe('the tables that Millwright makes', () => {
  it('are those of MLflow 2.22, and the newest MLflow upgrades both to the same', async () => {
    const [ours, theirs] = [folder('ours'), folder('theirs')];
    await fillStore(ours, 'x');
    await runPython('mlflow-2', 'read_store.py', { cwd: theirs });
    expect(describeTables(ours)).toEqual(describeTables(theirs));
    for (const root of [ours, theirs]) await runPython('mlflow-newest', 'read_store.py', { cwd: root });
    expect(revisionOf(ours)).toBe(revisionOf(theirs));
    expect(describeTables(ours)).toEqual(describeTables(theirs));
  });
});

/** Columns, keys and indexes of every table as SQLite sees them, and their checks as written. */
function describeTables(root: string): unknown {
  const copy = join(folder('copy'), 'mlflow.db');
  cpSync(join(root, 'mlflow.db'), copy);
  const database = new DatabaseSync(copy, { readOnly: true });
  try {
    const tables = database.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all();
    return tables.map(({ name, sql }) => ({
      name,
      columns: database.prepare(`SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?) ORDER BY name`).all(String(name)),
      references: database
        .prepare(`SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY 1, 2, 3`)
        .all(String(name)),
      indexes: database
        .prepare(
          `SELECT i."unique", i.origin, (SELECT group_concat(c.name) FROM pragma_index_info(i.name) c) AS columns
           FROM pragma_index_list(?) i ORDER BY 1, 2, 3`,
        )
        .all(String(name)),
      checks: [...String(sql).matchAll(/CHECK \(.*/g)].map(([text]) => text.replace(/,\s*$/, '')).sort(),
    }));
  } finally {
    database.close();
  }
}

it('accepts the names of parameters, metrics and tags that MLflow accepts, and no others', async () => {
  const names = [
    ...['a', 'a b', 'a/b', 'a.b', 'a-b', 'a_b', 'a:b', 'Größe', '数', '²', '½', 'é', 'a\u0301', '', ' ', '/', '/a', 'a/', 'a//b', 'a/./b'],
    ...['a/../b', '.', '..', '..a', '...', 'a/..b', './a', 'a,b', 'a"b', "a'b", 'a`b', 'a\\b', 'a(b)', '🙂', 'a\tb', 'a%', 'a=b', '@'],
  ];
  const root = folder('names');
  writeFileSync(join(root, 'names.json'), JSON.stringify(names));
  for (const environment of ['mlflow-2', 'mlflow-newest'] as const) {
    const verdicts = await runPython<boolean[][]>(environment, 'check_names.py', { cwd: root, args: ['names.json'] });
    expect(names.map((name, index) => [name, verdicts[index]])).toEqual(names.map((name) => [name, Array(3).fill(isValidKey(name))]));
  }
});
