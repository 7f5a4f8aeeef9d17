/** Hundreds of generated models: ours, Python's ONNX Runtime and mlflow.pyfunc give the same numbers on the same raw columns. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/engine/data/dataset/openDataset.ts';
import { openModel } from '../../src/engine/inference/scoring/openModel.ts';
import { predictToFile } from '../../src/engine/inference/prediction/predict.ts';
import { readingOf } from '../../src/engine/inference/prediction/planPrediction.ts';
import { predictionColumns, predictionVectors } from '../../src/engine/inference/prediction/predictionColumns.ts';
import type { Project } from '../../src/engine/project/definitions/project.ts';
import { generateModel, withOneClass } from '../support/generatedModels.ts';
import { asOf, modelOf, trainGenerated, writeGenerated } from '../support/generatedTraining.ts';
import { makeFolder } from '../support/project.ts';
import { runPython } from '../support/python.ts';
import { sweep } from '../support/sweep.ts';
import { stageContext } from '../support/trainingProject.ts';

const count = sweep({ sample: 48, whole: 320 });
/** Blocks run beside each other: while Python asks the models of one, those of another are trained. */
const blocks = Array.from({ length: 4 }, (_, block) =>
  Array.from({ length: count }, (_unused, seed) => seed).filter((seed) => seed % 4 === block),
);
/** Enough to see that the older MLflow and pandas read the same; these are predicted by the way from file to file, too. */
const isThorough = (seed: number): boolean => Math.floor(seed / 4) % 8 === 0;

const root = makeFolder('generated');
let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
});
afterAll(() => {
  connection.closeSync();
  rmSync(root, { recursive: true, force: true });
});

const folderOf = (seed: number): string => join(root, String(seed));

/** Predicts the rows that training did not have, as columns in JSON. */
async function predict(folder: string, project: Project): Promise<void> {
  const { budget, signal } = stageContext().context;
  await using model = await openModel(modelOf(folder), { threads: 1 });
  const { description } = model;
  const reading = readingOf(description);
  await using reader = await openDataset(project, 'fresh', { asOf, budget, signal, reading, setsAside: true });
  const columns = Object.fromEntries(predictionColumns(description).map(({ name }) => [name, [] as unknown[]]));
  for await (const chunk of reader.chunks({ columns: Object.keys(reading.columns), signal })) {
    const vectors = predictionVectors(description, await model.score(chunk));
    Object.values(columns).forEach((values, index) => values.push(...(vectors[index]?.values ?? [])));
  }
  writeFileSync(join(folder, 'ours.json'), JSON.stringify(columns));
}

async function make(seed: number): Promise<void> {
  const folder = folderOf(seed);
  const project = await writeGenerated(connection, folder, generateModel(seed));
  await trainGenerated(folder, project);
  await predict(folder, project);
  if (!isThorough(seed)) return;
  const options = { project, dataset: 'fresh', modelFolder: modelOf(folder), output: join(folder, 'ours.parquet'), asOf };
  await predictToFile(options, stageContext().context);
}

interface Verdict {
  readonly models: number;
  readonly failures: readonly { readonly folder: string; readonly error: string }[];
}

async function ask(environment: 'mlflow-newest' | 'mlflow-2', seeds: readonly number[]): Promise<number> {
  const listing = join(root, `${environment}-${seeds.join('-').slice(0, 40)}.json`);
  writeFileSync(listing, JSON.stringify(seeds.map(folderOf)));
  const { models, failures } = await runPython<Verdict>(environment, 'check_models.py', { cwd: root, args: [listing] });
  expect(failures.map(({ folder, error }) => ({ model: generateModel(Number(folder)).name, error }))).toEqual([]);
  return models;
}

describe('generated models', () => {
  it.concurrent.each(blocks.map((seeds, block) => ({ block, seeds })))(
    'block $block: pass the full check of onnx; onnxruntime and mlflow.pyfunc, newest and 2.22, say on raw columns what Millwright says',
    { timeout: 1_200_000 },
    async ({ seeds }) => {
      const failures: { model: string; error: string; yaml: string }[] = [];
      for (const seed of seeds) {
        await make(seed).catch((error: unknown) => {
          const { name, yaml } = generateModel(seed);
          failures.push({ model: name, error: String(error), yaml: yaml.slice(0, 3000) });
        });
      }
      expect(failures).toEqual([]);
      const chosen = seeds.filter(isThorough);
      expect([await ask('mlflow-newest', seeds), await ask('mlflow-2', chosen)]).toEqual([seeds.length, chosen.length]);
    },
  );

  it('are of every trainer and task, no two alike, from one column to a thousand', () => {
    const names = Array.from({ length: 320 }, (_, seed) => generateModel(seed).name);
    expect(new Set(names).size).toBeGreaterThanOrEqual(300);
    const families = new Set(names.map((name) => name.split(' of ')[0]));
    expect(families.size).toBe(6);
    expect(names.some((name) => name.includes('of 1 column ')) && names.some((name) => name.includes('of 1000 columns'))).toBe(true);
  });

  it.each([0, 1, 3, 4 + 6])('are refused where the target has one class (seed %i)', async (seed) => {
    const folder = join(root, `one class ${seed}`);
    const project = await writeGenerated(connection, folder, withOneClass(generateModel(seed)));
    await expect(trainGenerated(folder, project)).rejects.toMatchObject({ code: 'training.oneClass' });
  });
});
