/** Generated models as folders: their data, their project, what training makes of them, and the rows that training did not have. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Chunk } from '../../src/engine/data/rows/columns.ts';
import { openDataset } from '../../src/engine/data/dataset/openDataset.ts';
import { quoteText } from '../../src/engine/data/sql/sqlText.ts';
import { readModelFile } from '../../src/engine/inference/scoring/openModel.ts';
import { readingOf } from '../../src/engine/inference/prediction/planPrediction.ts';
import type { Project } from '../../src/engine/project/definitions/project.ts';
import type { TrainStage } from '../../src/engine/project/definitions/stages/trainStage.ts';
import { requireProject } from '../../src/engine/project/loadProject.ts';
import { trainModel } from '../../src/engine/training/trainModel.ts';
import { tableSql, type GeneratedModel } from './generatedModels.ts';
import { stageContext } from './trainingProject.ts';

export const asOf = new Date(0);

/** The folder of the trained model. */
export const modelOf = (folder: string): string => join(folder, 'model');

/** Writes data and project into the folder. */
export async function writeGenerated(
  connection: DuckDBConnection,
  folder: string,
  { columns, trainingRows, yaml }: GeneratedModel,
): Promise<Project> {
  mkdirSync(folder);
  const rows = columns[0]?.values.length ?? 0;
  for (const [name, from, to] of [
    ['known', 0, trainingRows],
    ['fresh', trainingRows, rows],
  ] as const) {
    await connection.run(`COPY (${tableSql(columns, from, to)}) TO ${quoteText(join(folder, `${name}.parquet`))}`);
  }
  writeFileSync(join(folder, 'millwright.yaml'), `name: test\nenvironment: development\n${yaml}`);
  return requireProject(folder);
}

/** Trains a stage of the project into {@link modelOf} the folder. */
export async function trainGenerated(folder: string, project: Project, stageName = 'train'): Promise<void> {
  const stage = project.stages[stageName] as TrainStage;
  await trainModel({ project, stage, asOf, outputFolder: modelOf(folder), onRound: () => undefined }, stageContext().context);
}

/** The first chunk of a data set, as the model in the folder reads it. */
export async function rowsFor(modelFolder: string, project: Project, dataset: string): Promise<Chunk> {
  const { budget, signal } = stageContext().context;
  const { description } = await readModelFile(modelFolder);
  const reading = readingOf(description);
  await using reader = await openDataset(project, dataset, { asOf, budget, signal, reading, setsAside: true });
  for await (const chunk of reader.chunks({ columns: Object.keys(reading.columns), chunkRows: 2048, signal })) return chunk;
  throw new RangeError(`${dataset} has no rows`);
}
