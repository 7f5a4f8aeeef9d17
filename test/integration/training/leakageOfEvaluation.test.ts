/** A model that is measured on rows it learned from, or on rows no later than those, is found out. */
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EvaluationReport } from '../../../src/protocol/evaluation.ts';
import { evaluateModel } from '../../../src/engine/evaluation/evaluateModel.ts';
import type { EvaluateStage } from '../../../src/engine/project/definitions/stages/evaluateStage.ts';
import { run } from '../../support/millwright.ts';
import { random, stageContext, toCsv, train, writeProject, type Row } from '../../support/trainingProject.ts';

/** Eight rows at each moment, a moment each hour. */
function rows(): { id: number; x: number; late: number; at: string }[] {
  const next = random(8);
  return Array.from({ length: 1200 }, (_, id) => {
    const x = next() * 10;
    const at = new Date(Date.UTC(2001, 0, 1) + Math.floor(id / 8) * 3.6e6).toISOString().slice(0, 19).replace('T', ' ');
    return { id, x, late: Number(next() < x / 12), at };
  });
}

interface Setting {
  /** Whether the data set names its time column. */
  readonly time?: boolean;
  readonly evaluate?: Partial<EvaluateStage>;
  readonly more?: readonly Row[];
}

/** The model learns from the rows below 800, and is measured on those that the condition names. */
const projectYaml = (where: string, { time = false }: Setting): string => `
datasets:
  all: {path: data.csv${time ? ', time: at' : ''}}
  learn: {from: all, where: id < 800}
  test: {from: all, where: ${where}}
features:
  f: {target: late, numeric: [x]}
stages:
  train: {uses: train, dataset: learn, features: f, params: {max_iter: 5}, validation: {split: ${time ? 'time' : 'random'}}}
  register: {uses: register, model: train, name: m, alias: now}
  measure: {uses: evaluate, model: m@now, dataset: test, metrics: [roc_auc], needs: [register]}
`;

async function evaluateOn(where: string, setting: Setting = {}): Promise<EvaluationReport> {
  await using project = await writeProject(projectYaml(where, setting), [...rows(), ...(setting.more ?? [])]);
  const { folder } = await train(project);
  const stage: EvaluateStage = { uses: 'evaluate', model: 'train', dataset: 'test', metrics: ['roc_auc'], ...setting.evaluate };
  const options = { project: project.project, stage, stageName: 'measure', modelFolder: folder, asOf: new Date(0) };
  return await evaluateModel(options, stageContext().context);
}

