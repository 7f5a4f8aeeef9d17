/** Whether an alias moves to a model: by real trainings on small data, all in one process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { resolveModel } from '../../../src/engine/pipeline/models/modelSource.ts';
import { readPipeline } from '../../../src/engine/pipeline/views/readPipeline.ts';
import { undoPerformers } from '../../../src/engine/pipeline/undo/undoPerformers.ts';
import { setAlias } from '../../../src/engine/stores/aliases.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { readAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { undoChange } from '../../../src/engine/safety/undo.ts';
import { readReports } from '../../../src/engine/tracking/runs/reports.ts';
import type { EvaluationReport } from '../../../src/protocol/evaluation.ts';
import type { PipelineResult, StageOutcome } from '../../../src/protocol/pipeline.ts';
import { verdictOf } from '../../../src/protocol/verdict.ts';
import { undoLog } from '../../support/auditLog.ts';
import { run, states, writeFiles } from '../../support/millwright.ts';
import { temporaryFolder } from '../../support/project.ts';

interface Life {
  /** Default: the target follows from `x`. */
  readonly isNoise?: boolean;
  readonly features?: readonly string[];
  readonly register?: Readonly<Record<string, unknown>>;
  readonly evaluate?: Readonly<Record<string, unknown>>;
}

/** 600 rows whose target follows from `x`, and to a lesser part from `z`; a model of `z` alone is worse. */
function writeLife(root: string, { isNoise = false, features = ['x', 'z'], register = {}, evaluate = {} }: Life = {}): void {
  const random = createRandom(isNoise ? 5 : 11);
  const rows = Array.from({ length: 600 }, (_, id) => {
    const [x, z, chance] = [random.nextFloat(), random.nextFloat(), random.nextFloat()];
    const late = chance < (isNoise ? 0.4 : 0.5 * z + (x > 0.5 ? 0.5 : 0)) ? 1 : 0;
    return `${id},${x},${z},${late}`;
  });
  const stages = {
    train: { uses: 'train', dataset: 'learn', features: 'f', params: { max_iter: 12 }, threshold: 0.5 },
    evaluate: { uses: 'evaluate', model: 'train', dataset: 'test', ...evaluate },
    register: { uses: 'register', model: 'train', name: 'life', alias: 'champion', ...register },
    predict: { uses: 'predict', model: 'train', dataset: 'test', output: 'out.csv', needs: ['register'] },
  };
  const datasets = { all: { path: 'd.csv' }, learn: { from: 'all', where: 'id < 400' }, test: { from: 'all', where: 'id >= 400' } };
  writeFiles(root, {
    'd.csv': ['id,x,z,late', ...rows].join('\n'),
    'millwright.yaml': stringify({
      name: 'life',
      environment: 'development',
      datasets,
      features: { f: { target: 'late', numeric: features } },
      stages,
    }),
  });
}

const stageOf = ({ stages }: PipelineResult, name: string): StageOutcome => stages.find((stage) => stage.name === name)!;
const everything = (state: string): Record<string, string> => ({ train: state, evaluate: state, register: state, predict: state });

async function reportOf(root: string, result: PipelineResult): Promise<EvaluationReport> {
  await using reader = openStore({ root }).tracking();
  const [report] = await readReports(root, (await reader.run(stageOf(result, 'train').runId!))!);
  return report!;
}

async function championOf(root: string): Promise<number | undefined> {
  await using registry = openStore({ root }).registry();
  return (await registry.alias('life', 'champion'))?.version;
}

