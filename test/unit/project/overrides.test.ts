import { describe, expect, it } from 'vitest';
import { aProject, parse } from './checkProject.ts';

const text = aProject({
  top: 'name: small\nx-a: &p {max_iter: 3}\nparams: {rate: 0.1, deep: {er: 1}}',
  stages: [
    '  train: {uses: train, dataset: rows, features: basic, params: *p}',
    '  again: {uses: train, dataset: rows, features: basic, params: {<<: *p, learning_rate: "${params.rate}"}}',
    '  e: {uses: evaluate, model: train, dataset: rows, metrics: [roc_auc, log_loss]}',
  ].join('\n'),
});

describe('overrides', () => {
  it.each<[string, string, (string | number)[], unknown]>([
    ['stages.train.params.max_iter', '50', ['stages', 'train', 'params', 'max_iter'], 50],
    ['params.rate', '0.2', ['stages', 'again', 'params', 'learning_rate'], 0.2],
    ['params.deep.er', '[1, x]', ['params', 'deep', 'er'], [1, 'x']],
    ['stages.again.threshold', '0.4', ['stages', 'again', 'threshold'], 0.4],
    ['stages.again.validation.share', '0.4', ['stages', 'again', 'validation', 'share'], 0.4],
    ['stages.e.metrics.1', 'f1_score', ['stages', 'e', 'metrics', 1], 'f1_score'],
    ['stages.e.metrics', '[accuracy_score]', ['stages', 'e', 'metrics'], ['accuracy_score']],
    ['seed', '7', ['seed'], 7],
    ['learning_rate', '0.4', ['stages', 'again', 'params', 'learning_rate'], 0.4],
    ['params.learning_rate', '0.4', ['stages', 'again', 'params', 'learning_rate'], 0.4],
    ['rate', '0.4', ['params', 'rate'], 0.4],
    ['e.metrics', '[f1_score]', ['stages', 'e', 'metrics'], ['f1_score']],
    ['datasets.rows.where', "a > 1 AND b = 'x'", ['datasets', 'rows', 'where'], "a > 1 AND b = 'x'"],
  ])('--set %s=%s', (path, value, at, expected) => {
    const { project, diagnostics } = parse(text, { overrides: { [path]: value } });
    expect(diagnostics).toEqual([]);
    expect(at.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], project)).toEqual(expected);
  });

  it('changes only what it names, where an anchor is shared', () => {
    const { project } = parse(text, { overrides: { 'stages.train.params.max_iter': '50' } });
    expect(project!.stages.again).toMatchObject({ params: { max_iter: 3, learning_rate: 0.1 } });
  });

  it.each([
    ['params.rat', '1', 'Did you mean "rate"?'],
    ['stages.trian.params.max_iter', '1', 'Did you mean "train"?'],
    ['stages.train.params.max_itr', '1', 'max_iter'],
    ['stages.train.params.max_iter', 'many', 'whole number'],
    ['stages.e.metrics.7', 'f1_score', 'no "7"'],
    ['sed', '1', 'Did you mean "seed"?'],
    ['params..x', '1', 'parted by points'],
    ['name.x', '1', 'no "x" in name'],
    ['seed', '[1', 'not valid YAML'],
    ['stages.train.dataset', 'rowz', 'Did you mean "rows"?'],
  ])('--set %s=%s is refused as a mistake of usage', (path, value, words) => {
    const { project, diagnostics } = parse(text, { overrides: { [path]: value } });
    expect(project).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({ kind: 'usage' });
    expect(diagnostics[0]!.at).toBeUndefined();
    expect(diagnostics[0]!.message).toContain(`In --set ${path}=${value}: `);
    expect(`${diagnostics[0]!.message} ${diagnostics[0]!.remedy ?? ''}`).toContain(words);
  });

  it('names the whole path where only its end was given', () => {
    const { diagnostics } = parse(text, { overrides: { 'params.max_iter': '5' } });
    expect(diagnostics[0]?.remedy).toBe('Write the whole path: stages.train.params.max_iter, stages.again.params.max_iter.');
  });
});
