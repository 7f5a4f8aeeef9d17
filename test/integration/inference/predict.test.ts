/** Opening models and predicting into files: digests, types, rejected rows, every format, and nothing half-written. */
import { DuckDBInstance } from '@duckdb/node-api';
import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingTime, type Chunk } from '../../../src/engine/data/rows/columns.ts';
import { openModel } from '../../../src/engine/inference/scoring/openModel.ts';
import { predictToFile, type PredictOptions, type PredictResult } from '../../../src/engine/inference/prediction/predict.ts';
import { takeRows } from '../../../src/engine/inference/scoring/takeRows.ts';
import { readTarget } from '../../../src/engine/inference/prediction/target.ts';
import type { TrainedModel } from '../../../src/engine/training/fit/trainedModel.ts';
import { random, stageContext, toCsv, train, writeProject, type TestProject } from '../../support/trainingProject.ts';

const columns = `{c: {type: category}, k: {type: integer, nullable: false}, date: {type: timestamp}, number: {type: integer}}`;
const yaml = `
datasets:
  all: {path: data.csv, time: date, columns: ${columns}}
  gaps: {path: gaps.csv, time: date, columns: {c: {type: category}, k: {type: integer}, date: {type: timestamp}, number: {type: integer}}}
  wrong: {path: gaps.csv, columns: {c: {type: category}, k: {type: text}, date: {type: timestamp}}}
  narrow: {path: narrow.csv}
features:
  late: {target: {late: "x + k > 6"}, numeric: [x, k], categorical: [c], cyclical: {hour: {value: hour(date), period: 24}}}
  kind: {target: kind, numeric: [x, k], categorical: [c]}
  amount: {target: x, numeric: [k], categorical: [c]}
stages:
  train: {uses: train, dataset: all, features: late, params: {max_iter: 5}, threshold: 0.4}
`;

let project: TestProject;
let binary: TrainedModel;
let classes: TrainedModel;
let regression: TrainedModel;