describe('rows the model has learned from', () => {
  const found =
    '100 of 500 rows of test (20.0 %) equal a row of learn, from which the model learned, in all that the model reads and in the target: row 1 equals row 701, for example. At most 0.1 % may.';

  it('are an error above the limit', async () => {
    const { leakage } = await evaluateOn('id >= 700');
    expect(leakage).toEqual([{ kind: 'sharedRows', severity: 'error', message: found, column: undefined }]);
  });

  it('fail the stage, and the report is kept: of a registered model, too', async () => {
    await using project = await writeProject(projectYaml('id >= 700', {}), rows());
    const { stages, exitCode } = await run(project.root);
    const [failed] = stages.flatMap(({ name, error }) => (error === undefined ? [] : [{ name, code: error.code, message: error.message }]));
    expect({ exitCode, ...failed, message: undefined }).toEqual({ exitCode: 1, name: 'measure', code: 'pipeline.leakageFound' });
    expect(failed?.message).toContain(found);
    const kept = readdirSync(join(project.root, 'mlruns'), { recursive: true }).filter((path) => String(path).endsWith('measure.json'));
    expect(kept).not.toEqual([]);
  });

  it('are stated, not stopped at, within the limit', async () => {
    const { leakage, leakageChecks } = await evaluateOn('id >= 799', { evaluate: { leakage: { max_shared_rows: 0.01 } } });
    expect(leakage).toEqual([]);
    expect(leakageChecks).toMatchObject([{ kind: 'sharedRows', outcome: 'clear' }]);
    expect(leakageChecks[0]?.message).toMatch(/^1 of 401 rows of test \(0\.2 %\) equal a row of learn.* At most 1\.0 % may\.$/);
  });

  it('are a warning where the stage says so', async () => {
    const { leakage } = await evaluateOn('id >= 700', { evaluate: { leakage: { severity: { shared_rows: 'warn' } } } });
    expect(leakage).toMatchObject([{ kind: 'sharedRows', severity: 'warn' }]);
  });

  it('are not found where there are none, which is said', async () => {
    const message =
      'None of the 400 rows of test equals a row of learn, from which the model learned, in all that the model reads and in the target.';
    expect(await evaluateOn('id >= 800')).toMatchObject({
      leakage: [],
      leakageChecks: [{ kind: 'sharedRows', outcome: 'clear', message }],
      notes: [],
    });
  });

  it('cannot be looked for where the rows have changed since, which is said', async () => {
    await using project = await writeProject(projectYaml('id >= 800', {}), rows());
    const { folder } = await train(project);
    await writeFile(join(project.root, 'data.csv'), toCsv(rows().map((row) => ({ ...row, x: row.x + 1 }))));
    const stage: EvaluateStage = { uses: 'evaluate', model: 'train', dataset: 'test', metrics: ['roc_auc'] };
    const options = { project: project.project, stage, stageName: 'measure', modelFolder: folder, asOf: new Date(0) };
    const { leakage, leakageChecks } = await evaluateModel(options, stageContext().context);
    expect(leakage).toEqual([]);
    expect(leakageChecks).toMatchObject([{ kind: 'sharedRows', outcome: 'unknown' }]);
    expect(leakageChecks[0]?.message).toMatch(/^The rows the model learned from \(learn\) are not in this project any more/);
  });
});

describe('time', () => {
  it('is in order where every row is later', async () => {
    const message = 'All 400 rows of test are later than the last row the model learned from (2001-01-05T03:00:00Z).';
    expect(await evaluateOn('id >= 800', { time: true })).toMatchObject({
      leakage: [],
      leakageChecks: [{ kind: 'time', outcome: 'clear', message }],
      notes: [],
    });
  });

  it('says nothing of rows that have none: they are compared with those that were learned from', async () => {
    const timeless = rows()
      .slice(0, 4)
      .map((row) => ({ ...row, id: row.id + 5000, x: row.x + 0.5, at: '' }));
    const { leakageChecks } = await evaluateOn('id >= 800', { time: true, more: timeless });
    expect(leakageChecks).toMatchObject([
      { kind: 'sharedRows', outcome: 'clear' },
      { kind: 'time', outcome: 'clear' },
    ]);
    expect(leakageChecks[1]?.message).toMatch(/^All rows of test that have a time are later/);
  });

  it('is not where rows are no later than what was learned', async () => {
    const earlier = rows()
      .slice(0, 40)
      .map((row) => ({ ...row, id: row.id + 5000, x: row.x + 0.5 }));
    const { leakage } = await evaluateOn('id >= 800', { time: true, more: earlier });
    const message =
      '40 of 440 rows of test are no later than the last row the model learned from (2001-01-05T03:00:00Z), so the score may be better than in use.';
    expect(leakage).toEqual([{ kind: 'time', severity: 'warn', message, column: 'at' }]);
  });

  it('is cut where rows have the very time of the last row that was learned from', async () => {
    const tied = rows()
      .slice(796, 800)
      .map((row) => ({ ...row, id: row.id + 5000, x: row.x + 0.5 }));
    const evaluate = { leakage: { severity: { time_order: 'error' } } } as const;
    const { leakage } = await evaluateOn('id >= 800', { time: true, more: tied, evaluate });
    expect(leakage).toMatchObject([{ kind: 'ties', severity: 'error' }]);
    expect(leakage[0]?.message).toMatch(/^4 of 404 rows of test have the very time/);
  });
});
