/** Columns that are copied beside predictions: as they stand in the data, whatever they hold, and never a reason to refuse a row. */
import { mkdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quoteName, quoteText } from '../../../src/engine/data/sql/sqlText.ts';
import { predictToFile, type PredictResult } from '../../../src/engine/inference/prediction/predict.ts';
import type { DatasetSpec } from '../../../src/engine/project/definitions/dataset.ts';
import type { TrainedModel } from '../../../src/engine/training/fit/trainedModel.ts';
import { random, stageContext, train, writeProject, type TestProject } from '../../support/trainingProject.ts';

const yaml = `
datasets: {all: {path: data.csv}}
features: {f: {target: late, numeric: [x, n], categorical: [c]}}
stages: {train: {uses: train, dataset: all, features: f, params: {max_iter: 2}}}
`;

let project: TestProject;
let model: TrainedModel;
let duckdb: DuckDBConnection;

beforeAll(async () => {
  const next = random(3);
  const rows = Array.from({ length: 400 }, (_, i) => ({ x: next(), n: i % 7, c: 'ab'[i % 2] ?? '', late: next() < 0.5 ? 1 : 0 }));
  project = await writeProject(yaml, rows);
  model = await train(project);
  duckdb = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(async () => {
  duckdb.closeSync();
  await project[Symbol.asyncDispose]();
});

interface Predicted {
  readonly result: PredictResult;
  readonly path: string;
}

async function predict(data: DatasetSpec, keep: readonly string[], extension: string): Promise<Predicted> {
  const path = join(project.root, `out.${extension}`);
  const options = { modelFolder: model.folder, output: path, keep, asOf: new Date(0) };
  const context = { root: project.root, datasets: { new: data } };
  const result = await predictToFile({ ...options, project: context, dataset: 'new' }, stageContext().context);
  return { result, path };
}

/** What DuckDB reads of a file of predictions, every value as its text; CSV files without a guess at types. */
async function textsIn(path: string, columns: readonly string[]): Promise<(string | null)[][]> {
  const from = path.endsWith('.csv') ? `read_csv(${quoteText(path)}, all_varchar=true)` : quoteText(path);
  const list = columns.map((column) => `CAST(${quoteName(column)} AS VARCHAR)`).join(', ');
  return (await duckdb.runAndReadAll(`SELECT ${list} FROM ${from}`)).getRowsJS() as (string | null)[][];
}

describe('texts of a CSV file', () => {
  const values = [
    '1.10',
    '00123',
    '05/03/2024',
    't',
    '1E5',
    '0x1F',
    '-5',
    '3.0',
    '4',
    'NA',
    'yes',
    '12:30',
    ' 7',
    '9007199254740993',
    '1e400',
    'NaN',
  ];

  it.each(['csv', 'parquet', 'jsonl'])('stand in a %s file as they are', async (extension) => {
    const rows = values.map((value) => `${value},"${value}",0.5,1,a`);
    await writeFile(join(project.root, 'texts.csv'), `v,q,x,n,c\n${rows.join('\n')}\n`);
    const data: DatasetSpec = { path: 'texts.csv', read: { null_values: ['NA'] } };
    const { result, path } = await predict(data, ['v', 'q'], extension);
    expect(result).toMatchObject({ rows: values.length, rejected: 0 });
    expect(await textsIn(path, ['v', 'q'])).toEqual(values.map((value) => [value, value]));
  });

  it.each([
    ['whole numbers', ['1', '2', '30']],
    ['numbers', ['1.50', '2', '.5']],
    ['dates', ['05/03/2024', '25/12/2024', '01/01/2024']],
    ['times with an offset', ['2024-03-01T10:00:00+02:00', '2024-03-01 10:00', '2024-03-01']],
    ['truth values', ['TRUE', 'False', 'true']],
    ['identifiers of thirty digits', ['123456789012345678901234567890', '123456789012345678901234567891', '1']],
    ['decimal commas', ['"1,50"', '"2,0"', '"3"']],
    ['texts with quotes and line breaks', ['"a ""b"""', '"c\nd"', '"e,f"']],
    ['missing values', ['', '1', '""']],
  ])('of one kind: %s', async (_, texts) => {
    await writeFile(join(project.root, 'kind.csv'), `v,x,n,c\n${texts.map((text) => `${text},0.5,1,a`).join('\n')}\n`);
    const { result, path } = await predict({ path: 'kind.csv' }, ['v'], 'parquet');
    const plain = texts.map((text) => text.replace(/^"([\s\S]*)"$/, '$1').replaceAll('""', '"'));
    expect(result).toMatchObject({ rows: texts.length, rejected: 0 });
    expect((await textsIn(path, ['v'])).flat()).toEqual(plain.map((text) => (text === '' ? null : text)));
  });

  it('are read and copied where the model reads them, too', async () => {
    await writeFile(join(project.root, 'inputs.csv'), 'id,x,n,c\n1.0,0.50,007,a\n2.0,5e-1,7.0,a\n3.0,0.5,7,a\n');
    const { result, path } = await predict({ path: 'inputs.csv' }, ['n', 'x', 'id', 'c'], 'csv');
    expect(result.rejected).toBe(0);
    expect(await textsIn(path, ['n', 'x', 'id', 'c'])).toEqual([
      ['007', '0.50', '1.0', 'a'],
      ['7.0', '5e-1', '2.0', 'a'],
      ['7', '0.5', '3.0', 'a'],
    ]);
    const probabilities = (await textsIn(path, ['probability'])).flat();
    expect(new Set(probabilities).size).toBe(1);
  });

  it('stand beside what could not be predicted', async () => {
    await writeFile(join(project.root, 'bad.csv'), 'id,x,n,c\n1.10,much,1,a\n9007199254740993,0.5,1,a\n00123,0.5,many,a\n');
    const { result, path } = await predict({ path: 'bad.csv' }, ['id', 'x', 'n'], 'csv');
    expect(result).toMatchObject({ rows: 1, rejected: 2 });
    expect(await textsIn(path, ['id', 'x', 'n'])).toEqual([['9007199254740993', '0.5', '1']]);
    expect(await textsIn(path.replace('.csv', '.rejects.csv'), ['row', 'id', 'x', 'n'])).toEqual([
      ['1', '1.10', 'much', '1'],
      ['3', '00123', '0.5', 'many'],
    ]);
  });

  it('are whole where a condition reads them in their type', async () => {
    await writeFile(join(project.root, 'where.csv'), 'id,day,x,n,c\n1.0,05/03/2024,0.5,1,a\n20.0,25/03/2024,0.5,1,a\n3.0,NA,0.5,1,a\n');
    const data: DatasetSpec = {
      path: 'where.csv',
      where: "id < 10 AND (day IS NULL OR day < DATE '2024-03-20')",
      read: { null_values: ['NA'] },
    };
    const { path } = await predict(data, ['id', 'day'], 'csv');
    expect(await textsIn(path, ['id', 'day'])).toEqual([
      ['1.0', '05/03/2024'],
      ['3.0', 'NA'],
    ]);
  });

  it('are any texts', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '0', '1', '.', ',', '"', '\n', ' ', '/', 'é', '#', '-', 'E', "'"),
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('parquet', 'csv', 'jsonl'),
        async (texts, extension) => {
          const rows = texts.map((value) => `"${value.replaceAll('"', '""')}",0.5,1,a`);
          await writeFile(join(project.root, 'any.csv'), `v,x,n,c\n${rows.join('\n')}\n`);
          const { path } = await predict({ path: 'any.csv' }, ['v'], extension);
          expect((await textsIn(path, ['v'])).flat()).toEqual(texts);
        },
      ),
      { numRuns: 8 },
    );
  });
});

