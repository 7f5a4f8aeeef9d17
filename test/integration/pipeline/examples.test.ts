/** The examples, as a newcomer runs them: the whole life of each, and what its README says of it. */
import { readdirSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { exampleFolder, exampleNamed, examples, placeData, type ExampleName } from '../../../scripts/prepareExample.ts';
import { requireProject } from '../../../src/engine/project/loadProject.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import type { PipelineResult } from '../../../src/protocol/pipeline.ts';
import { run, states } from '../../support/millwright.ts';
import { temporaryFolder } from '../../support/project.ts';

async function prepare(name: ExampleName): Promise<string> {
  const root = temporaryFolder(name);
  await cp(join(exampleFolder(name), 'millwright.yaml'), join(root, 'millwright.yaml'));
  await placeData(name, root);
  return root;
}

async function rowsOf(root: string, file: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const result = await connection.runAndReadAll(`select * from '${join(root, file).replaceAll("'", "''")}'`);
  connection.closeSync();
  return result.getRowObjectsJson();
}

/** The figures of the run of a train stage. */
async function figuresOf(root: string, result: PipelineResult, stage: string): Promise<Readonly<Record<string, number>>> {
  const runId = result.stages.find(({ name }) => name === stage)?.runId ?? '';
  await using reader = openStore({ root }).tracking();
  return (await reader.run(runId))?.metrics ?? {};
}

it('every example has a README, a project without faults, and a name that can be asked for', async () => {
  const folders = readdirSync(join(exampleFolder('flight-delays'), '..')).sort();
  expect(folders).toEqual(Object.keys(examples).sort());
  for (const name of Object.keys(examples) as ExampleName[]) {
    expect((await requireProject(exampleFolder(name))).name).toBe(name);
    const readme = await readFile(join(exampleFolder(name), 'README.md'), 'utf8');
    const { stages } = await requireProject(exampleFolder(name));
    for (const stage of Object.keys(stages)) expect(readme, `${name} ${stage}`).toContain(`| \`${stage}\` |`);
  }
  expect(() => exampleNamed('flights')).toThrow('flight-delays, movie-ratings, penguin-species');
});

it('movie-ratings: a regression with missing values, whose trees beat the line on later films', async () => {
  const root = await prepare('movie-ratings');
  const result = await run(root);
  expect(new Set(Object.values(states(result)))).toEqual(new Set(['done']));
  const trees = await figuresOf(root, result, 'train');
  const line = await figuresOf(root, result, 'line');
  expect(trees.r2_score).toBeGreaterThan(0.35);
  expect(trees.root_mean_squared_error).toBeLessThan(0.95);
  expect(line.validation_root_mean_squared_error).toBeGreaterThan(0.9);
  const evaluated = result.stages.find(({ name }) => name === 'evaluate')?.metrics ?? [];
  const error = evaluated.find(({ name }) => name === 'root_mean_squared_error');
  expect(error?.baseline).toBeGreaterThan(error?.value ?? NaN);

  const predicted = await rowsOf(root, 'predictions.csv');
  const rejected = await rowsOf(root, 'predictions.rejects.csv');
  expect([predicted.length, rejected.length]).toEqual([208, 5]);
  expect(rejected.map(({ title }) => title)).toContain('Intolerance');
  for (const { reason } of rejected) expect(reason).toMatch(/^"released" is 20\d\d-.*, above the largest allowed, 2011-12-31$/);
  for (const { prediction } of predicted) expect(Number(prediction)).toSatisfy((rating: number) => rating > 1 && rating < 10);

  expect(new Set(Object.values(states(await run(root))))).toEqual(new Set(['unchanged']));
});

it('penguin-species: three classes in five folds, measured with their spread', async () => {
  const root = await prepare('penguin-species');
  const result = await run(root);
  expect(new Set(Object.values(states(result)))).toEqual(new Set(['done']));
  for (const stage of ['train', 'trees']) {
    const figures = await figuresOf(root, result, stage);
    expect(figures.validation_accuracy_score, stage).toBeGreaterThan(0.96);
    expect(figures.validation_accuracy_score_std, stage).toBeGreaterThan(0);
    expect(figures.validation_accuracy_score_std, stage).toBeLessThan(0.03);
  }
  const predicted = await rowsOf(root, 'predictions.jsonl');
  expect(predicted).toHaveLength(68);
  expect(predicted.filter(({ species, prediction }) => species === prediction).length).toBeGreaterThan(64);
  for (const row of predicted) {
    const sum = ['Adelie', 'Chinstrap', 'Gentoo'].reduce((total, name) => total + Number(row[`probability_${name}`]), 0);
    expect(sum).toBeCloseTo(1, 5);
  }
});
