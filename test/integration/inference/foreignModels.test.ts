/** Models that other tools made: asked in a process of their own, measured, registered as copies, and refused with the way out. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../src/base/abort.ts';
import { sha256 } from '../../../src/base/hash.ts';
import { evaluateModel } from '../../../src/engine/evaluation/evaluateModel.ts';
import { ForeignProcess } from '../../../src/engine/inference/foreign/foreignProcess.ts';
import { digestOfModel } from '../../../src/engine/inference/files/modelDigest.ts';
import { locateModel } from '../../../src/engine/inference/files/modelPlace.ts';
import { predictToFile, type PredictOptions } from '../../../src/engine/inference/prediction/predict.ts';
import { runtimeLimits } from '../../../src/engine/inference/files/runtimeLimits.ts';
import type { EvaluateStage } from '../../../src/engine/project/definitions/stages/evaluateStage.ts';
import type { EvaluationReport } from '../../../src/protocol/evaluation.ts';
import {
  classifierFile,
  columnsFile,
  externalFactors,
  externalFile,
  hangingFile,
  onnxFile,
  regressorFile,
  tensorPlaces,
} from '../../support/onnxFiles.ts';
import { temporaryFolder } from '../../support/project.ts';
import { stageContext } from '../../support/trainingProject.ts';

const { context } = stageContext();
const asOf = new Date(0);
const rows = Array.from({ length: 40 }, (_, row) => {
  const [a, b] = [((row * 7) % 40) / 40, ((row * 11) % 40) / 40];
  return { id: `r${row}`, a, b, kind: a >= b ? 'yes' : 'no', price: 3 * a - b + 0.5, word: 'w' };
});

interface Place {
  readonly root: string;
  readonly model: string;
}

/** A folder with the data and a model, at `files`' first name. */
function write(files: Readonly<Record<string, Uint8Array | string>>): Place {
  const root = temporaryFolder('foreign');
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => Object.values(row).join(','));
  writeFileSync(join(root, 'data.csv'), `${[names.join(','), ...lines].join('\n')}\n`);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return { root, model: join(root, Object.keys(files)[0] ?? '') };
}

const datasets = { rows: { path: 'data.csv' }, narrow: { query: 'SELECT a, b FROM rows ORDER BY a, b' } };

async function predict(
  { root, model }: Place,
  changes: Partial<PredictOptions> = {},
): Promise<{ lines: string[]; notes: readonly string[] }> {
  const output = join(root, 'out.csv');
  const project = { root, datasets };
  const { notes } = await predictToFile({ project, dataset: 'rows', modelFolder: model, output, asOf, ...changes }, context);
  return { lines: readFileSync(output, 'utf8').trim().split('\n'), notes };
}

async function evaluate({ root, model }: Place, changes: Partial<EvaluateStage> = {}): Promise<EvaluationReport> {
  const stage: EvaluateStage = { uses: 'evaluate', model: 'other', dataset: 'rows', inputs: ['a', 'b'], ...changes };
  return evaluateModel({ project: { root, seed: 1, datasets }, stage, stageName: 'evaluate', modelFolder: model, asOf }, context);
}

const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));
const signature = (names: readonly string[]): string =>
  `flavors: {onnx: {data: model.onnx}, python_function: {loader_module: mlflow.onnx}}
signature: {inputs: '${JSON.stringify(names.map((name) => ({ name, type: 'double' })))}'}
`;

