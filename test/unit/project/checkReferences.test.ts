import { describe, expect, it } from 'vitest';
import { stageDependencies } from '../../../src/engine/project/graph/stageGraph.ts';
import { aProject, checkDiagnostics, parse } from './checkProject.ts';

const train = '  train: {uses: train, dataset: rows, features: basic}';

describe('data sets', () => {
  it.each([
    ['from nowhere', '  «rows»: {time: at}', ['project.datasetSource: does not say where its rows come from']],
    ['from two places', '  rows: {path: a.csv, query: «SELECT 1 ORDER BY 1»}', ['project.datasetSource: one place only']],
    ['from an unknown one', '  rows: {path: a}\n  more: {from: «row»}', ['project.unknownName: Did you mean "rows"?']],
    ['a window without time', '  rows: {path: a, «during»: {last: 3d}}', ['project.missingTime: names no time column']],
    ['an empty window', '  rows: {path: a, time: t, during: {since: 2001-02-01, before: «2001-01-01»}}', ['project.emptyWindow']],
    ['a window given twice', '  rows: {path: a, time: t, during: {since: 2001-02-01, last: «3d»}}', ['project.windowTwice']],
    ['reading options without files', '  rows: {path: a}\n  more: {from: rows, «read»: {header: false}}', ['project.readWithoutPath']],
    [
      'a circle',
      '  rows: {from: «b»}\n  b: {query: "SELECT * FROM c ORDER BY 1"}\n  c: {from: rows}',
      ['project.datasetCycle: rows → b → c → rows'],
    ],
  ])('%s', (_title, datasets, expected) => {
    checkDiagnostics(aProject({ datasets }), expected);
  });

  it('inherit their time, through several steps and through queries', () => {
    const datasets = '  rows: {path: a, time: t}\n  b: {query: "SELECT * FROM rows ORDER BY 1"}\n  c: {from: b, during: {last: 3d}}';
    expect(parse(aProject({ datasets })).diagnostics).toEqual([]);
  });

  it('a word in a text of a query is no data set', () => {
    const datasets = `  rows: {query: "SELECT 'rows', 1 -- rows\\n ORDER BY 1"}`;
    expect(parse(aProject({ datasets })).diagnostics).toEqual([]);
  });
});

describe('models of commands', () => {
  const maker = (file: string): string => `  export: {run: python a.py, model: {path: ${file}}}\n`;
  it.each([
    [
      'an ONNX file measured by no target',
      `${maker('m.onnx')}  e: {uses: evaluate, model: «export», dataset: rows}`,
      ['project.targetNeeded'],
    ],
    [
      'a pickle to predict with',
      `${maker('m.pkl')}  p: {uses: predict, model: «export», dataset: rows, output: o.csv}`,
      ['project.notOnnx'],
    ],
    [
      'a pickle to register',
      `${maker('m.joblib')}  r: {uses: register, model: «export», name: m}`,
      ['project.notOnnx: Export the model to ONNX'],
    ],
  ])('%s', (_title, stages, expected) => {
    checkDiagnostics(aProject({ stages }), expected);
  });

  it.each([
    ['an ONNX file with its target', `${maker('m.onnx')}  e: {uses: evaluate, model: export, dataset: rows, target: y}`],
    ['a folder, which may be one of ours', `${maker('folder')}  e: {uses: evaluate, model: export, dataset: rows}`],
  ])('%s is in order', (_title, stages) => {
    expect(parse(aProject({ stages })).diagnostics).toEqual([]);
  });
});

describe('features', () => {
  it.each([
    ['a positive class without a target', '  basic: {«target»: {positive: yes}, numeric: [c]}', ['project.targetCount']],
    ['a target in the long form among them', '  basic: {target: {column: y, positive: a}, numeric: [«y»]}', ['project.targetAsFeature']],
    ['a target among them', '  basic: {target: y, numeric: [a, «y»]}', ['project.targetAsFeature']],
    ['one twice', '  basic: {target: y, numeric: [a], categorical: {«a»: {}}}', ['project.duplicateFeature: under "numeric"']],
    ['two targets', '  basic: {«target»: {a: x, b: y}, numeric: [c]}', ['project.targetCount']],
    ['none', '  «basic»: {target: y}', ['project.noFeatures']],
  ])('%s', (_title, features, expected) => {
    checkDiagnostics(aProject({ features }), expected);
  });
});

