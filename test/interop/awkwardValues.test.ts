/** Values, levels, classes and names that are easily confused, from every format: pandas and MLflow say what Millwright says. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quoteName, quoteText } from '../../src/engine/data/sql/sqlText.ts';
import { predictToFile } from '../../src/engine/inference/prediction/predict.ts';
import type { TrainStage } from '../../src/engine/project/definitions/stages/trainStage.ts';
import { requireProject } from '../../src/engine/project/loadProject.ts';
import { trainModel } from '../../src/engine/training/trainModel.ts';
import { makeFolder } from '../support/project.ts';
import { runPython } from '../support/python.ts';
import { stageContext } from '../support/trainingProject.ts';

interface Case {
  readonly name: string;
  /** Gives the columns of the features, and `y`. */
  readonly sql: string;
  readonly features: string;
  readonly declared?: string;
  readonly trainer?: 'logistic';
  readonly format?: 'csv' | 'jsonl';
  /** MLflow refuses frames like this one, whatever the model. */
  readonly onlyByLoader?: true;
}

const root = makeFolder('awkward');
let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
});
afterAll(() => {
  connection.closeSync();
  rmSync(root, { recursive: true, force: true });
});

/** Rows that hold the values in turn; about half of the values mostly belong to the one class, the others to the other. */
function inTurn(values: readonly string[], type: string): string {
  return `SELECT ([${values.join(', ')}]::${type}[])[1 + i % ${values.length}] AS x,
    hash(i % ${values.length}) % 5 > 1 + (i * 7919 % 101 > 90)::INT AS y FROM range(${values.length * 20}) AS t(i)`;
}

type Options = Pick<Case, 'format' | 'onlyByLoader' | 'trainer'>;

const levels = (what: string, type: string, values: readonly string[], options: Options & { encode?: string } = {}): Case => ({
  name: `${what} as levels, ${options.encode ?? 'native'}, ${options.format ?? 'parquet'}`,
  sql: inTurn(values, type),
  features: `categorical: {x: {encode: ${options.encode ?? 'native'}}}`,
  declared: '{x: {type: category}}',
  ...options,
});

const numbers = (what: string, type: string, values: readonly string[], options: Options = {}): Case => ({
  name: `${what} as numbers, ${options.trainer ?? 'gbdt'}, ${options.format ?? 'parquet'}`,
  sql: inTurn(values, type),
  features: 'numeric: [x]',
  ...options,
});

const fields = ['hour', 'day', 'month', 'year', 'dayofweek'].map((field) => `${field}: {value: '${field}("x")'}`).join(', ');
const times = (what: string, type: string, values: readonly string[], options: Options = {}): Case => ({
  name: `${what} as times, ${options.format ?? 'parquet'}`,
  sql: inTurn(values, type),
  features: `numeric: {${fields}}, cyclical: {clock: {value: 'hour("x") * 60 + minute("x")', period: 1440}}`,
  declared: '{x: {type: timestamp}}',
  ...options,
});

const classes = (what: string, names: readonly string[], options: Options = {}): Case => ({
  name: `classes ${what}, ${options.format ?? 'parquet'}`,
  sql: `SELECT (i % ${names.length * 2})::DOUBLE AS x, ([${names.join(', ')}])[1 + i % ${names.length}] AS y FROM range(${names.length * 60}) AS t(i)`,
  features: 'numeric: [x]',
  ...options,
});

const columns = (what: string, names: readonly string[], options: Options & { read?: readonly string[] } = {}): Case => ({
  name: `columns ${what}, ${options.format ?? 'parquet'}`,
  sql: `SELECT ${names.map((name, place) => `if(i % 9 = 0, NULL, hash(i * 31 + ${place}) % 17)::DOUBLE AS ${quoteName(name)}`).join(', ')},
    hash(i) % 3 > 0 AS y FROM range(200) AS t(i)`,
  features: `numeric: ${JSON.stringify(options.read ?? names)}`,
  ...options,
});

