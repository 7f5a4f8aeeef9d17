/** A model over columns of every stored type is asked by real MLflow, with frames of every kind pandas has. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quoteText } from '../../src/engine/data/sql/sqlText.ts';
import { predictToFile } from '../../src/engine/inference/prediction/predict.ts';
import { requireProject } from '../../src/engine/project/loadProject.ts';
import type { TrainStage } from '../../src/engine/project/definitions/stages/trainStage.ts';
import { trainModel } from '../../src/engine/training/trainModel.ts';
import { makeFolder } from '../support/project.ts';
import { runPython } from '../support/python.ts';
import { stageContext } from '../support/trainingProject.ts';

const root = makeFolder('frames');
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Each column tells part of the target, so that no tree can do without it. */
const table = `
SELECT
  (i % 7)::BIGINT AS long, if(i % 5 = 0, NULL, (i % 9)::BIGINT) AS "gap long",
  (i % 7)::INTEGER AS int, if(i % 5 = 0, NULL, (i % 9)::SMALLINT) AS "gap short", (i % 11)::UBIGINT AS unsigned,
  ((i * 31) % 101)::DOUBLE AS double, ((i * 17) % 89)::FLOAT / 3 AS float, ((i * 13) % 97 / 7)::DECIMAL(9, 2) AS decimal,
  i % 2 = 0 AS flag, if(i % 5 = 0, NULL, i % 3 = 0) AS "gap flag",
  timestamp '2001-01-01' + to_hours((i * 7)::INTEGER) AS stamp,
  if(i % 5 = 0, NULL, timestamp '1961-01-01 00:00:00.5' + to_hours((i * 11)::INTEGER)) AS "gap stamp",
  timestamptz '2001-01-01 00:00:00+02' + to_hours((i * 5)::INTEGER) AS zoned,
  date '2001-01-01' + i::INTEGER AS day, if(i % 5 = 0, NULL, date '1901-01-01' + i::INTEGER) AS "gap day",
  (timestamp '2001-01-01' + to_minutes((i * 19)::INTEGER))::TIMESTAMP_NS AS nanos,
  (timestamp '2001-01-01 00:00:00.5' + to_minutes((i % 5)::INTEGER))::TIME AS time,
  if(i % 5 = 0, NULL, 'l' || (i % 4)) AS text, ('a' || (i % 3))::ENUM('a0', 'a1', 'a2') AS enum,
  CAST(CAST((i % 4) AS VARCHAR) || '0000000-0000-4000-8000-000000000000' AS UUID) AS uuid,
  (i % 3)::BIGINT AS "long level", if(i % 5 = 0, NULL, (i % 3)::BIGINT) AS "gap level", (i % 3)::DOUBLE / 2 AS "double level",
  (i % 3)::FLOAT / 10 AS "float level", i % 2 = 0 AS "flag level", date '2001-01-01' + (i % 3)::INTEGER AS "day level",
  (i * 7919) % 1009 > 500 AS target
FROM range(400) AS t(i)`;

const numbers = ['long', 'gap long', 'int', 'gap short', 'unsigned', 'double', 'float', 'decimal', 'flag', 'gap flag'];
const levels = ['time', 'text', 'enum', 'uuid', 'long level', 'gap level', 'double level', 'float level', 'flag level', 'day level'];
const times = ['stamp', 'gap stamp', 'zoned', 'day', 'gap day', 'nanos'];

beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`COPY (${table}) TO ${quoteText(join(root, 'rows.parquet'))}`);
  connection.closeSync();
  const columns = levels.filter((name) => name.endsWith('level')).map((name) => `${name}: {type: category}`);
  const cyclical = times.map((name, index) => `t${index}: {value: 'hour("${name}") + minute("${name}") + day("${name}")', period: 97}`);
  writeFileSync(
    join(root, 'millwright.yaml'),
    `name: frames
datasets: {rows: {path: rows.parquet, columns: {${columns.join(', ')}}}}
features: {f: {target: target, numeric: [${numbers.join(', ')}], categorical: [${levels.join(', ')}], cyclical: {${cyclical.join(', ')}}}}
stages: {train: {uses: train, dataset: rows, features: f, params: {max_iter: 60, min_samples_leaf: 2, max_features: 0.3}}}
`,
  );
  const project = await requireProject(root);
  const { context } = stageContext();
  const [modelFolder, asOf] = [join(root, 'model'), new Date(0)];
  const stage = project.stages.train as TrainStage;
  await trainModel({ project, stage, asOf, outputFolder: modelFolder, onRound: () => undefined }, context);
  await predictToFile({ project, dataset: 'rows', modelFolder, output: join(root, 'ours.parquet'), asOf }, context);
});

interface Answers {
  readonly results: Readonly<Record<string, number>>;
  readonly 'rows of no rows': number;
  readonly signature: Readonly<Record<string, string>>;
  readonly flavors: readonly string[];
  readonly 'onnx flavor': readonly string[];
  readonly served: number;
  readonly errors: Readonly<Record<string, string | null>>;
}

describe.each(['mlflow-2', 'mlflow-newest'] as const)('a model asked with %s', (environment) => {
  it('says what Millwright says, however the frame holds its rows', async () => {
    const answers = await runPython<Answers>(environment, 'check_frames.py', { cwd: root, args: [root] });
    for (const [asked, difference] of Object.entries(answers.results)) {
      expect({ asked, isSame: difference >= 0 && difference < 1e-6 }).toEqual({ asked, isSame: true });
    }
    expect(answers['rows of no rows']).toBe(0);
    expect(answers.flavors).toEqual(['onnx', 'python_function']);
    expect(answers['onnx flavor']).toEqual(Object.keys(answers.signature));
    expect(answers.served).toBe(5);
    expect(answers.errors['missing column']).toContain('text');
    expect(answers.errors['numbers for times']).toBe(
      "the column 'stamp' (int64) does not fit the model: timestamps are needed, not numbers",
    );
    expect(answers.errors['text for numbers']).toContain("the column 'double'");
    expect(answers.signature).toEqual({
      ...Object.fromEntries(times.map((name) => [name, 'datetime'])),
      ...Object.fromEntries(['time', 'text', 'enum', 'uuid'].map((name) => [name, 'string'])),
      ...Object.fromEntries(['long', 'int', 'unsigned', 'long level'].map((name) => [name, 'long'])),
      ...Object.fromEntries(
        ['gap long', 'gap short', 'gap flag', 'double', 'float', 'decimal', 'gap level', 'double level', 'float level'].map((name) => [
          name,
          'double',
        ]),
      ),
      ...Object.fromEntries(['flag', 'flag level'].map((name) => [name, 'boolean'])),
      'day level': 'datetime',
    });
  });
});