beforeAll(async () => {
  const next = random(5);
  const rows = Array.from({ length: 2000 }, (_, i) => ({
    number: i,
    x: next() * 10,
    k: Math.floor(next() * 3),
    c: ['a', 'b', 'ü "x"'][i % 3] ?? '',
    date: new Date(Date.UTC(1969, 11, 1) + i * 3.7e6).toISOString().slice(0, 19).replace('T', ' '),
    kind: ['one', 'two', 'three'][Math.floor(next() * 3)] ?? '',
  }));
  project = await writeProject(yaml, rows);
  const gaps = rows
    .slice(0, 10)
    .map((row, i) => ({ ...row, k: i === 3 || i === 7 ? null : row.k, x: i === 4 ? null : row.x, c: i === 5 ? null : row.c }));
  await writeFile(join(project.root, 'gaps.csv'), toCsv(gaps));
  await writeFile(join(project.root, 'narrow.csv'), toCsv([{ x: 1 }, { x: 2 }]));
  binary = await train(project, {}, { folder: 'binary' });
  classes = await train(project, { features: 'kind', threshold: undefined }, { folder: 'classes' });
  regression = await train(project, { features: 'amount', threshold: undefined }, { folder: 'regression' });
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

function predict(options: Partial<PredictOptions> & { output: string }, signal?: AbortSignal): Promise<PredictResult> {
  const { root } = project;
  return predictToFile(
    {
      project: project.project,
      dataset: 'all',
      modelFolder: binary.folder,
      asOf: new Date(0),
      ...options,
      output: join(root, options.output),
    },
    stageContext(2, signal).context,
  );
}

async function readRows(path: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const result = await connection.runAndReadAll(`select * from '${join(project.root, path).replaceAll("'", "''")}'`);
  connection.closeSync();
  return result.getRowObjectsJson();
}

describe('predictToFile', () => {
  it('writes what the model says of every row, in order, beside the kept columns', async () => {
    expect(await predict({ output: 'out/all.parquet', keep: ['number', 'date', 'c'] })).toMatchObject({
      rows: 2000,
      rejected: 0,
      rejects: undefined,
    });
    const rows = await readRows('out/all.parquet');
    expect(Object.keys(rows[0] ?? {})).toEqual(['number', 'date', 'c', 'prediction', 'probability']);
    expect(rows.map(({ number }) => Number(number))).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    expect(rows[0]).toMatchObject({ date: '1969-12-01 00:00:00', c: 'a' });
    for (const { prediction, probability } of rows) expect(Number(prediction)).toBe(Number(probability) >= Math.fround(0.4) ? 1 : 0);
    expect(new Set(rows.map(({ prediction }) => Number(prediction)))).toEqual(new Set([0, 1]));
  });

  it.each(['csv', 'jsonl'])('writes the same numbers as %s', async (extension) => {
    await predict({ output: 'same.parquet' });
    await predict({ output: `same.${extension}` });
    const [parquet, other] = [await readRows('same.parquet'), await readRows(`same.${extension}`)];
    expect(other.map(({ probability }) => Number(probability))).toEqual(parquet.map(({ probability }) => Number(probability)));
  });

  it('names a probability for each of several classes, and one number for a regression', async () => {
    await predict({ output: 'classes.parquet', modelFolder: classes.folder });
    const [row] = await readRows('classes.parquet');
    expect(Object.keys(row ?? {})).toEqual(['prediction', 'probability_one', 'probability_three', 'probability_two']);
    expect(['one', 'two', 'three']).toContain(row?.prediction);
    await predict({ output: 'regression.parquet', modelFolder: regression.folder });
    expect(Object.keys((await readRows('regression.parquet'))[0] ?? {})).toEqual(['prediction']);
  });

  it('sets rows aside that miss what must not be missing, with reasons', async () => {
    const result = await predict({ output: 'gaps.csv.parquet', dataset: 'gaps', keep: ['number'] });
    expect(result).toEqual({
      rows: 8,
      rejected: 2,
      rejects: join(project.root, 'gaps.csv.rejects.parquet'),
      statistics: { dataset: 'gaps', context: 'prediction', rows: 10, missing: { c: 1, k: 2, x: 1 }, target: undefined },
      notes: [],
    });
    expect((await readRows('gaps.csv.parquet')).map(({ number }) => Number(number))).toEqual([0, 1, 2, 4, 5, 6, 8, 9]);
    expect(await readRows('gaps.csv.rejects.parquet')).toMatchObject([
      { row: '4', reason: '"k" is missing', number: '3' },
      { row: '8', reason: '"k" is missing', number: '7' },
    ]);
  });

  it('removes an older file of rejected rows once there are none', async () => {
    await writeFile(join(project.root, 'fine.rejects.parquet'), 'old');
    await predict({ output: 'fine.parquet' });
    expect(existsSync(join(project.root, 'fine.rejects.parquet'))).toBe(false);
  });

  it.each<[string, string, Partial<PredictOptions>]>([
    ['a column to keep that is not there', 'inference.keepColumn', { keep: ['speed'] }],
    ['a data set without a column of the model', 'inference.missingColumn', { dataset: 'narrow' }],
    ['a column of another type', 'inference.columnType', { dataset: 'wrong' }],
    ['a folder without a model', 'inference.noModel', { modelFolder: '/nowhere' }],
    ['another digest than expected', 'inference.changedModel', { expectedDigest: '0'.repeat(64) }],
  ])('refuses %s, and keeps the file that was there', async (_name, code, options) => {
    await writeFile(join(project.root, 'kept.csv'), 'before');
    await expect(predict({ output: 'kept.csv', ...options })).rejects.toMatchObject({ code });
    expect(await readFile(join(project.root, 'kept.csv'), 'utf8')).toBe('before');
  });

  it('counts what a category holds that training has not, beyond missing values, and predicts it all the same', async () => {
    const all = (await readRows('data.csv')) as Record<string, string | number | null>[];
    const rows = all.map((row, i) => ({ ...row, c: i === 11 ? 'd' : i === 1999 ? 'A' : i === 3 ? null : (row.c ?? null) }));
    await writeFile(join(project.root, 'gaps.csv'), toCsv(rows));
    const result = await predict({ dataset: 'gaps', output: 'unseen.csv' });
    expect(result.rows).toBe(2000);
    expect(result.notes).toEqual(['In 2 of 2,000 rows "c" holds a value that the model has not learned: "d" in row 12 is the first.']);
    expect((await predict({ output: 'seen.csv' })).notes).toEqual([]);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const cancel = new AbortController();
    cancel.abort();
    await expect(predict({ output: 'cancelled/out.parquet' }, cancel.signal)).rejects.toMatchObject({ name: 'CancelledError' });
    const left = existsSync(join(project.root, 'cancelled')) ? await readdir(join(project.root, 'cancelled')) : [];
    expect(left).toEqual([]);
  });
});

describe('openModel', () => {
  it('refuses a file that was changed by one byte', async () => {
    const folder = join(project.root, 'tampered');
    await cp(binary.folder, folder, { recursive: true });
    const bytes = await readFile(join(folder, 'model.onnx'));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(join(folder, 'model.onnx'), bytes);
    await expect(openModel(folder, { threads: 1 })).rejects.toMatchObject({ code: 'inference.changedModel' });
  });

  it.each(['{', '{"version": 2}', '[]'])('refuses the description %s', async (text) => {
    const folder = join(project.root, 'undescribed');
    await cp(binary.folder, folder, { recursive: true });
    await writeFile(join(folder, 'millwright.json'), text);
    await expect(openModel(folder, { threads: 1 })).rejects.toMatchObject({ code: 'inference.badDescription' });
  });

  it('scores missing and unseen values, one row or none, alike in any batch', async () => {
    await using model = await openModel(binary.folder, { threads: 2 });
    const chunk: Chunk = {
      rows: 3,
      columns: {
        x: { kind: 'number', values: Float64Array.of(1, NaN, 9) },
        k: { kind: 'number', values: Float64Array.of(0, 1, 2) },
        c: { kind: 'text', values: ['a', null, 'never seen'] },
        date: { kind: 'time', values: BigInt64Array.of(0n, missingTime, -1n) },
      },
    };
    const { scores, width } = await model.score(chunk);
    expect(width).toBe(2);
    for (let row = 0; row < 3; row++) expect((scores[row * 2] ?? 0) + (scores[row * 2 + 1] ?? 0)).toBeCloseTo(1, 6);
    const none = {
      rows: 0,
      columns: Object.fromEntries(
        Object.entries(chunk.columns).map(([name, vector]) => [name, { ...vector, values: vector.values.slice(0, 0) }]),
      ),
    };
    expect(await model.score(none as Chunk)).toEqual({ rows: 0, width: 2, scores: new Float32Array(0) });
  });

  it.each([1, 2])('gives a row the same bits whatever rows are beside it, with %i threads', async (threads) => {
    const next = random(7);
    const rows = 3001;
    const some = <T>(value: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => value(row));
    const chunk: Chunk = {
      rows,
      columns: {
        x: { kind: 'number', values: Float64Array.from(some(() => next() * 10)) },
        k: { kind: 'number', values: Float64Array.from(some(() => Math.floor(next() * 3))) },
        c: { kind: 'text', values: some((row) => ['a', 'b', null][row % 3] ?? null) },
        date: { kind: 'time', values: BigInt64Array.from(some(() => BigInt(Math.floor(next() * 1e15)))) },
      },
    };
    for (const { folder } of [binary, classes, regression]) {
      await using model = await openModel(folder, { threads });
      const whole = await model.score(chunk);
      for (const size of [1, 3, 63, 64, 65, 1000]) {
        const from = size * 2;
        const part = await model.score(
          takeRows(
            chunk,
            Array.from({ length: size }, (_, row) => from + row),
          ),
        );
        expect(part.scores).toEqual(whole.scores.slice(from * whole.width, (from + size) * whole.width));
      }
    }
  });

  it('waits for a run under way when it is closed', async () => {
    const model = await openModel(binary.folder, { threads: 1 });
    const rows = 50_000;
    const running = model.score({
      rows,
      columns: {
        x: { kind: 'number', values: new Float64Array(rows) },
        k: { kind: 'number', values: new Float64Array(rows) },
        c: { kind: 'text', values: new Array<string>(rows).fill('a') },
        date: { kind: 'time', values: new BigInt64Array(rows) },
      },
    });
    await model.close();
    expect((await running).rows).toBe(rows);
  });
});

describe('readTarget', () => {
  it('finds the index of each class, and names a class that is unknown', () => {
    const spec = { task: 'binary', target: 'late', classes: ['0', '1'] } as const;
    expect([...readTarget(spec, { kind: 'number', values: Float64Array.of(1, NaN, 0) }, undefined)]).toEqual([1, NaN, 0]);
    expect(() => readTarget(spec, { kind: 'number', values: Float64Array.of(2) }, undefined)).toThrow('"2"');
    const named = { task: 'multiclass', target: 'kind', classes: ['a', 'b', 'c'] } as const;
    expect([...readTarget(named, { kind: 'text', values: ['c', null, 'a'] }, undefined)]).toEqual([2, NaN, 0]);
  });
});

it.each([
  ['its own data', 'gaps.csv', undefined],
  ['its own predictions by the rejected rows', 'both-places.csv', 'both-places.csv'],
])('never overwrites %s', async (_, output, rejects) => {
  const before = await readFile(join(project.root, 'gaps.csv'), 'utf8');
  const places = { output, ...(rejects === undefined ? {} : { rejects: join(project.root, rejects) }) };
  await expect(predict({ dataset: 'gaps', ...places })).rejects.toMatchObject({ code: 'inference.outputTaken' });
  expect(await readFile(join(project.root, 'gaps.csv'), 'utf8')).toBe(before);
  expect(existsSync(join(project.root, 'both-places.csv'))).toBe(false);
});