describe('predictions of a model that another tool made', () => {
  it('are the label and the probability of a classifier of one tensor, whose columns the stage names', async () => {
    const { lines, notes } = await predict(write({ 'm.onnx': classifierFile() }), { inputs: ['a', 'b'], keep: ['id'] });
    expect(lines[0]).toBe('id,prediction,probability');
    rows.forEach(({ id, a, b }, row) => {
      const [key, label, probability] = (lines[row + 1] ?? '').split(',');
      expect([key, label]).toEqual([id, a >= b ? 'yes' : 'no']);
      expect(Number(probability)).toBeCloseTo(sigmoid(2 * (a - b)), 6);
    });
    expect(notes).toEqual(['The model was made by othertool 1.2, not by Millwright.']);
  });

  it('are the number of a regressor, of columns in the order of a data set that has no others', async () => {
    const { lines, notes } = await predict(write({ 'm.onnx': regressorFile() }), { dataset: 'narrow' });
    const sorted = rows.toSorted((x, y) => x.a - y.a || x.b - y.b);
    sorted.forEach(({ price }, row) => {
      expect(Number(lines[row + 1])).toBeCloseTo(price, 5);
    });
    expect(notes.join(' ')).toContain('those of the data set were taken, in its order: a, b.');
  });

  it('take the columns of the signature of a model that MLflow logged', async () => {
    const { lines, notes } = await predict(write({ 'm/model.onnx': regressorFile(), 'm/MLmodel': signature(['a', 'b']) }));
    expect(Number(lines[3])).toBeCloseTo(rows[2]?.price ?? NaN, 5);
    expect(notes.join(' ')).toContain('are those of the signature of the model: a, b.');
  });

  it('need no order where each column is a tensor of its own', async () => {
    const { lines } = await predict(write({ 'm.onnx': columnsFile() }));
    rows.forEach(({ a, b }, row) => {
      expect(Number(lines[row + 1])).toBeCloseTo(a + b, 6);
    });
  });

  it('are those of a graph that takes rows only seven at a time', async () => {
    const inputs = [{ name: 'X', element: 'float32', shape: [7, 2] }] as const;
    const outputs = [{ name: 'variable', element: 'float32', shape: [7, 1] }] as const;
    const { lines } = await predict(write({ 'm.onnx': regressorFile({ inputs, outputs }) }), { inputs: ['a', 'b'] });
    expect(lines.slice(1).map(Number)).toEqual(rows.map(({ price }) => expect.closeTo(price, 5) as number));
  });
});

describe('an evaluation of a model that another tool made', () => {
  it('measures a classifier by the target that the stage names', async () => {
    const report = await evaluate(write({ 'm.onnx': classifierFile() }), { target: 'kind', metrics: ['roc_auc', 'accuracy_score'] });
    expect(report.classes).toEqual(['no', 'yes']);
    expect(report.metrics.map(({ model }) => model.value)).toEqual([1, 1]);
    expect(report.notes).toContain('The model was made by othertool 1.2, not by Millwright.');
  });

  it('measures a regressor', async () => {
    const report = await evaluate(write({ 'm.onnx': regressorFile() }), { target: 'price', metrics: ['r2_score'] });
    expect(report.metrics[0]?.model.value).toBeCloseTo(1, 6);
  });

  it.each<[string, Partial<EvaluateStage>, string]>([
    ['a target that nobody names', {}, 'evaluation.targetNeeded'],
    ['classes that the model does not know', { target: 'word' }, 'inference.unknownClass'],
  ])('is refused: %s', async (_name, changes, code) => {
    await expect(evaluate(write({ 'm.onnx': classifierFile() }), changes)).rejects.toMatchObject({ code });
  });
});

const logits = onnxFile({
  inputs: [{ name: 'X', element: 'float32', shape: [undefined, 2] }],
  outputs: [{ name: 'y', element: 'float32', shape: [undefined, 2] }],
  nodes: [{ operator: 'Exp', inputs: ['X'], outputs: ['y'] }],
});
const zipMap = classifierFile({
  outputs: [
    { name: 'label', element: 'string', shape: [undefined] },
    { name: 'probabilities', isSequence: true },
  ],
});
const custom = classifierFile({
  domains: ['my.ops'],
  nodes: [{ operator: 'Guess', domain: 'my.ops', inputs: ['X'], outputs: ['label', 'probabilities'] }],
});
const sklearn = 'flavors: {sklearn: {pickled_model: model.pkl}, python_function: {loader_module: mlflow.sklearn}}\n';