describe('values of a Parquet file', () => {
  const kinds: readonly (readonly [type: string, value: string])[] = [
    ['BIGINT', '1000000000000000005'],
    ['UBIGINT', '18446744073709551615'],
    ['HUGEINT', '123456789012345678901234567890'],
    ['TINYINT', '-5'],
    ['DECIMAL(20,5)', '1.10000'],
    ['FLOAT', '0.1'],
    ['DOUBLE', '1e300'],
    ['BOOLEAN', 'true'],
    ['DATE', '2024-03-05'],
    ['TIMESTAMP', '2024-03-05 10:00:00.123456'],
    ['TIMESTAMP_NS', '2024-03-05 10:00:00.123456789'],
    ['TIMESTAMP WITH TIME ZONE', '2024-03-05 10:00:00+00'],
    ['TIME', '10:00:00.5'],
    ['UUID', '4ac7a9e9-607c-4c8a-84f3-843f0191e3fd'],
    ['BLOB', '\\x00\\xFFab'],
    ['VARCHAR', '007'],
    ['INTEGER[]', '[1, NULL, 3]'],
    ['STRUCT(a VARCHAR, b INTEGER[])', `{'a': 'x, "y"', 'b': [1]}`],
    ['MAP(VARCHAR, INTEGER)', '{a=1, b=2}'],
  ];

  it('keep their types to the last digit', async () => {
    const path = join(project.root, 'kinds.parquet');
    const columns = kinds.map(([type, value], index) => `CAST(${quoteText(value)} AS ${type}) AS k${index}`);
    await duckdb.run(
      `COPY (SELECT ${columns.join(', ')}, 0.5 AS x, 1 AS n, 'a' AS c UNION ALL BY NAME SELECT 0.5 AS x, 1 AS n, 'a' AS c) TO ${quoteText(path)}`,
    );
    const keep = kinds.map((_, index) => `k${index}`);
    const { result, path: output } = await predict({ path: 'kinds.parquet' }, keep, 'parquet');
    expect(result).toMatchObject({ rows: 2, rejected: 0 });
    const described = async (file: string): Promise<unknown> =>
      (
        await duckdb.runAndReadAll(`SELECT column_name, column_type FROM (DESCRIBE SELECT ${keep.join(', ')} FROM ${quoteText(file)})`)
      ).getRowsJS();
    expect(await described(output)).toEqual(await described(path));
    expect(await textsIn(output, keep)).toEqual(await textsIn(path, keep));
  });

  it('are written to text files with all their digits', async () => {
    const path = join(project.root, 'ids.parquet');
    await duckdb.run(`COPY (SELECT 1000000000000000000 + i AS id, 0.5 AS x, 1 AS n, 'a' AS c FROM range(5) t(i)) TO ${quoteText(path)}`);
    const csv = await predict({ path: 'ids.parquet' }, ['id'], 'csv');
    expect((await textsIn(csv.path, ['id'])).flat()).toEqual([0, 1, 2, 3, 4].map((i) => `100000000000000000${i}`));
    const { path: lines } = await predict({ path: 'ids.parquet' }, ['id'], 'jsonl');
    expect(readFileSync(lines, 'utf8').split('\n')[4]).toMatch(/^\{"id":1000000000000000004,/);
  });
});

describe('values of JSON Lines', () => {
  const lines = [
    { id: 9007199254740991, s: '05/03/2024', list: [1, 'a', null], o: { a: { b: 1.5 } }, b: true, mixed: 1, x: 0.5, n: 1, c: 'a' },
    { id: 7, s: '1.10', list: [], o: {}, b: false, mixed: 'one', x: 0.5, n: 1, c: 'a' },
    { id: null, s: null, x: 0.5, n: 1, c: 'a' },
  ];
  const keep = ['id', 's', 'list', 'o', 'b', 'mixed'];

  it('stand as they are', async () => {
    await writeFile(join(project.root, 'l.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
    const { path } = await predict({ path: 'l.jsonl' }, keep, 'jsonl');
    const written = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const kept = (row: Record<string, unknown>): unknown[] => keep.map((name) => row[name] ?? null);
    expect(written.map(kept)).toEqual(lines.map(kept));
  });

  it('have the types of their values in files that have types', async () => {
    await writeFile(join(project.root, 'big.jsonl'), '{"id": 9007199254740993, "s": "05/03/2024", "x": 0.5, "n": 1, "c": "a"}\n');
    const { path } = await predict({ path: 'big.jsonl' }, ['id', 's'], 'parquet');
    expect(await textsIn(path, ['id', 's'])).toEqual([['9007199254740993', '05/03/2024']]);
    const { path: csv } = await predict({ path: 'big.jsonl' }, ['id', 's'], 'csv');
    expect(readFileSync(csv, 'utf8').split('\n')[1]).toMatch(/^9007199254740993,05\/03\/2024,/);
  });
});

it('folders that are columns are kept, too', async () => {
  const folder = join(project.root, 'w=05');
  mkdirSync(folder, { recursive: true });
  await writeFile(join(folder, 'p.csv'), 'v,x,n,c\n1.0,0.5,1,a\n');
  const { path } = await predict({ path: 'w=05/p.csv', read: { hive_partitions: true } }, ['w', 'v'], 'csv');
  expect(await textsIn(path, ['w', 'v'])).toEqual([['05', '1.0']]);
});
