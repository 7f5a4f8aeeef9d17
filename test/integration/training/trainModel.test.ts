/** Training from a project to a model folder: every task, equal bytes, bad input, and the gate that a wrong export cannot pass. */
import { readFile, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/base/hash.ts';
import { encodeOnnx } from '../../../src/engine/features/onnx/onnxModel.ts';
import { planFeatures, learnerDefaults } from '../../../src/engine/features/planFeatures.ts';
import { openModel } from '../../../src/engine/inference/scoring/openModel.ts';
import type { TrainStage } from '../../../src/engine/project/definitions/stages/trainStage.ts';
import { exportModel, type ExportedModel } from '../../../src/engine/training/export/exportModel.ts';
import { boostedTrees } from '../../../src/engine/training/gbdt/gbdtTrainer.ts';
import { checkParity } from '../../../src/engine/training/export/parity.ts';
import type { Forest } from '../../../src/engine/training/gbdt/tree.ts';
import type { Chunk } from '../../../src/engine/data/rows/columns.ts';
import { random, train, writeProject, type Row, type TestProject } from '../../support/trainingProject.ts';

const yaml = `
datasets:
  all:
    path: data.csv
    time: "taken at"
    columns:
      c: {type: category}
      k: {type: integer, nullable: false}
      cls: {type: category}
      flag: {type: boolean}
      "taken at": {type: timestamp}
features:
  late: &shared
    target: {late: "score > 4.5"}
    numeric: [x, z, flag]
    categorical: [c, k]
    cyclical: {hour: {value: 'hour("taken at")', period: 24}}
  cls: {<<: *shared, target: cls}
  score: {<<: *shared, target: score}
  gaps: {target: z, numeric: [x]}
  one: {target: {never: "x > 1000"}, numeric: [x]}
  last: {target: {last: '"taken at" >= timestamp ''2001-05-01'''}, numeric: [x]}
  flat: {target: {flat: "x * 0"}, numeric: [x]}
  useless: {target: {late: "score > 4.5"}, numeric: {nothing: {value: "x * 0"}, never: {value: "case when x > 99 then x end"}, boom: {value: "1 / (x - x)"}}, categorical: [id]}
  lost: {target: {late: "score > 4.5"}, numeric: [speed]}
  twice: {target: {late: "score > 4.5"}, numeric: {hour_sin: {value: x}}, cyclical: {hour: {value: 'hour("taken at")', period: 24}}}
  sure: {target: {late: "score > 4.5"}, numeric: {x: {impute: none}}}
  sure_score: {target: score, numeric: {x: {impute: none}}}
  bare: {target: {late: "score > 4.5"}, numeric: {z: {impute: none}}}
stages:
  train: {uses: train, dataset: all, features: late, params: {max_iter: 20}}
`;

function rows(): Row[] {
  const next = random(11);
  return Array.from({ length: 3000 }, (_, i) => {
    const x = next() * 10;
    const z = next() < 0.1 ? null : next() * 100;
    const c = ['a', 'b b', 'ç"🙂', null, "o'e"][Math.floor(next() * 5)] ?? null;
    const k = Math.floor(next() * 4);
    const score = x * 0.5 + (z ?? 20) * 0.03 + (c === 'a' ? 2 : 0) - k * 0.4 + next();
    const cls = score < 3.5 ? 'low' : score < 5.5 ? 'mid' : 'high';
    const takenAt = new Date(Date.UTC(2001, 0, 1) + i * 3.6e6).toISOString().slice(0, 19).replace('T', ' ');
    return { x, z, c, k, flag: next() < 0.5, 'taken at': takenAt, score, cls, id: `row-${i}` };
  });
}

let project: TestProject;
beforeAll(async () => {
  project = await writeProject(yaml, rows());
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

describe('trainModel', () => {
  it.each<[string, Partial<TrainStage>]>([
    ['gbdt, two classes', { features: 'late', threshold: { maximize: 'f1_score' } }],
    ['gbdt, three classes', { features: 'cls' }],
    ['gbdt, regression', { features: 'score' }],
    [
      'gbdt, weighted, sampled, stopped early',
      { params: { class_weight: 'balanced', subsample: 0.8, max_features: 0.5 }, early_stopping: { patience: 3 } },
    ],
    ['logistic, two classes', { features: 'late', trainer: 'logistic' }],
    ['logistic, three classes', { features: 'cls', trainer: 'logistic' }],
    ['linear', { features: 'score', trainer: 'linear', params: { alpha: 1 } }],
    // The gate asks about missing values, too: both say NaN where training never saw one.
    ['logistic, of a value that is never missing', { features: 'sure', trainer: 'logistic' }],
    ['linear, of a value that is never missing', { features: 'sure_score', trainer: 'linear', params: { alpha: 1 } }],
  ])('learns and exports: %s', async (name, changes) => {
    const steps: number[] = [];
    const folder = `models/${name}`;
    const params = changes.trainer === undefined ? { max_iter: 20, ...changes.params } : changes.params;
    const trained = await train(project, { ...changes, params }, { folder, onRound: ({ step }) => steps.push(step) });
    expect(trained.parityError).toBeLessThan(1e-5);
    const [training, validation] = ['training', 'validation'].map(
      (part) => Object.entries(trained.histories).find(([key]) => key.startsWith(part))?.[1],
    );
    expect(steps).toEqual(training?.map(({ step }) => step));
    expect(validation?.at(-1)?.value).toBeLessThanOrEqual((validation?.[0]?.value ?? 0) + 1e-9);
    expect(trained.inputs.map(({ rows: count }) => count)).toEqual([2400, 600]);
    expect(trained.description.importance.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    await using model = await openModel(trained.folder, { threads: 1, expectedDigest: trained.digest });
    expect(model.description).toEqual(trained.description);
  });

  it('writes the same bytes on 1, 2 and 3 threads, wherever the folder lies', async () => {
    const trained = await Promise.all([1, 2, 3].map((threads) => train(project, {}, { threads, folder: `threads/${threads}` })));
    expect(new Set(trained.map(({ digest }) => digest)).size).toBe(1);
    const contents = await Promise.all(
      trained.map(async ({ folder }) => {
        const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
        return Promise.all(names.map(async ({ parentPath, name }) => [name, sha256(await readFile(join(parentPath, name)))]));
      }),
    );
    expect(contents[1]).toEqual(contents[0]);
    expect(contents[2]).toEqual(contents[0]);
    expect(contents[0]?.map(([name]) => name).sort()).toEqual(
      [
        'MLmodel',
        'conda.yaml',
        'input_example.json',
        'millwright.json',
        'millwright_model.py',
        'model.onnx',
        'python_env.yaml',
        'requirements.txt',
      ].sort(),
    );
  });

  it('describes the raw columns and the target', async () => {
    const { description, folder } = await train(project, {}, { folder: 'described' });
    expect(description).toMatchObject({
      task: 'binary',
      target: 'late',
      targetExpression: 'score > 4.5',
      classes: ['0', '1'],
      threshold: 0.5,
    });
    expect(Object.fromEntries(description.inputs.map(({ name, tensor, nullable }) => [name, [tensor, nullable]]))).toEqual({
      x: ['double', true],
      z: ['double', true],
      flag: ['double', true],
      c: ['string', true],
      k: ['double', false],
      'taken at': ['int64', true],
    });
    const signature = await readFile(join(folder, 'MLmodel'), 'utf8');
    expect(signature).toContain('{"type":"long","name":"k","required":true}');
    expect(signature).toContain('{"type":"datetime","name":"taken at","required":true}');
  });

  it('says which features are of no use, and trains without them', async () => {
    const trained = await train(project, { features: 'useless' }, { folder: 'useless' });
    expect(trained.notes).toEqual([
      'The feature "id" has 3000 levels; the 254 most frequent are told apart, the others count as missing.',
      'The feature "id" looks like an identifier: most rows have a level of their own.',
      'The feature "nothing" has the same value in every training row, so the model cannot use it.',
      'The feature "never" is missing in every training row, so the model cannot use it.',
      'The feature "boom" is missing in every training row, so the model cannot use it.',
      expect.stringContaining('Not measured on all held-out rows: validation_precision_score.'),
    ]);
  });

  it.each<[string, string, Partial<TrainStage>]>([
    ['a target with missing values', 'training.targetMissing', { features: 'gaps' }],
    ['one class only', 'training.oneClass', { features: 'one' }],
    ['a class in the held-out rows only', 'training.classOnlyInValidation', { features: 'last' }],
    ['a target that never varies', 'training.oneClass', { features: 'flat' }],
    ['a target without variation in a regression', 'training.constantTarget', { features: 'flat', trainer: 'linear' }],
    ['an unknown column', 'features.expression', { features: 'lost' }],
    ['two features of one name', 'features.duplicateName', { features: 'twice' }],
    ['missing values in a linear trainer', 'training.missingValues', { features: 'bare', trainer: 'logistic' }],
    ['classes for the linear trainer', 'training.trainerTask', { features: 'cls', trainer: 'linear' }],
    ['values for the logistic trainer', 'training.trainerTask', { features: 'score', trainer: 'logistic' }],
    ['weights that are no numbers', 'training.weights', { params: { sample_weight: 'c' } }],
    ['a class weight for no class', 'training.classWeight', { params: { class_weight: { maybe: 2 } } }],
    ['unknown features', 'training.unknownFeatures', { features: 'nowhere' }],
    ['a group split without a group', 'training.noGroup', { validation: { split: 'group' } }],
  ])('refuses %s and writes nothing', async (name, code, changes) => {
    const folder = `refused/${name}`;
    await expect(train(project, { params: undefined, ...changes }, { folder })).rejects.toMatchObject({
      code,
      remedy: expect.any(String) as string,
    });
    expect(existsSync(join(project.root, folder))).toBe(false);
  });

  it('refuses more columns than a graph can be loaded with', async () => {
    const names = Array.from({ length: 4100 }, (_, column) => `c${column}`);
    const rows = Array.from({ length: 8 }, (_, row) => ({ y: row % 2, ...Object.fromEntries(names.map((name) => [name, row])) }));
    const yaml = `datasets: {d: {path: data.csv}}\nfeatures: {f: {target: y, numeric: [${names.join(', ')}]}}\nstages: {train: {uses: train, dataset: d, features: f}}\n`;
    await using wide = await writeProject(yaml, rows);
    await expect(train(wide, { features: 'f' }, { folder: 'wide' })).rejects.toMatchObject({
      code: 'training.tooManyInputs',
      args: { inputs: 4100, most: 4096 },
    });
  });

  it('refuses more rows than the memory holds, with both figures, and writes nothing', async () => {
    const rows = Array.from({ length: 600_000 }, (_, id) => ({ y: id % 2, a: id % 97, b: id % 89 }));
    const yaml = `datasets: {d: {path: data.csv}}\nfeatures: {f: {target: y, numeric: [a, b]}}\nstages: {train: {uses: train, dataset: d, features: f}}\n`;
    await using large = await writeProject(yaml, rows);
    await expect(
      train(large, { leakage: { severity: { shared_rows: 'warn' } } }, { folder: 'large', memoryBytes: 64 * 2 ** 20 }),
    ).rejects.toMatchObject({
      code: 'training.tooLarge',
      kind: 'environment',
      message: expect.stringMatching(/^Training on 600,000 rows and 2 columns takes about 8\d MB, but 64 MB are allowed\.$/) as string,
      remedy: expect.stringContaining('fewer rows') as string,
    });
    expect(existsSync(join(large.root, 'large'))).toBe(false);
  });

  it('stops when cancelled, and leaves nothing behind', async () => {
    const cancel = new AbortController();
    const onRound = (): void => {
      cancel.abort();
    };
    const training = train(project, { params: { max_iter: 100_000 } }, { folder: 'cancelled', signal: cancel.signal, onRound });
    await expect(training).rejects.toMatchObject({ name: 'CancelledError' });
    expect(existsSync(join(project.root, 'cancelled'))).toBe(false);
  });
});

describe('checkParity', () => {
  const columns = [{ name: 'x', type: 'number', storedAs: 'DOUBLE' }] as const;
  const stump = (missingLeft: number, threshold = 0.5): Forest => ({
    outputs: 1,
    baseScores: [0.25],
    trees: [
      {
        feature: Int32Array.of(0, -1, -1),
        left: Int32Array.of(1, -1, -1),
        right: Int32Array.of(2, -1, -1),
        threshold: Float64Array.of(threshold, 0, 0),
        leftLevels: [undefined, undefined, undefined],
        missingLeft: Uint8Array.of(missingLeft, 0, 0),
        value: Float64Array.of(0, -1, 1),
        gain: Float64Array.of(1, 0, 0),
      },
    ],
  });
  const modelOf = (forest: Forest): ExportedModel => ({
    plan: planFeatures({ target: 't', numeric: ['x'] }, columns, learnerDefaults.trees),
    fitted: [{ kind: 'numeric', imputeValue: undefined, centre: 0, scale: 1 }],
    estimator: boostedTrees(forest),
    task: 'binary',
    classes: ['0', '1'],
    threshold: 0.5,
  });
  const sample: Chunk = { rows: 300, columns: { x: { kind: 'number', values: Float64Array.from({ length: 300 }, (_, i) => i / 300) } } };
  const check = (trained: Forest, exported: Forest): Promise<number> =>
    checkParity({
      model: modelOf(trained),
      onnx: encodeOnnx(exportModel(modelOf(exported))),
      sample,
      scale: 1,
      signal: new AbortController().signal,
    });

  it('passes a true export', async () => {
    expect(await check(stump(1), stump(1))).toBeLessThan(1e-6);
  });

  it('catches an export that sends missing values to the wrong side', async () => {
    await expect(check(stump(1), stump(0))).rejects.toMatchObject({ code: 'training.parity' });
  });

  it('catches an export with another threshold', async () => {
    await expect(check(stump(1), stump(1, 0.505))).rejects.toMatchObject({ code: 'training.parity' });
  });

  it('catches an export with other values', async () => {
    const other = stump(1);
    other.trees[0]?.value.set([0, -1.001, 1]);
    await expect(check(stump(1), other)).rejects.toMatchObject({ code: 'training.parity' });
  });
});
