/** Models to ask several runtimes about: generated ones, and those of the examples. */
import { cpSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { exampleFolder, examples, placeData, type ExampleName } from '../../scripts/prepareExample.ts';
import { quoteText } from '../../src/engine/data/sql/sqlText.ts';
import { requireProject } from '../../src/engine/project/loadProject.ts';
import { generateModel } from './generatedModels.ts';
import { modelOf, rowsFor, trainGenerated, writeGenerated } from './generatedTraining.ts';
import type { ModelRows } from './threeRuntimes.ts';

/** Trains the generated models of the seeds. */
export async function generatedRows(root: string, seeds: readonly number[]): Promise<ModelRows[]> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const models: ModelRows[] = [];
  for (const seed of seeds) {
    const folder = join(root, String(seed));
    const generated = generateModel(seed);
    const project = await writeGenerated(connection, folder, generated);
    await trainGenerated(folder, project);
    models.push({ name: generated.name, folder: modelOf(folder), rows: await rowsFor(modelOf(folder), project, 'fresh') });
  }
  connection.closeSync();
  return models;
}

/**
 * Trains every model of an example, in a copy of its folder.
 * @param every one row of so many, where the data is a Parquet file
 */
export async function exampleRows(root: string, example: ExampleName, every = 1): Promise<ModelRows[]> {
  const folder = join(root, example);
  cpSync(join(exampleFolder(example), 'millwright.yaml'), join(folder, 'millwright.yaml'));
  await placeData(example, folder);
  if (every > 1) await thinOut(join(folder, 'data', examples[example].data), every);
  const project = await requireProject(folder);
  const models: ModelRows[] = [];
  for (const [name, stage] of Object.entries(project.stages)) {
    if (!('uses' in stage) || stage.uses !== 'train') continue;
    const own = join(folder, name);
    await mkdir(own);
    await trainGenerated(own, project, name);
    models.push({ name: `${example}: ${name}`, folder: modelOf(own), rows: await rowsFor(modelOf(own), project, stage.dataset) });
  }
  return models;
}

async function thinOut(file: string, every: number): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run(`CREATE TABLE kept AS SELECT * FROM ${quoteText(file)} QUALIFY row_number() OVER () % ${every} = 0`);
  await rm(file);
  await connection.run(`COPY kept TO ${quoteText(file)} (FORMAT parquet)`);
  connection.closeSync();
}
