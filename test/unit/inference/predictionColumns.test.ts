import { expect, it } from 'vitest';
import type { ModelDescription } from '../../../src/engine/inference/scoring/model.ts';
import { predictionColumns } from '../../../src/engine/inference/prediction/predictionColumns.ts';

const described = (task: ModelDescription['task'], classes: readonly string[]): ModelDescription => ({
  version: 1,
  digest: '',
  task,
  target: 'y',
  targetExpression: undefined,
  classes,
  threshold: undefined,
  inputs: [],
  trainer: 'gbdt',
  importance: [],
});

it.each([
  ['regression', [], ['prediction number']],
  ['binary', ['no', 'yes'], ['prediction category', 'probability number']],
  ['binary', ['0', '1'], ['prediction integer', 'probability number']],
  [
    'multiclass',
    ['A', 'a', 'a_2', 'a\0', ''],
    ['prediction category', ...['A', 'a_2', 'a_2_2', 'a ', ''].map((name) => `probability_${name} number`)],
  ],
] as const)('%s of %j: names that every reader of tables tells apart', (task, classes, expected) => {
  expect(predictionColumns(described(task, classes)).map(({ name, type }) => `${name} ${type}`)).toEqual(expected);
});
