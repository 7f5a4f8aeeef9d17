import { describe, expect, it } from 'vitest';
import { aProject, checkDiagnostics, parse } from './checkProject.ts';

const train = (more: string): string => `  train: {uses: train, dataset: rows, features: basic, ${more}}`;

describe('ranges of numeric settings', () => {
  it.each([
    ['too large a step', 'params: {learning_rate: «1.5»}', 'is 1.5, but must be a number from 0.00001 to 1'],
    ['too small a step', 'params: {learning_rate: «1.0e-6»}', 'ranges: {learning_rate: {min: 0.000001}}'],
    ['too much patience', 'early_stopping: {patience: «101»}', 'patience is 101, but must be a number from 1 to 100'],
  ])('%s', (_title, stage, words) => {
    checkDiagnostics(aProject({ stages: train(stage) }), [`project.outOfRange: ${words}`]);
  });

  it.each(['params: {learning_rate: 1.0e-5}', 'params: {learning_rate: 1}', 'params: {max_iter: 1}', 'early_stopping: {patience: 100}'])(
    'the ends belong to them: %s',
    (stage) => {
      expect(parse(aProject({ stages: train(stage) })).diagnostics).toEqual([]);
    },
  );

  it('hold for the values that scripts are given', () => {
    checkDiagnostics(aProject({ top: 'name: small\nparams: {batch_size: «4», max_epochs: «2000», depth: 9, lr: 7, max_iter: many}' }), [
      'project.outOfRange: batch_size is 4, but must be a number from 8 to 1024',
      'project.outOfRange: max_epochs is 2000, but must be a number from 1 to 1000',
    ]);
  });

  it('are said once, where the value is written', () => {
    const top = 'name: small\nparams: {learning_rate: «5»}';
    checkDiagnostics(aProject({ top, stages: train('params: {learning_rate: "${params.learning_rate}"}') }), ['project.outOfRange']);
  });

  it('are widened by the project, at the end that it names', () => {
    const top = 'name: small\nranges: {learning_rate: {max: 3}, batch_size: {min: 1}}\nparams: {batch_size: 1}';
    expect(parse(aProject({ top, stages: train('params: {learning_rate: 2}') })).diagnostics).toEqual([]);
    checkDiagnostics(aProject({ top, stages: train('params: {learning_rate: «4»}') }), ['project.outOfRange: from 0.00001 to 3']);
    checkDiagnostics(aProject({ top, stages: train('params: {learning_rate: «1.0e-6»}') }), ['project.outOfRange: from 0.00001 to 3']);
  });

  it('cannot be widened to what has no meaning, nor for settings that have none', () => {
    const ranges = (text: string): string => `name: small\nranges: ${text}`;
    checkDiagnostics(aProject({ top: ranges('{learning_rate: {min: -1}}'), stages: train('params: {learning_rate: «-0.5»}') }), [
      'project.wrongValue: must be a number above 0',
    ]);
    checkDiagnostics(aProject({ top: ranges('{«learning_rat»: {max: 2}}') }), ['project.unknownKey: Did you mean "learning_rate"?']);
  });
});