describe('stages', () => {
  it.each([
    ['an unknown data set', '  t: {uses: train, dataset: «rowz», features: basic}', ['project.unknownName: "rows"']],
    ['unknown features', '  t: {uses: train, dataset: rows, features: «basics»}', ['project.unknownName: "basic"']],
    ['an unknown stage in needs', `${train}\n  r: {run: a, needs: [train, «trian»]}`, ['project.unknownName: Did you mean "train"?']],
    [
      'an unknown model',
      `${train}\n  p: {uses: predict, model: «trane», dataset: rows, output: o.csv}`,
      ['project.unknownModel: name@alias'],
    ],
    [
      'a model of a stage that makes none',
      `${train}\n  v: {uses: validate, dataset: rows}\n  p: {uses: predict, model: «v», dataset: rows, output: o.csv}`,
      ['project.unknownModel: makes no model'],
    ],
    [
      'a model where no stage makes one',
      '  r: {uses: register, model: «train», name: m}',
      ['project.unknownModel: No stage of this file makes one'],
    ],
    ['a registered model to register', `${train}\n  r: {uses: register, model: «m@a», name: m}`, ['project.unknownModel: is not a stage']],
    [
      'a wrong baseline',
      `${train}\n  e: {uses: evaluate, model: train, dataset: rows, baseline: «majorty»}`,
      ['project.unknownModel: Did you mean "majority"?'],
    ],
    ['an evaluation of nothing', '  «e»: {uses: evaluate, dataset: rows}', ['project.nothingToEvaluate: does not say what it measures']],
    [
      'an evaluation of two things',
      `${train}\n  e: {uses: evaluate, model: train, «predictions»: {target: y, score: p}, dataset: rows}`,
      ['project.predictionsTwice: either a model or columns'],
    ],
    [
      'predictions of no column',
      '  e: {uses: evaluate, «predictions»: {target: y}, dataset: rows}',
      ['project.predictionColumns: names no column that was predicted'],
    ],
    [
      'predictions of two kinds',
      '  e: {uses: evaluate, predictions: {target: y, score: p, prediction: «q»}, dataset: rows}',
      ['project.predictionColumns: "predictions" has'],
    ],
    [
      'a ranking without groups',
      `${train}\n  e: {uses: evaluate, model: train, dataset: rows, «metrics»: [ndcg_at_k]}`,
      ['project.missingGroup: names none'],
    ],
    ['lengths without groups', `${train}\n  e: {uses: evaluate, model: train, dataset: rows, k: «5»}`, ['project.rankWithoutGroup']],
    [
      'a ranking of weighted rows',
      `${train}\n  e: {uses: evaluate, model: train, dataset: rows, group: q, gate: {map_at_k: {min: 0.1}}, sample_weight: «w»}`,
      ['project.rankingWeights: counts every group alike'],
    ],
    [
      'a gate on what is not measured',
      `${train}\n  e: {uses: evaluate, model: train, dataset: rows, metrics: [log_loss], gate: {«roc_auc»: {min: 0.5}}}`,
      ['project.gateMetric'],
    ],
    [
      'a gate that nothing passes',
      `${train}\n  e: {uses: evaluate, model: train, dataset: rows, gate: {roc_auc: {min: 0.9, max: «0.1»}}}`,
      ['project.gateLimits'],
    ],
    [
      'a gate against no model',
      `${train}\n  e: {uses: evaluate, model: train, dataset: rows, gate: {roc_auc: {beats: «train»}}}`,
      ['project.unknownModel'],
    ],
    [
      'groups without their column',
      '  t: {uses: train, dataset: rows, features: basic, validation: {split: «group»}}',
      ['project.missingGroup'],
    ],
    [
      'folds without folds',
      '  t: {uses: train, dataset: rows, features: basic, validation: {split: random, folds: «3»}}',
      ['project.foldsWithoutKfold'],
    ],
    [
      'a share of folds',
      '  t: {uses: train, dataset: rows, features: basic, validation: {split: kfold, share: «0.3»}}',
      ['project.shareWithKfold'],
    ],
    [
      'a hyperparameter of another trainer',
      '  t: {uses: train, dataset: rows, features: basic, trainer: logistic, params: {C: 1, max_depth: «3»}}',
      ['project.foreignSetting: Hyperparameters of logistic: C, max_iter'],
    ],
    [
      'early stopping of a trainer without rounds',
      '  t: {uses: train, dataset: rows, features: basic, trainer: linear, «early_stopping»: {patience: 3}}',
      ['project.foreignSetting: The trainer "linear" has no "early_stopping"'],
    ],
    ['an output outside', '  r: {run: a, outs: [«../b»]}', ['files.outsideProject']],
    ['an absolute output', '  r: {run: a, outs: ["ok", «"C:/b"»]}', ['files.outsideProject']],
    ['the project as output', '  r: {run: a, outs: [«./»]}', ['files.outsideProject']],
    ['one output twice', `  r: {run: a, outs: [x/y]}\n  s: {run: b, outs: [«./x»]}`, ['project.outputConflict: "r"']],
    ['a file that is read and written', '  r: {run: a, deps: [a.txt], outs: [«./a.txt»]}', ['project.outputIsRead: a.txt']],
    ['a written folder that holds what is read', '  r: {run: a, deps: [out/a.txt], outs: [«out»]}', ['project.outputIsRead']],
    ['a read folder that holds what is written', '  r: {run: a, deps: [data], outs: [«data/b.txt»]}', ['project.outputIsRead']],
    ['a glob that meets what is written', '  r: {run: a, deps: ["*.txt"], outs: [«b.txt»]}', ['project.outputIsRead']],
    ['the state of runs', '  r: {run: a, deps: [a.txt, «./.millwright/jobs»]}', ['project.readsState: every run changes']],
    ['the project file as output', '  r: {run: a, outs: [«millwright.yaml»]}', ['project.outputIsRead: project']],
    ['the store as output', '  r: {run: a, outs: [«mlruns/1»]}', ['project.outputIsRead: project']],
    ['its own script as output', '  r: {run: python -u make.py, outs: [«make.py»]}', ['project.outputIsRead: make.py']],
    ["another stage's script as output", '  r: {run: a, outs: [«b.sh»]}\n  s: {run: ./b.sh}', ['project.outputIsRead: b.sh']],
    [
      'predictions over the rows they are made for',
      '  r: {uses: predict, model: m@a, dataset: rows, output: «rows.csv»}',
      ['project.outputIsRead'],
    ],
    ['a circle of needs', '  a: {run: x, needs: [«b»]}\n  b: {run: y, needs: [a]}', ['project.stageCycle: a → b → a']],
    [
      'a circle through files',
      '  a: {run: x, deps: [«y/1»], outs: [x]}\n  b: {run: y, deps: [x], outs: [y]}',
      ['project.stageCycle: a → b → a'],
    ],
  ])('%s', (_title, stages, expected) => {
    checkDiagnostics(aProject({ stages }), expected);
  });

  it('a time split needs the time', () => {
    checkDiagnostics(
      aProject({
        datasets: '  rows: {path: a}',
        stages: '  t: {uses: train, dataset: rows, features: basic, validation: {split: «time»}}',
      }),
      ['project.missingTime'],
    );
    checkDiagnostics(
      aProject({
        datasets: '  rows: {path: a}',
        stages: '  t: {uses: train, dataset: rows, features: basic, validation: {split: kfold, by: «time»}}',
      }),
      ['project.missingTime'],
    );
  });
});

describe('stageDependencies', () => {
  it('follow from models, outputs, checks and needs', () => {
    const { project } = parse(
      aProject({
        datasets: '  rows: {path: "made/*.csv", time: at}\n  part: {from: rows, where: a > 1}',
        stages: [
          '  make: {run: python make.py, outs: [made/one.csv]}',
          '  check: {uses: validate, dataset: rows}',
          '  train: {uses: train, dataset: part, features: basic}',
          '  e: {uses: evaluate, model: train, dataset: part}',
          '  p: {uses: predict, model: m@champion, dataset: part, output: other.csv, needs: [e]}',
        ].join('\n'),
      }),
    );
    const pairs = stageDependencies(project!).map(({ stage, on }) => `${on} → ${stage}`);
    expect(pairs.sort()).toEqual(
      ['make → check', 'check → train', 'make → train', 'train → e', 'make → e', 'check → e', 'e → p', 'make → p', 'check → p'].sort(),
    );
  });
});