describe('a model that cannot be asked', () => {
  it.each<[string, Readonly<Record<string, Uint8Array | string>>, string, RegExp]>([
    ['a list of maps', { 'm.onnx': zipMap }, 'inference.zipMap', /zipmap=False in onnxmltools/],
    ['a newer format', { 'm.onnx': classifierFile({ irVersion: 14 }) }, 'inference.tooNew', /m\.ir_version = 13/],
    ['newer operators', { 'm.onnx': classifierFile({ opset: 27 }) }, 'inference.tooNew', /opset_version=26/],
    ['operators of nobody', { 'm.onnx': custom }, 'inference.unknownOperators', /standard operators/],
    ['scores that are no probabilities', { 'm.onnx': logits }, 'inference.noProbabilities', /softmax or sigmoid/],
    ['a file of another kind', { 'm.onnx': 'PK\u0003\u0004 not a graph' }, 'inference.notOnnx', /never loads a pickle/],
    ['a file cut off', { 'm.onnx': classifierFile().subarray(0, 120) }, 'inference.notOnnx', /Export the model to ONNX/],
    ['another flavor', { 'm/MLmodel': sklearn, 'm/model.pkl': 'x' }, 'inference.otherFlavor', /never loaded: that would run a pickle/],
    ['nothing', { 'elsewhere.onnx': classifierFile() }, 'inference.noModel', /Run the stage that makes it again/],
  ])('is refused with the way out: %s', async (_name, files, code, remedy) => {
    const { root } = write(files);
    const [first = ''] = Object.keys(files);
    const model = code === 'inference.noModel' ? join(root, 'gone.onnx') : join(root, first.replace(/\/.*/, ''));
    const failure = predict({ root, model }, { inputs: ['a', 'b'] });
    await expect(failure).rejects.toMatchObject({ code, remedy: expect.stringMatching(remedy) as string });
  });

  it('is refused where the number of columns differs, and the columns are named', async () => {
    const failure = predict(write({ 'm.onnx': classifierFile() }));
    await expect(failure).rejects.toThrow('takes 2 columns in one tensor, but 6 are given: id, a, b, kind, price, word.');
  });

  it('is refused where its digest is not the registered one', async () => {
    const expectedDigest = sha256('another file');
    await expect(predict(write({ 'm.onnx': classifierFile() }), { expectedDigest })).rejects.toMatchObject({
      code: 'inference.changedModel',
    });
  });
});

