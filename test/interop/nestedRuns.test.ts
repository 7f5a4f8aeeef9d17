/** Folds and seeds as real MLflow finds them, and figures of folds as scikit-learn computes them. */
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainStage } from '../../src/engine/project/definitions/stages/trainStage.ts';
import { openStore } from '../../src/engine/stores/openStore.ts';
import type { StageOutcome } from '../../src/protocol/pipeline.ts';
import { run, writeFiles } from '../support/millwright.ts';
import { makeFolder } from '../support/project.ts';
import { runPython } from '../support/python.ts';
import { metricsOf, recordNested, train, writeProject, type RecordedRun } from '../support/trainingProject.ts';

const data = join(import.meta.dirname, '../../node_modules/vega-datasets/data');
const weather = join(data, 'seattle-weather.csv');

const root = makeFolder('nested');
let stages: ReadonlyMap<string, StageOutcome>;
beforeAll(async () => {
  copyFileSync(join(data, 'penguins.json'), join(root, 'penguins.json'));
  writeFiles(root, { 'millwright.yaml': projectFile });
  const result = await run(root);
  if (result.state !== 'succeeded') throw new Error(result.error?.message);
  stages = new Map(result.stages.map((stage) => [stage.name, stage]));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const projectFile = `
name: penguins
environment: development
seed: 7
datasets:
  all: {path: penguins.json, columns: {Species: {type: category}, Island: {type: category}}}
features:
  adelie:
    target: {adelie: "Species = 'Adelie'"}
    numeric: [Beak Length (mm), Body Mass (g)]
    categorical: {Island: {encode: target}}
stages:
  folds: {uses: train, dataset: all, features: adelie, params: {max_iter: 12}, validation: {split: kfold, folds: 3}}
  seeds: {uses: train, dataset: all, features: adelie, params: {max_iter: 12}, seeds: 2, needs: [folds]}
`;

interface SeenRun {
  readonly name: string;
  readonly status: string;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly rounds: number;
  readonly inputs: readonly { readonly context: string; readonly profile: { readonly num_rows: number; readonly missing: object } }[];
}

interface Seen {
  readonly parent: SeenRun;
  readonly children: readonly SeenRun[];
  readonly runs: number;
}

// MLflow 2.22 first: the newest upgrades the file, after which 2.22 refuses it.
describe.each(['mlflow-2', 'mlflow-newest'] as const)('%s finds by its own search', (environment) => {
  const see = async (stage: string): Promise<Seen> =>
    runPython<Seen>(environment, 'nested_runs.py', { cwd: root, args: [stages.get(stage)?.runId ?? ''] });

  it('the folds of a run, whole, and their mean and spread in it', async () => {
    const { parent, children, runs } = await see('folds');
    expect(runs).toBe(7); // two runs, three folds, two seeds
    expect(children.map(({ name, status, rounds }) => [name, status, rounds])).toEqual(
      ['fold 1', 'fold 2', 'fold 3'].map((name) => [name, 'FINISHED', 12]),
    );
    const figures = children.map(({ metrics }) => metrics.validation_roc_auc ?? NaN);
    const mean = figures.reduce((sum, value) => sum + value, 0) / 3;
    expect(parent.metrics.validation_roc_auc).toBeCloseTo(mean, 12);
    const squares = figures.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    expect(parent.metrics.validation_roc_auc_std).toBeCloseTo(Math.sqrt(squares / 2), 12);
    expect(parent.params).toMatchObject({ refit: 'all rows', validation_folds: '3' });
    expect(parent.inputs).toMatchObject([{ context: 'training', profile: { num_rows: 344, missing: { 'Body Mass (g)': 2 } } }]);
    expect(children.map(({ params }) => params.fold)).toEqual(['1', '2', '3']);
    for (const { inputs } of children) {
      const rows = Object.fromEntries(inputs.map(({ context, profile }) => [context, profile.num_rows]));
      expect((rows.training ?? 0) + (rows.validation ?? 0)).toBe(344);
    }
  });

  it('the seeds of a run', async () => {
    const { parent, children } = await see('seeds');
    expect(children.map(({ name, status, rounds, params }) => [name, status, rounds, params.seed])).toEqual([
      ['seed 7', 'FINISHED', 12, '7'],
      ['seed 8', 'FINISHED', 12, '8'],
    ]);
    expect(parent.metrics.validation_roc_auc_std).toBeGreaterThan(0);
    expect(parent.params).toMatchObject({ seeds: '2', seed: '7' });
  });
});

it('the run of folds holds what was read, and undoing it would take its folds along', async () => {
  await using reader = openStore({ root }).tracking();
  const parent = await reader.run(stages.get('folds')?.runId ?? '');
  const read = JSON.parse(readFileSync(join(parent!.artifactUri, 'data', 'folds.json'), 'utf8')) as unknown;
  expect(read).toMatchObject({ version: 1, stage: 'folds', parts: [{ dataset: 'all', context: 'training', rows: 344 }] });
  const tag = { 'millwright.operation': parent!.tags['millwright.operation']! };
  expect((await reader.summaries({ tags: tag })).items.map(({ name }) => name).sort()).toEqual(['fold 1', 'fold 2', 'fold 3', 'folds']);
});

it('scikit-learn computes the same figures for every fold, and the same mean and spread', async () => {
  const yaml = `
datasets: {weather: {path: ${weather}, time: date, columns: {date: {type: timestamp}}}}
features:
  heat:
    target: temp_max
    numeric:
      precipitation: {value: "case when precipitation >= 4 then precipitation end", impute: median, scale: standard}
      wind: {value: "case when wind >= 4 then wind end", impute: median, scale: standard}
stages:
  train: {uses: train, dataset: weather, features: heat, trainer: linear, params: {alpha: 2}, validation: {split: kfold, folds: 4}}
`;
  await using project = await writeProject(yaml, [{ none: 0 }]);
  const runs: RecordedRun[] = [];
  const { figures } = await train(project, {} satisfies Partial<TrainStage>, { nested: recordNested(runs) });
  const theirs = await runPython<{
    readonly folds: readonly Readonly<Record<string, number>>[];
    readonly mean: Readonly<Record<string, number>>;
    readonly std: Readonly<Record<string, number>>;
  }>('mlflow-newest', 'fold_metrics.py', { cwd: root, args: [weather, 'date', 'temp_max', 'precipitation,wind', '4', '2'] });
  expect(theirs.folds).toHaveLength(4);
  for (const [fold, metrics] of theirs.folds.entries()) {
    const ours = { ...runs[fold]!.rounds.at(-1)!.metrics, ...metricsOf(runs[fold]!) };
    for (const [name, value] of Object.entries(metrics)) expect(ours[`validation_${name}`]).toBeCloseTo(value, 5);
  }
  for (const [name, mean] of Object.entries(theirs.mean)) {
    expect(figures[`validation_${name}`]).toBeCloseTo(mean, 5);
    expect(figures[`validation_${name}_std`]).toBeCloseTo(theirs.std[name] ?? NaN, 5);
  }
});
