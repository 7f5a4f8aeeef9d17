/** Rows that the model was not trained for: each is set aside with its reasons, whatever file it comes from; none is lost. */
import { DuckDBInstance } from '@duckdb/node-api';
import { existsSync, renameSync, symlinkSync } from 'node:fs';
import { chmod, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/base/hash.ts';
import { parseModelDescription } from '../../../src/engine/inference/scoring/modelDescription.ts';
import { predictionColumns } from '../../../src/engine/inference/prediction/predictionColumns.ts';
import { predictToFile, type PredictOptions, type PredictResult } from '../../../src/engine/inference/prediction/predict.ts';
import { executePredict } from '../../../src/engine/pipeline/stages/predict/execute.ts';
import type { Predicted } from '../../../src/engine/pipeline/stages/predict/plan.ts';
import type { StageTask } from '../../../src/engine/pipeline/stages/stageContract.ts';
import { loadProject } from '../../../src/engine/project/loadProject.ts';
import type { PredictStage } from '../../../src/engine/project/definitions/stages/predictStage.ts';
import type { TrainedModel } from '../../../src/engine/training/fit/trainedModel.ts';
import { undoPerformers } from '../../../src/engine/pipeline/undo/undoPerformers.ts';
import { readAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { undoChange } from '../../../src/engine/safety/undo.ts';
import { readIfPresent } from '../../../src/base/boundedRead.ts';
import { run } from '../../support/millwright.ts';
import { undoLog } from '../../support/auditLog.ts';
import { mountSmall } from '../../support/smallDisk.ts';
import { temporaryFolder } from '../../support/project.ts';
import { random, stageContext, toCsv, train, writeProject, type Row, type TestProject } from '../../support/trainingProject.ts';

const yaml = `
datasets:
  all:
    path: data.csv
    columns:
      code: {type: category, values: ['007', '010', '100']}
      amount: {type: number, min: 0, max: 100}
      count: {type: integer, nullable: false}
      open: {type: boolean}
      day: {type: timestamp, min: 2001-01-01, max: 2001-12-31}
  undeclared: {path: new.csv}
  later: {path: new.csv, time: day, columns: {count: {type: integer}}, during: {since: 2001-06-01}}
  large: {path: large.parquet}
  commas: {path: commas.csv, read: {decimal: ','}}
  stored: {path: stored.parquet}
  lines: {path: new.jsonl}
features:
  late: {target: {late: "amount + count > 51"}, numeric: [amount, count, open], categorical: [code], cyclical: {month: {value: month(day), period: 12}}}
  kind: {target: kind, numeric: [amount]}
stages:
  train: {uses: train, dataset: all, features: late, params: {max_iter: 5}}
  predict: {uses: predict, model: train, dataset: undeclared, output: out/predictions.csv}
`;

const fine = { id: 1, code: '007', amount: 50.5, count: 2, open: 'true', day: '2001-03-01', extra: 'more than the model asks for' };
const bad: readonly Row[] = [
  fine,
  { ...fine, id: 2, amount: 'a lot' },
  { ...fine, id: 3, amount: 100.5 },
  { ...fine, id: 4, count: null },
  { ...fine, id: 5, count: 2.5 },
  { ...fine, id: 6, code: '7' },
  { ...fine, id: 7, open: 'perhaps' },
  { ...fine, id: 8, day: '2002-01-01', amount: -1 },
  { ...fine, id: 9, code: null, amount: null, open: null, day: null },
  { ...fine, id: 10, count: '12345678901234567890' },
];
const reasons = {
  2: '"amount" is "a lot", not of the type number',
  3: '"amount" is 100.5, above the largest allowed, 100',
  4: '"count" is missing',
  5: '"count" is "2.5", not of the type integer',
  6: '"code" is "7", which is not among the values allowed',
  7: '"open" is "perhaps", not of the type boolean',
  8: '"amount" is -1, below the smallest allowed, 0; "day" is 2002-01-01, above the largest allowed, 2001-12-31',
  10: '"count" is "12345678901234567890", not of the type integer',
};

let project: TestProject;
let model: TrainedModel;
let kinds: TrainedModel;

beforeAll(async () => {
  const next = random(9);
  const rows = Array.from({ length: 1500 }, (_, i) => ({
    code: ['007', '010', '100'][i % 3] ?? '',
    amount: Math.floor(next() * 1000) / 10,
    count: Math.floor(next() * 5),
    open: next() < 0.5,
    day: new Date(Date.UTC(2001, 0, 1) + (i % 364) * 86_400_000).toISOString().slice(0, 10),
    kind: ['ü\n2', 'A', 'a', 'b "c", d'][Math.floor(next() * 4)] ?? '',
  }));
  project = await writeProject(yaml, rows);
  await writeFile(join(project.root, 'new.csv'), toCsv(bad));
  const lines = bad.map((row) => JSON.stringify(row)).join('\n');
  await writeFile(join(project.root, 'new.jsonl'), lines);
  model = await train(project, {}, { folder: 'model' });
  kinds = await train(project, { features: 'kind', validation: { split: 'random' } }, { folder: 'kinds' });
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

function predict(options: Partial<PredictOptions> & { output: string }, threads = 2, signal?: AbortSignal): Promise<PredictResult> {
  return predictToFile(
    {
      project: project.project,
      dataset: 'undeclared',
      modelFolder: model.folder,
      asOf: new Date(0),
      ...options,
      output: join(project.root, options.output),
    },
    stageContext(threads, signal).context,
  );
}

async function sql(query: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const result = await connection.runAndReadAll(query.replaceAll('$', project.root.replaceAll("'", "''")));
  connection.closeSync();
  return result.getRowObjectsJson();
}

async function temporaries(folder = '.'): Promise<string[]> {
  return (await readdir(join(project.root, folder))).filter((name) => name.endsWith('.tmp'));
}

describe('the model folder', () => {
  it('holds the ranges and values that were declared', async () => {
    const path = join(model.folder, 'millwright.json');
    const inputs = parseModelDescription(await readFile(path), path).inputs;
    expect(inputs.map(({ name, min, max, values, nullable }) => ({ name, min, max, values, nullable }))).toEqual(
      expect.arrayContaining([
        { name: 'amount', min: 0, max: 100, values: undefined, nullable: true },
        { name: 'count', min: undefined, max: undefined, values: undefined, nullable: false },
        { name: 'code', min: undefined, max: undefined, values: ['007', '010', '100'], nullable: true },
        { name: 'day', min: '2001-01-01', max: '2001-12-31', values: undefined, nullable: true },
      ]),
    );
  });
});

describe('rejected rows', () => {
  it('are named with every reason, from a CSV file that declares nothing: types are those of the training', async () => {
    const result = await predict({ output: 'bad.csv', keep: ['id', 'extra'] });
    expect(result).toMatchObject({ rows: 2, rejected: 8, rejects: join(project.root, 'bad.rejects.csv') });
    const rejected = await sql("select * from '$/bad.rejects.csv'");
    expect(Object.fromEntries(rejected.map(({ row, reason }) => [Number(row), reason]))).toEqual(reasons);
    expect(rejected.map(({ id }) => Number(id))).toEqual([2, 3, 4, 5, 6, 7, 8, 10]);
    expect((await sql("select id, extra from '$/bad.csv'")).map(({ id }) => Number(id))).toEqual([1, 9]);
  });

  it('are the same from JSON Lines', async () => {
    await predict({ output: 'lines.jsonl', dataset: 'lines' });
    const rejected = await sql("select * from '$/lines.rejects.jsonl'");
    expect(Object.fromEntries(rejected.map(({ row, reason }) => [Number(row), reason]))).toEqual(reasons);
  });

  it('are found in Parquet files too: fractions, ranges, and whole numbers beyond 2^53', async () => {
    await sql(
      `copy (select * from (values ('007', 50.0::float, 2.5::double, true, timestamp '2001-03-01'), ('007', 50, 2, true, '2001-03-01'),
        ('007', 101, 2, true, '2001-03-01'), ('007', 5, 1e17, null, null)) t(code, amount, count, open, day)) to '$/stored.parquet'`,
    );
    expect(await predict({ output: 'stored.out.parquet', dataset: 'stored' })).toMatchObject({ rows: 1, rejected: 3 });
    const rejected = await sql("select row, reason from '$/stored.out.rejects.parquet'");
    expect(rejected.map(({ row, reason }) => [Number(row), reason])).toEqual([
      [1, '"count" is "2.5", not of the type integer'],
      [3, '"amount" is 101, above the largest allowed, 100'],
      [4, '"count" is "1e+17", not of the type integer'],
    ]);
  });

  it('are judged by the decimal comma of the file', async () => {
    await writeFile(
      join(project.root, 'commas.csv'),
      'code;amount;count;open;day\n007;50,5;1;true;2001-03-01\n007;500,5;1;true;2001-03-01\n007;x;1;true;2001-03-01\n',
    );
    expect(await predict({ output: 'commas.out.csv', dataset: 'commas' })).toMatchObject({ rows: 1, rejected: 2 });
    expect((await sql("select reason from '$/commas.out.rejects.csv'")).map(({ reason }) => reason)).toEqual([
      '"amount" is 500.5, above the largest allowed, 100',
      '"amount" is "x", not of the type number',
    ]);
  });

  it('never take part in a window of time by a value that is no time: that stops the prediction', async () => {
    await writeFile(join(project.root, 'new.csv'), toCsv([...bad, { ...fine, id: 11, day: 'some day' }]));
    await expect(predict({ output: 'later.csv', dataset: 'later' })).rejects.toMatchObject({
      code: 'dataset.wrongType',
      args: { row: 11 },
    });
    await writeFile(join(project.root, 'new.csv'), toCsv(bad));
  });

  it('keep their own names apart from those of the kept columns', async () => {
    const rows = [{ ...fine, count: null, Row: 'x', reason: 'mine', kept_reason: 'too' }];
    await writeFile(join(project.root, 'clash.csv'), toCsv([...rows, { ...rows[0], count: 1 }]));
    const { datasets } = project.project;
    await predict({
      output: 'clash.out.csv',
      dataset: 'clash',
      keep: ['Row', 'reason', 'kept_reason', 'Row'],
      project: { ...project.project, datasets: { ...datasets, clash: { path: 'clash.csv' } } },
    });
    expect(await sql("select * from '$/clash.out.rejects.csv'")).toEqual([
      { row: '1', reason: '"count" is missing', kept_Row: 'x', kept_kept_reason: 'mine', kept_reason: 'too' },
    ]);
  });

  it('are all there are: the earlier predictions stay, and the reasons are written', async () => {
    await writeFile(join(project.root, 'hopeless.csv'), toCsv([{ ...fine, count: null }]));
    await writeFile(join(project.root, 'kept.csv'), 'before');
    const { datasets } = project.project;
    const hopeless = {
      ...project.project,
      datasets: { ...datasets, hopeless: { path: 'hopeless.csv', columns: { count: { type: 'integer' } } } },
    };
    await expect(
      predict({ output: 'kept.csv', dataset: 'hopeless', project: hopeless as PredictOptions['project'] }),
    ).rejects.toMatchObject({
      code: 'inference.allRejected',
    });
    expect(await readFile(join(project.root, 'kept.csv'), 'utf8')).toBe('before');
    expect(await readFile(join(project.root, 'kept.rejects.csv'), 'utf8')).toBe('row,reason\n1,"""count"" is missing"\n');
  });
});

describe('columns of predictions', () => {
  it('are named by their classes, odd ones and those that differ in case only', async () => {
    for (const output of ['kinds.csv', 'kinds.parquet', 'kinds.jsonl']) {
      await predict({ output, dataset: 'all', modelFolder: kinds.folder });
      const columns = (await sql(`describe select * from '$/${output}'`)).map(({ column_name }) => column_name);
      expect(columns[0], output).toBe('prediction');
      expect(new Set(kinds.description.classes)).toEqual(new Set(['A', 'a', 'b "c", d', 'ü\n2']));
      if (output.endsWith('jsonl')) {
        const [first = ''] = (await readFile(join(project.root, output), 'utf8')).split('\n');
        expect(Object.keys(JSON.parse(first) as object)).toEqual(predictionColumns(kinds.description).map(({ name }) => name));
      } else if (output.endsWith('csv')) {
        const head = (await readFile(join(project.root, output), 'utf8')).slice(0, 100);
        expect(head).toContain('prediction,probability_A,probability_a_2,"probability_b ""c"", d","probability_ü\n2"\n');
      } else expect(columns).toHaveLength(5);
    }
  });

  it('refuse a kept column that differs from them in case only', async () => {
    await writeFile(join(project.root, 'case.csv'), toCsv([{ ...fine, Prediction: 1 }]));
    const { datasets } = project.project;
    const named = { ...project.project, datasets: { ...datasets, named: { path: 'case.csv' } } };
    await expect(predict({ output: 'x.csv', dataset: 'named', keep: ['Prediction'], project: named })).rejects.toMatchObject({
      code: 'inference.keepColumn',
    });
  });
});

describe('many rows', () => {
  beforeAll(async () => {
    await sql(
      `copy (select i as id, ['007', '010', '100'][i % 3 + 1] as code, (hash(i) % 1003 / 10)::double as amount, (i % 5)::integer as count,
        i % 2 = 0 as open, timestamp '2001-01-01' + interval (i % 364) day as day from range(300000) t(i) order by i) to '$/large.parquet'`,
    );
  });

  it('give the same bytes with 1, 2 and 3 threads, rejected rows among them', async () => {
    const digests: string[] = [];
    for (const threads of [1, 2, 3]) {
      const result = await predict({ output: `threads${threads}.parquet`, dataset: 'large', keep: ['id'] }, threads);
      expect(result.rows + result.rejected).toBe(300_000);
      expect(result.rejected).toBeGreaterThan(100);
      const files = [`threads${threads}.parquet`, `threads${threads}.rejects.parquet`];
      digests.push(...(await Promise.all(files.map(async (name) => sha256(await readFile(join(project.root, name)))))));
    }
    expect(new Set(digests).size).toBe(2);
    const [order] = await sql(
      "select count(*) filter (id < before) as wrong from (select id, lag(id) over () as before from '$/threads2.parquet')",
    );
    expect(Number(order?.wrong)).toBe(0);
  });

  it('leave nothing behind when they are cancelled on the way, and the file that was there stays', async () => {
    await mkdir(join(project.root, 'cancelled'), { recursive: true });
    await writeFile(join(project.root, 'cancelled', 'out.csv'), 'before');
    const cancel = new AbortController();
    const { context } = stageContext(2, cancel.signal);
    const progress = (): void => {
      cancel.abort();
    };
    const options = { project: project.project, dataset: 'large', modelFolder: model.folder, asOf: new Date(0) };
    const output = join(project.root, 'cancelled', 'out.csv');
    await expect(predictToFile({ ...options, output }, { ...context, progress })).rejects.toMatchObject({ name: 'CancelledError' });
    expect(await readdir(join(project.root, 'cancelled'))).toEqual(['out.csv']);
    expect(await readFile(output, 'utf8')).toBe('before');
  });

  it('are not put into a folder that has been swapped for a link out of the project meanwhile', async () => {
    const outside = temporaryFolder('outside');
    const { context } = stageContext(2);
    const loaded = await loadProject(project.root, {});
    if (loaded.project === undefined) throw new Error('the project does not load');
    await mkdir(join(project.root, 'out'), { recursive: true });
    let isSwapped = false;
    const swap = (): void => {
      if (isSwapped) return;
      isSwapped = true;
      renameSync(join(project.root, 'out'), join(outside, 'out'));
      symlinkSync(join(outside, 'out'), join(project.root, 'out'));
    };
    const stage: PredictStage = { uses: 'predict', model: 'train', dataset: 'large', output: 'out/predictions.csv' };
    const audit = { root: project.root, user: 'ada', environment: 'development', command: 'test', secrets: [] };
    const task = {
      project: { ...loaded.project, stages: { predict: stage } },
      stage: 'predict',
      asOf: 0,
      audit: { ...audit, ticket: undefined, approvedBy: undefined, jobId: undefined },
      given: { model: { folder: model.folder, digest: model.digest, label: 'train' } },
    } as unknown as StageTask<Predicted>;
    const execution = { ...context, onChild: () => undefined, onRun: () => undefined, progress: swap };
    await expect(executePredict(task, stage, execution as never)).rejects.toThrow(/out\/predictions\.csv/);
    expect(await readdir(join(outside, 'out'))).toEqual([]);
  });
});

describe('places that cannot be written', () => {
  it('stop before anything is read: the rejected rows into a folder that is read-only', async (context) => {
    const root = await mountSmall(context, '2m');
    const { default: childProcess } = await import('node:child_process');
    childProcess.execFileSync('mount', ['-o', 'remount,ro', root]);
    await writeFile(join(project.root, 'kept.csv'), 'before');
    const rejects = join(root, 'rejects.csv');
    await expect(predict({ output: 'kept.csv', rejects })).rejects.toMatchObject({ code: 'files.notWritable', args: { path: rejects } });
    expect(await readFile(join(project.root, 'kept.csv'), 'utf8')).toBe('before');
  });

  it('stop before anything is read: a folder that has the name of the file', async () => {
    await mkdir(join(project.root, 'folder.csv'), { recursive: true });
    await mkdir(join(project.root, 'taken.rejects.csv'), { recursive: true });
    await expect(predict({ output: 'folder.csv' })).rejects.toMatchObject({ code: 'files.writeFailed' });
    await expect(predict({ output: 'taken.csv' })).rejects.toMatchObject({ code: 'files.writeFailed' });
    expect(await temporaries()).toEqual([]);
    expect(existsSync(join(project.root, 'taken.csv'))).toBe(false);
  });

  it('a disk that fills up with the rejected rows: neither file is half there', async (context) => {
    const root = await mountSmall(context, '1m');
    await sql(
      `copy (select '007' as code, 500.0 + i % 2 * -490 as amount, 1 as count, true as open, timestamp '2001-03-01' as day, repeat(md5(i::varchar), 20) as note
        from range(20000) t(i)) to '$/noisy.parquet'`,
    );
    const { datasets } = project.project;
    const noisy = { ...project.project, datasets: { ...datasets, noisy: { path: 'noisy.parquet' } } };
    await writeFile(join(project.root, 'kept.csv'), 'before');
    const options = { output: 'kept.csv', dataset: 'noisy', project: noisy, keep: ['note'], rejects: join(root, 'rejects.csv') };
    await expect(predict(options)).rejects.toMatchObject({ code: 'files.diskFull' });
    expect(await readFile(join(project.root, 'kept.csv'), 'utf8')).toBe('before');
    expect(await readdir(root)).toEqual([]);
    await chmod(root, 0o700);
  });

  it('a link to the data, through another folder: the data is never overwritten', async () => {
    await mkdir(join(project.root, 'files'), { recursive: true });
    await symlink(project.root, join(project.root, 'files', 'here'));
    const before = await readFile(join(project.root, 'new.csv'), 'utf8');
    await expect(predict({ output: 'files/here/new.csv' })).rejects.toMatchObject({ code: 'inference.outputTaken' });
    expect(await readFile(join(project.root, 'new.csv'), 'utf8')).toBe(before);
  });
});

it('an undo puts back the predictions and the rejected rows that were there before', async () => {
  const { root } = project;
  const undo = async (): Promise<void> => {
    const lines = await readAuditLog(root);
    const line = lines.findLast(({ entry }) => entry.operation === 'predict' && entry.outcome === 'success')?.line ?? 0;
    await undoChange(undoLog(root), line, undoPerformers(root));
  };
  const files = async (): Promise<unknown[]> =>
    Promise.all(['out/predictions.csv', 'out/predictions.rejects.csv'].map(async (name) => readIfPresent(join(root, name))));
  await rm(join(root, 'out'), { force: true, recursive: true });

  expect((await run(root, { stages: ['predict'] })).exitCode).toBe(0);
  const first = await files();
  await writeFile(join(root, 'new.csv'), toCsv([fine]));
  expect((await run(root, { stages: ['predict'] })).exitCode).toBe(0);
  expect((await files())[1]).toBeUndefined();
  await undo();
  expect(await files()).toEqual(first);
  await writeFile(join(root, 'new.csv'), toCsv(bad));
});