describe('weights in files of their own', () => {
  const inputs = ['a', 'b'];
  const placeWith = (content: Uint8Array, files: Readonly<Record<string, Uint8Array | string>> = {}): Place => {
    const place = write({ 'models/m.onnx': content, ...files });
    writeFileSync(join(place.root, 'secret.bin'), externalFactors());
    return place;
  };

  it.each(['weights.bin', 'parts/weights.bin', './weights.bin', 'name\uFEFF.bin'])('are used where they lie at %s', async (name) => {
    const { lines } = await predict(placeWith(externalFile(name), { [`models/${name}`]: externalFactors() }), { inputs });
    expect(lines.slice(1).map(Number)).toEqual(rows.map(({ price }) => expect.closeTo(price - 0.5, 5) as number));
  });

  it.each([
    '../secret.bin',
    'parts/../../secret.bin',
    '/etc/hostname',
    'C:\\secret.bin',
    '..\\secret.bin',
    '*/_ORT_MEM_ADDR_/*',
    'a\0/../b',
    '',
  ])('are never looked for at %j', async (name) => {
    const place = placeWith(externalFile(name), { 'models/*/_ORT_MEM_ADDR_/*': 'x', 'models/parts/w': 'x' });
    for (const ask of [async () => predict(place, { inputs }), async () => evaluate(place, { target: 'price' })]) {
      await expect(ask()).rejects.toMatchObject({ code: 'inference.weightsOutside', args: { name } });
    }
  });

  it.each(Object.keys(tensorPlaces) as (keyof typeof tensorPlaces)[])('are never looked for outside by %s', async (where) => {
    await expect(predict(placeWith(externalFile('../secret.bin', where)), { inputs })).rejects.toMatchObject({
      code: 'inference.weightsOutside',
    });
  });

  it.each<[string, (root: string) => void]>([
    [
      'a link',
      (root) => {
        symlinkSync(join(root, 'secret.bin'), join(root, 'models/weights.bin'));
      },
    ],
    [
      'a link to a folder',
      (root) => {
        symlinkSync(root, join(root, 'models/parts'));
      },
    ],
    [
      'a dangling link',
      (root) => {
        symlinkSync(join(root, 'none'), join(root, 'models/weights.bin'));
      },
    ],
  ])('are reached through no link: %s', async (what, make) => {
    const place = placeWith(externalFile(what.endsWith('folder') ? 'parts/secret.bin' : 'weights.bin'));
    make(place.root);
    await expect(predict(place, { inputs })).rejects.toMatchObject({ code: 'files.notPlain' });
  });

  it('are told to be missing', async () => {
    await expect(predict(placeWith(externalFile('weights.bin')), { inputs })).rejects.toMatchObject({
      code: 'inference.weightsMissing',
      message: expect.stringContaining('weights.bin') as string,
    });
  });

  it('are part of what the model is known by', async () => {
    const place = placeWith(externalFile('weights.bin'), { 'models/weights.bin': externalFactors() });
    const expectedDigest = await digestOfModel(await locateModel(place.model));
    await predict(place, { inputs, expectedDigest });
    writeFileSync(join(place.root, 'models/weights.bin'), externalFactors(4));
    await expect(predict(place, { inputs, expectedDigest })).rejects.toMatchObject({ code: 'inference.changedModel' });
  });
});

/** The processes of models that this one has started. */
function modelProcesses(): number[] {
  const children = readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter((pid) => pid !== '')
      .map(Number),
  );
  return children.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('foreign'));
}

describe.runIf(process.platform === 'linux')('the process of a model', () => {
  const feeds = [{ name: 'a', element: 'float32', shape: [2, 1], values: Float32Array.of(1, 2) }] as const;

  it('ends at once when a graph that hangs is cancelled', async () => {
    const { model } = write({ 'm.onnx': hangingFile() });
    const stopping = new AbortController();
    const process = await ForeignProcess.open({ file: model, threads: 1 }, stopping.signal);
    const run = process.run(feeds, 'y');
    setTimeout(() => {
      stopping.abort(new CancelledError());
    }, 200);
    await expect(run).rejects.toBeInstanceOf(CancelledError);
    await process.close();
    expect(modelProcesses()).toEqual([]);
  });

  it('takes nothing with it when it dies', async () => {
    const { model } = write({ 'm.onnx': hangingFile() });
    const opened = await ForeignProcess.open({ file: model, threads: 1 }, new AbortController().signal);
    const run = opened.run(feeds, 'y');
    for (const pid of modelProcesses()) process.kill(pid, 'SIGKILL');
    await expect(run).rejects.toMatchObject({ code: 'inference.modelCrashed', kind: 'environment' });
    await opened.close();
  });
});

describe('the limits of the runtime', () => {
  it('are those of the ONNX Runtime that is installed', async () => {
    const { irVersion, opsets } = runtimeLimits;
    const isRead = async (changes: Parameters<typeof classifierFile>[0]): Promise<boolean> => {
      const { model } = write({ 'm.onnx': classifierFile(changes) });
      return ForeignProcess.open({ file: model, threads: 1 }, new AbortController().signal).then(
        async (opened) => opened.close().then(() => true),
        () => false,
      );
    };
    const most = { irVersion, opset: opsets[''], mlOpset: opsets['ai.onnx.ml'] };
    const beyond = [
      { ...most, irVersion: irVersion + 1 },
      { ...most, opset: most.opset + 1 },
      { ...most, mlOpset: most.mlOpset + 1 },
    ];
    expect(await isRead(most)).toBe(true);
    for (const changes of beyond) expect(await isRead(changes)).toBe(false);
  });
});