const spaces = ['', ' ', 'a', 'a ', ' a', 'a\u00a0', '\u200ba', 'a\tb', 'a\nb', 'a\r\nb', '\ufeffa', '\ufeff'];
const letters = ['A', 'ä', 'a\u0308', 'ß', 'SS', 'ss', 'ﬁ', 'fi', 'İ', 'i', 'ı', 'I', '𝒳', '👩‍👩‍👧', '👩'];
const words = ['nan', 'NaN', 'None', 'NULL', 'null', 'true', 'True', '1', '1.0', '01', '1e0', '-0', '0', '"', "'", '\\', '\\n', ',', ';'];
const texts = [...spaces, ...letters, ...words].map(quoteText);
const withNul = [...texts, `'a' || chr(0) || 'b'`, `chr(0)`];
const doubles = ['0.0', '-0.0', '1.0', '1e15', '1e16', '123456789012345680', '1e-4', '1e-5', '9.999e-5', '0.1', '1e22', '16777217', '-1.5'];
const extremes = ['1e100', '5e-324', '1.7976931348623157e308', "'inf'", "'-inf'", "'nan'", '0.30000000000000004', '1e39', 'NULL'];
const floats = [
  '0.0',
  '-0.0',
  '0.1',
  '1e7',
  '123456789',
  '1e15',
  '1e16',
  '1e-4',
  '1e-5',
  '1e-45',
  '3.4028235e38',
  "'inf'",
  "'nan'",
  'NULL',
];
const rounded = [
  '0.1',
  '0.10000000149011612',
  '0.10000000521540642',
  '16777216',
  '16777217',
  '16777218',
  '33554433.5',
  '1.00000005960464477539',
];
const edges = ['1.00000005960464489', '3.4028235677973366e38', '3.4028235677973362e38', '1.4012984643248171e-45', '7.006492321624085e-46'];
const large = ['9007199254740991', '-9007199254740991', '9007199254740990', '0', '-1', '4503599627370497'];
const beyond = ['9007199254740992', '9007199254740993', '-9007199254740993', '9223372036854775807', '-9223372036854775808', '1'];
const decimals = ['0', '0.0000000001', '1.5', '-1.5', '100000', 'NULL'];
const moments = [
  ...['1969-12-31 23:59:59.999999', '1970-01-01', '1969-12-31 23:00:00', '1900-02-28 12:00:00', '1900-03-01', '1752-09-03 01:02:03.000001'],
  ...['2000-02-29 23:59:59', '2262-04-11', '1999-12-31 00:00:00.5'],
].map(quoteText);
const nanoseconds = [...moments.slice(0, 5), "'1969-12-31 23:59:59.999999999'", "'1999-12-31 23:59:59.9999999'"];
const days = ["'1969-12-31'", "'1970-01-01'", "'1600-02-29'", "'0001-01-01'", "'9999-12-31'", "'1900-03-01'", 'NULL'];

