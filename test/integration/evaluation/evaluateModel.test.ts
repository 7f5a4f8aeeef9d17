/** Evaluation from files to report: a real data set, real models, and every way in which they may not fit together. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancelledError } from '../../../src/base/abort.ts';
import { createRandom } from '../../../src/base/random.ts';
import { comparedModels } from '../../../src/engine/evaluation/report/comparison.ts';
import { evaluateModel } from '../../../src/engine/evaluation/evaluateModel.ts';
import { loadProject } from '../../../src/engine/project/loadProject.ts';
import type { Project } from '../../../src/engine/project/definitions/project.ts';
import type { EvaluateStage } from '../../../src/engine/project/definitions/stages/evaluateStage.ts';
import type { TrainStage } from '../../../src/engine/project/definitions/stages/trainStage.ts';
import { trainModel } from '../../../src/engine/training/trainModel.ts';
import type { EvaluationReport } from '../../../src/protocol/evaluation.ts';
import type { StageContext } from '../../../src/protocol/stageContext.ts';
import { makeFolder } from '../../support/project.ts';

const asOf = new Date('2026-01-01T00:00:00Z');
const rows = 1500;

const yaml = `
name: churn
seed: 42
environment: development
datasets:
  train: {path: train.csv, columns: {plan: {type: category}}}
  test: {path: test.csv, columns: {plan: {type: category}}}
  gone: {from: test, where: "age > 1000"}
  only_stays: {from: test, where: "churned = 'stays'"}
  holes: {path: holes.csv, columns: {plan: {type: category}}}
  strange: {path: strange.csv, columns: {plan: {type: category}}}
  narrow: {path: narrow.csv}
features:
  churn: {target: churned, numeric: [age], categorical: [plan]}
  spending: {target: churned, numeric: [spend]}
  young: {target: {young: "age < 40"}, numeric: [spend]}
  spend: {target: spend, numeric: [age], categorical: [plan]}
  plan: {target: plan, numeric: [age, spend]}
stages:
  train: {uses: train, dataset: train, features: churn, params: {max_iter: 20}, threshold: {maximize: f1_score}}
  weak: {uses: train, dataset: train, features: spending, params: {max_iter: 20}}
  spend: {uses: train, dataset: train, features: spend, params: {max_iter: 20}}
  plan: {uses: train, dataset: train, features: plan, params: {max_iter: 20}}
  young: {uses: train, dataset: train, features: young, params: {max_iter: 20}}
`;

interface Customer {
  readonly age: number;
  readonly plan: string;
  readonly spend: number;
  readonly churned: string;
}

function customers(seed: number): Customer[] {
  const random = createRandom(seed);
  return Array.from({ length: rows }, () => {
    const age = 20 + Math.floor(random.nextFloat() * 60);
    const plan = ['basic', 'plus', 'pro'][Math.floor(random.nextFloat() * 3)] ?? 'basic';
    const leaning = (age < 40 ? 1.2 : -0.8) + (plan === 'basic' ? 0.9 : -0.4);
    const spend = Math.round((age * 2 + (plan === 'pro' ? 60 : 0) + random.nextFloat() * 20) * 100) / 100;
    return { age, plan, spend, churned: random.nextFloat() < 1 / (1 + Math.exp(-leaning)) ? 'leaves' : 'stays' };
  });
}

function csv(items: readonly Customer[]): string {
  return `age,plan,spend,churned\n${items.map(({ age, plan, spend, churned }) => `${age},${plan},${spend},${churned}`).join('\n')}\n`;
}

let root: string;
let project: Project;
const models = new Map<string, string>();

beforeAll(async () => {
  root = makeFolder('evaluation');
  const test = customers(2);
  writeFileSync(join(root, 'millwright.yaml'), yaml);
  writeFileSync(join(root, 'train.csv'), csv(customers(1)));
  writeFileSync(join(root, 'test.csv'), csv(test));
  writeFileSync(join(root, 'holes.csv'), csv(test.map((item, row) => (row % 500 === 7 ? { ...item, churned: '' } : item))));
  writeFileSync(join(root, 'strange.csv'), csv(test.map((item, row) => (row === 9 ? { ...item, churned: 'maybe' } : item))));
  writeFileSync(join(root, 'narrow.csv'), 'age,churned\n30,leaves\n50,stays\n');
  const loaded = await loadProject(root);
  if (loaded.project === undefined) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  ({ project } = loaded);
  for (const name of Object.keys(project.stages)) {
    const outputFolder = join(root, 'models', name);
    mkdirSync(outputFolder, { recursive: true });
    await trainModel({ project, stage: project.stages[name] as TrainStage, asOf, outputFolder, onRound: () => undefined }, context());
    models.set(name, outputFolder);
  }
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function context(changes: Partial<StageContext> = {}): StageContext {
  return {
    signal: new AbortController().signal,
    budget: { threads: 1, memoryBytes: 2 ** 30 },
    log: () => undefined,
    progress: () => undefined,
    ...changes,
  };
}

type Changes = Partial<EvaluateStage> & { readonly folders?: Readonly<Record<string, string>> };

async function evaluate(model: string, { folders = {}, ...changes }: Changes = {}, ctx = context()): Promise<EvaluationReport> {
  const stage: EvaluateStage = { uses: 'evaluate', model, dataset: 'test', ...changes };
  const baselineFolder = stage.baseline === undefined ? undefined : folders[stage.baseline];
  return evaluateModel(
    {
      project,
      stage,
      stageName: 'evaluate',
      modelFolder: models.get(model) ?? '',
      championFolders: folders,
      asOf,
      ...(baselineFolder === undefined ? {} : { baselineFolder }),
    },
    ctx,
  );
}

describe('a report', () => {
  test('of two classes says what a person asks first, and adds up', async () => {
    const seen: number[] = [];
    const report = await evaluate(
      'train',
      { segments: ['plan'] },
      context({ progress: ({ fraction }) => fraction !== undefined && seen.push(fraction) }),
    );
    expect(report).toMatchObject({
      task: 'binary',
      rows,
      target: 'churned',
      classes: ['leaves', 'stays'],
      baseline: 'majority',
      gates: [],
    });
    expect(report.headline).toMatchObject({ outcome: 'better', metric: 'roc_auc' });
    const auc = report.metrics[0]!;
    expect(auc.model.value).toBeGreaterThan(0.65);
    expect(auc.model.low).toBeLessThan(auc.model.value);
    expect(auc.model.high).toBeGreaterThan(auc.model.value);
    expect(auc.baseline?.value).toBe(0.5);
    expect(auc.pValue).toBeLessThan(0.05);
    expect(report.confusion?.flat().reduce((sum, count) => sum + count, 0)).toBe(rows);
    expect(report.segments.map(({ value }) => value).toSorted()).toEqual(['basic', 'plus', 'pro']);
    expect(report.segments.reduce((sum, segment) => sum + segment.rows, 0)).toBe(rows);
    expect(report.importance.map(({ feature }) => feature).toSorted()).toEqual(['age', 'plan']);
    expect(report.model?.path).toBe('models/train');
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  test('is the same, number for number, when made again', async () => {
    expect(await evaluate('train')).toEqual(await evaluate('train'));
  });

  test('of a regression and of several classes', async () => {
    const spend = await evaluate('spend');
    expect(spend).toMatchObject({ task: 'regression', baseline: 'mean', classes: [], confusion: undefined });
    expect(spend.headline).toMatchObject({ outcome: 'better', metric: 'root_mean_squared_error' });
    expect(spend.metrics.find(({ metric }) => metric === 'r2_score')?.baseline?.value).toBe(0);
    const plan = await evaluate('plan');
    expect(plan).toMatchObject({ task: 'multiclass', classes: ['basic', 'plus', 'pro'], threshold: undefined });
    expect(plan.classResults.map(({ rows: count }) => count).reduce((sum, count) => sum + count, 0)).toBe(rows);
  });

  test('reads a target that is an expression', async () => {
    const report = await evaluate('young', { metrics: ['accuracy_score'] });
    expect(report.target).toBe('young');
    expect(report.classShares[1]).toBeCloseTo(customers(2).filter(({ age }) => age < 40).length / rows, 10);
  });
});

describe('compared with other models', () => {
  test('a registered baseline gets a paired test, and a worse model is called worse', async () => {
    const report = await evaluate('weak', { baseline: 'churn@champion', folders: { 'churn@champion': models.get('train')! } });
    expect(report.baseline).toBe('churn@champion');
    expect(report.headline.outcome).toBe('worse');
    expect(report.headline.message).toContain('Worse than churn@champion');
  });

  test('a model against itself is unclear, and passes a gate that it must not be worse than', async () => {
    const folders = { 'churn@champion': models.get('train')! };
    const report = await evaluate('train', { baseline: 'churn@champion', gate: { roc_auc: { beats: 'churn@champion' } }, folders });
    expect(report.headline.outcome).toBe('unclear');
    expect(report.metrics.every(({ pValue }) => pValue === 1)).toBe(true);
    expect(report.gates).toMatchObject([{ metric: 'roc_auc', passed: true }]);
  });

  test('gates fail with both figures, and what does not exist yet is passed and said', async () => {
    const gate = { roc_auc: { min: 0.99, beats: 'churn@champion' }, log_loss: { max: 5, beats: 'churn@next' } };
    const report = await evaluate('weak', { metrics: ['roc_auc'], gate, folders: { 'churn@champion': models.get('train')! } });
    expect(report.metrics.map(({ metric }) => metric)).toEqual(['roc_auc', 'log_loss']);
    expect(report.gates.map(({ passed }) => passed)).toEqual([false, false, true, true]);
    expect(report.gates[3]?.message).toBe('churn@next does not exist yet, so there is nothing to beat; this passes.');
  });

  test('a baseline that does not exist yet falls back and says so', async () => {
    expect((await evaluate('train', { baseline: 'churn@champion' })).baseline).toBe('majority (churn@champion does not exist yet)');
  });

  test('names what has to be found in the registry, once each', () => {
    const stage = { uses: 'evaluate', model: 'm', dataset: 'd' } as const;
    expect(comparedModels({ ...stage, baseline: 'majority', gate: { roc_auc: { min: 0.5 } } })).toEqual([]);
    const gate = { roc_auc: { beats: 'a@champion' }, log_loss: { beats: 'a@champion' } };
    expect(comparedModels({ ...stage, baseline: 'a@champion', gate })).toEqual(['a@champion']);
  });
});

describe('what does not fit', () => {
  const cases: readonly (readonly [string, string, Changes, string])[] = [
    ['one class only', 'train', { dataset: 'only_stays' }, 'evaluation.oneClass'],
    ['a target with missing values', 'train', { dataset: 'holes' }, 'evaluation.targetHasMissing'],
    ['a class the model does not know', 'train', { dataset: 'strange' }, 'inference.unknownClass'],
    ['no target', 'spend', { dataset: 'narrow' }, 'evaluation.targetMissing'],
    ['no input', 'train', { dataset: 'narrow' }, 'evaluation.columnMissing'],
    ['no segment column', 'train', { segments: ['country'] }, 'evaluation.columnMissing'],
    ['a metric of another task', 'train', { metrics: ['r2_score'] }, 'evaluation.metricNotForTask'],
    ['a baseline of another task', 'train', { baseline: 'mean' }, 'evaluation.baselineNotForTask'],
  ];

  test.each(cases)('%s', async (_name, model, changes, code) => {
    await expect(evaluate(model, changes)).rejects.toMatchObject({ code, remedy: expect.any(String) as string });
  });

  test('no rows', async () => {
    await expect(evaluate('train', { dataset: 'gone' })).rejects.toMatchObject({ kind: 'input' });
  });

  test('a baseline that answers another question', async () => {
    const run = evaluate('train', { baseline: 'plan@champion', folders: { 'plan@champion': models.get('plan')! } });
    await expect(run).rejects.toMatchObject({ code: 'evaluation.otherQuestion' });
  });

  test('too little memory is said before anything is read', async () => {
    const run = evaluate('train', {}, context({ budget: { threads: 1, memoryBytes: 100_000 } }));
    await expect(run).rejects.toMatchObject({ code: expect.stringMatching(/evaluation.tooLarge|dataset/) as string });
  });

  test('cancelling is no error', async () => {
    const controller = new AbortController();
    const run = evaluate(
      'train',
      {},
      context({
        signal: controller.signal,
        progress: () => {
          controller.abort(new CancelledError());
        },
      }),
    );
    await expect(run).rejects.toBeInstanceOf(CancelledError);
  });
});