describe('an alias', () => {
  it('moves to a model that beats the baseline, stays where the next one is worse, and a second run finds nothing to do', async () => {
    const root = temporaryFolder('promotion');
    writeLife(root);
    const first = await run(root);
    expect(states(first)).toEqual(everything('done'));
    expect(stageOf(first, 'register').registered).toMatchObject({ name: 'life', version: 1, alias: 'champion' });
    expect(await championOf(root)).toBe(1);
    expect((await reportOf(root, first)).champion).toBeUndefined();
    expect(states(await run(root))).toEqual(everything('unchanged'));

    writeLife(root, { features: ['z'] });
    const worse = await run(root);
    expect(states(worse)).toEqual(everything('done'));
    expect(worse.exitCode).toBe(0);
    expect(await championOf(root)).toBe(1);
    const registered = stageOf(worse, 'register');
    expect(registered.registered).toMatchObject({ version: 2, withheld: { alias: 'champion' } });
    expect(registered.registered!.alias).toBeUndefined();
    expect(registered.notes.join()).toContain('life@champion was not moved to this version');
    const report = await reportOf(root, worse);
    expect(report.champion).toMatchObject({ name: 'life@champion (version 1)', headline: { outcome: 'worse' } });
    expect(report.champion!.metrics.map(({ metric }) => metric)).toEqual(report.metrics.map(({ metric }) => metric));
    expect(verdictOf(report).message).toContain('life@champion is not moved to it.');
    expect(verdictOf(report).tone).toBe('bad');
    const { entry } = (await readAuditLog(root)).findLast(
      ({ entry: { operation, outcome } }) => operation === 'register' && outcome === 'success',
    )!;
    expect(entry.resources_affected.join()).toMatch(/alias life@champion not moved: .*\(version 1\)/);
    expect(states(await run(root))).toEqual(everything('unchanged'));
    const summary = (await readPipeline(root)).stages.find(({ name }) => name === 'register')!;
    expect(summary).toMatchObject({ state: 'unchanged', reasons: [expect.stringContaining('was not moved') as string] });

    writeLife(root); // back to what it was: the first model, which the alias still names
    expect(states(await run(root))).toEqual(everything('unchanged'));

    writeLife(root, { features: ['z'], register: { allow_worse: true } });
    const allowed = await run(root);
    expect(states(allowed)).toMatchObject({ train: 'unchanged', evaluate: 'done', register: 'done' });
    expect(await championOf(root)).toBe(2);
    expect(verdictOf(await reportOf(root, allowed)).message).toContain('moves to it all the same');
    expect(states(await run(root))).toEqual(everything('unchanged'));

    const yaml = readFileSync(join(root, 'millwright.yaml'), 'utf8').replace('target: late', 'target: {late: "late = 0"}');
    writeFiles(root, { 'millwright.yaml': yaml });
    const other = await reportOf(root, await run(root));
    expect(other.champion).toBeUndefined();
    expect(other.notes.join()).toContain('Not compared with life@champion (version 2): It predicts another target.');
    expect(other.promotion!.objection).toContain('another target');
    expect(states(await run(root))).toEqual(everything('unchanged'));
  });

  it('moves to a better model, which stays compared with the one before, also when a person moved it', async () => {
    const root = temporaryFolder('better');
    writeLife(root, { features: ['z'], register: { allow_worse: true } });
    await run(root);
    writeLife(root);
    const better = await run(root);
    expect(await championOf(root)).toBe(2);
    expect((await reportOf(root, better)).champion).toMatchObject({
      name: expect.stringContaining('version 1') as string,
      headline: { outcome: 'better' },
    });
    expect(states(await run(root))).toEqual(everything('unchanged'));

    await setAlias(undoLog(root), { model: 'life', alias: 'champion', version: 1 });
    expect(states(await run(root))).toMatchObject({ evaluate: 'unchanged', register: 'done' });
    expect(await championOf(root)).toBe(2);
    const moved = (await readAuditLog(root)).findLast(({ entry: { operation } }) => operation === 'alias.set')!;
    await undoChange(undoLog(root), moved.line, undoPerformers(root));
    expect(await championOf(root)).toBe(1);

    writeLife(root, { evaluate: { gate: { roc_auc: { min: 0.999 } } } });
    expect(states(await run(root))).toEqual({ train: 'unchanged', evaluate: 'failed', register: 'blocked', predict: 'blocked' });
    const { stages } = await readPipeline(root); // nothing behind a gate that stays shut has a check mark
    const shown = stages.map(({ name, state }) => `${name} ${state}`);
    expect(shown).toEqual(['train unchanged', 'evaluate failed', 'register blocked', 'predict blocked']);
    expect(stages.at(-1)!.reasons[0]).toBe('evaluate did not succeed');
    expect(stages[1]!.metric).toBeUndefined();
  });

  it('is not given to a model that is no better than a constant; predictions come from the model itself', async () => {
    const root = temporaryFolder('noise');
    writeLife(root, { isNoise: true });
    const result = await run(root);
    expect(result.exitCode).toBe(0);
    expect(states(result)).toEqual(everything('done'));
    expect(await championOf(root)).toBeUndefined();
    expect(stageOf(result, 'evaluate').notes.join()).toContain('life@champion is not moved to it.');
    expect(readFileSync(join(root, 'out.csv'), 'utf8').trim().split('\n')).toHaveLength(201);
    expect(states(await run(root))).toEqual(everything('unchanged'));

    writeFiles(root, {
      'millwright.yaml': readFileSync(join(root, 'millwright.yaml'), 'utf8').replace(
        'model: train\n    dataset: test\n    output',
        'model: life@champion\n    dataset: test\n    output',
      ),
    });
    const { error } = await run(root);
    expect(error).toMatchObject({
      code: 'registry.aliasNotFound',
      remedy: expect.stringContaining('Its newest version is life/1.') as string,
    });
    const missing = async (model: string): Promise<unknown> => resolveModel(root, model, new Map()).catch((cause: unknown) => cause);
    expect(await missing('life/99')).toMatchObject({
      code: 'registry.versionNotFound',
      message: 'The registry has no model life/99.',
      remedy: 'Name it by an alias or its number: life/1.',
    });
    expect(await missing('other/1')).toMatchObject({ code: 'registry.modelNotFound', remedy: 'Register one first.' });
  });

  it('that a baseline names is compared with once, and is no reason to evaluate again once it has moved', async () => {
    const root = temporaryFolder('baseline');
    const evaluate = { baseline: 'life@champion', gate: { roc_auc: { beats: 'life@champion' } } };
    writeLife(root, { features: ['z'], evaluate, register: { allow_worse: true } });
    await run(root);
    expect(states(await run(root))).toEqual(everything('unchanged'));
    writeLife(root, { evaluate });
    const report = await reportOf(root, await run(root));
    expect(report).toMatchObject({ baselineKind: 'model', headline: { outcome: 'better' }, promotion: { alias: 'life@champion' } });
    expect(report.champion).toBeUndefined();
    expect(await championOf(root)).toBe(2);
    expect(states(await run(root))).toEqual(everything('unchanged'));
  });
});