const cases: readonly Case[] = [
  levels('texts', 'VARCHAR', withNul),
  levels('texts', 'VARCHAR', withNul, { encode: 'one_hot', trainer: 'logistic' }),
  levels('texts', 'VARCHAR', withNul, { encode: 'target' }),
  levels('texts', 'VARCHAR', withNul, { format: 'jsonl' }),
  levels('texts', 'VARCHAR', texts, { format: 'csv' }),
  levels('doubles', 'DOUBLE', [...doubles, ...extremes]),
  levels('doubles', 'DOUBLE', [...doubles, ...extremes], { format: 'csv' }),
  levels('floats', 'FLOAT', floats),
  levels('decimals', 'DECIMAL(20,10)', decimals),
  levels('integers beyond 2^53', 'BIGINT', beyond),
  levels('moments', 'TIMESTAMP', [...moments, 'NULL']),
  levels('moments with a zone', 'TIMESTAMPTZ', [...moments, 'NULL'], { onlyByLoader: true }),
  levels('nanoseconds', 'TIMESTAMP_NS', nanoseconds),
  levels('days', 'DATE', days, { onlyByLoader: true }),
  numbers('doubles', 'DOUBLE', [...doubles, ...extremes]),
  numbers('doubles', 'DOUBLE', [...doubles, ...extremes], { format: 'csv' }),
  numbers('doubles', 'DOUBLE', doubles, { format: 'jsonl' }),
  numbers('doubles that float32 rounds', 'DOUBLE', [...rounded, ...edges]),
  numbers('doubles that float32 rounds', 'DOUBLE', rounded, { trainer: 'logistic' }),
  numbers('integers up to 2^53', 'BIGINT', large),
  numbers('integers up to 2^53', 'BIGINT', large, { format: 'csv' }),
  numbers('integers up to 2^53', 'BIGINT', large, { format: 'jsonl' }),
  numbers('subnormal floats', 'FLOAT', ['1e-40', '2e-40', '1e-41', '-7e-40', '0', '-0.0', '3.5e-40']),
  numbers('huge doubles', 'DOUBLE', ['1e30', '2e30', '-7e30', '3.5e30'], { trainer: 'logistic' }),
  times('moments', 'TIMESTAMP', [...moments, 'NULL']),
  times('moments', 'TIMESTAMP', [...moments, 'NULL'], { format: 'csv' }),
  times('moments', 'TIMESTAMP', moments, { format: 'jsonl', onlyByLoader: true }),
  times('moments with a zone', 'TIMESTAMPTZ', [...moments, 'NULL'], { onlyByLoader: true }),
  times('nanoseconds', 'TIMESTAMP_NS', nanoseconds),
  times('days', 'DATE', days, { onlyByLoader: true }),
  classes('by case', ["'a'", "'A'", "'b'", "'B'"]),
  classes('by their spelling in Unicode', ["'ä'", `'a\u0308'`, "' x'", "'x '", `'\ufeffx'`]),
  classes('with nothing in them, or nothing to see', ["''", "' '", "'a' || chr(0) || 'b'", "'a'"]),
  classes('like numbers', ["'01'", "'1'", "'1.0'"], { format: 'csv' }),
  columns('by case', ['a', 'A'], { read: ['a', 'A_1'], onlyByLoader: true }),
  columns('that objects have anyway', ['__proto__', 'constructor', 'toString', 'hasOwnProperty']),
  columns('that objects have anyway', ['__proto__', 'constructor', 'toString'], { format: 'csv' }),
  columns('by spaces', [' a', 'a ', 'a  b', 'a\tb']),
  columns('by their spelling in Unicode', ['ä', 'a\u0308']),
  columns('like an index', ['index', 'level_0', 'None', 'nan'], { format: 'csv' }),
];

const fileOf = (format: Case['format']): string => `rows.${format ?? 'parquet'}`;

/** Trains on the rows and predicts them again. */
async function make(folder: string, { sql, features, declared = '{}', trainer, format }: Case): Promise<void> {
  mkdirSync(folder);
  const file = fileOf(format);
  await connection.run(`COPY (${sql}) TO ${quoteText(join(folder, file))} (FORMAT ${format === 'jsonl' ? 'json' : (format ?? 'parquet')})`);
  const trees = 'params: {max_iter: 30, min_samples_leaf: 1, learning_rate: 0.3}';
  writeFileSync(
    join(folder, 'millwright.yaml'),
    `name: awkward
environment: development
datasets: {rows: {path: ${file}, columns: ${declared}}}
features: {f: {target: y, ${features}}}
stages:
  train:
    {uses: train, dataset: rows, features: f, leakage: {severity: {shared_rows: warn, association: warn}}, ${trainer === undefined ? trees : `trainer: ${trainer}`}}
`,
  );
  const project = await requireProject(folder);
  const { context } = stageContext();
  const [modelFolder, asOf] = [join(folder, 'model'), new Date(0)];
  const stage = project.stages.train as TrainStage;
  await trainModel({ project, stage, asOf, outputFolder: modelFolder, onRound: () => undefined }, context);
  await predictToFile({ project, dataset: 'rows', modelFolder, output: join(folder, 'ours.parquet'), asOf }, context);
}

const folderOf = (index: number): string => join(root, String(index));

describe('awkward values', () => {
  it.each(cases.map((each, index) => ({ ...each, index })))('$name: are learned', async ({ index, ...each }) => {
    await make(folderOf(index), each);
  });

  it('mean the same to pandas and MLflow', async () => {
    const listed = cases.map(({ format, onlyByLoader }, index) => ({
      folder: folderOf(index),
      file: fileOf(format),
      byMlflow: onlyByLoader !== true,
    }));
    writeFileSync(join(root, 'listing.json'), JSON.stringify(listed));
    const { models, failures } = await runPython<{ models: number; failures: { folder: string; error: string }[] }>(
      'mlflow-newest',
      'check_files.py',
      { cwd: root, args: [join(root, 'listing.json')] },
    );
    expect(failures.map(({ folder, error }) => ({ case: cases[Number(folder)]?.name, error }))).toEqual([]);
    expect(models).toBe(cases.length);
  });
});
