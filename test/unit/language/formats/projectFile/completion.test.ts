import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { TextEdit } from 'vscode-languageserver';
import { complete } from '../../../../../src/language/formats/projectFile/completion.ts';
import { atCaret, columns, edited, file } from './checkLanguage.ts';

/** The first labels, in order. */
function checkLabels(marked: string, first: readonly string[], absent: readonly string[] = []): void {
  const { project, position } = atCaret(marked);
  const labels = complete(project, position, { columns, snippets: true }).map(({ label }) => label);
  expect(labels.slice(0, first.length)).toEqual(first);
  for (const label of absent) expect(labels).not.toContain(label);
}

/** The text after one item was taken, in an editor without snippets. */
function checkTaken(marked: string, label: string, expected: string): void {
  const { project, position } = atCaret(marked);
  const item = complete(project, position, { columns, snippets: false }).find((candidate) => candidate.label === label);
  if (item === undefined) throw new Error(`no ${label}`);
  const text = TextDocument.applyEdits(project.document, [item.textEdit as TextEdit]);
  expect(text).toContain(expected);
}

describe('the target', () => {
  it('has a column and a positive class, whose names are the values of the column', () => {
    const target = (text: string): string => edited('target: {late: "delay > 15"}', `target: {${text}}`);
    checkLabels(target('|'), ['column', 'positive']);
    checkLabels(target('column: |'), ['delay', 'date']);
    checkLabels(target('column: "on time", positive: |'), ['False', 'True']);
    checkTaken(target('column: "on time", positive: |'), 'True', 'positive: "True"}');
    checkLabels(target('column: delay, positive: |'), ['0']);
  });
});

describe('keys', () => {
  it('of the file, without those it has', () => {
    checkLabels(`${file}|`, ['version', 'seed', 'environment'], ['name', 'stages']);
  });

  it('of an indented mapping, on a line of its own and in the middle of a word', () => {
    checkLabels(
      edited('    features: flight\n', '    features: flight\n    |\n'),
      ['trainer', 'validation'],
      ['uses', 'dataset', 'max_missing'],
    );
    checkLabels(edited('    features: flight\n', '    features: flight\n    thresh|\n'), ['trainer'], ['dataset']);
  });

  it('of a mapping in braces', () => {
    checkLabels(
      edited('{uses: validate, dataset: flights}', '{uses: validate, dataset: flights, |}'),
      ['features', 'max_missing'],
      ['trainer', 'dataset'],
    );
    checkLabels(edited('{learning_rate: "${params.rate}"}', '{learning_rate: 1, max|}'), ['max_iter'], ['learning_rate']);
  });

  it('of an empty mapping', () => {
    checkLabels(edited('    params: {learning_rate: "${params.rate}"}\n', '    params:\n      |\n'), ['learning_rate', 'max_iter']);
    checkLabels(edited('{uses: validate, dataset: flights}', '{|}'), ['uses', 'run']);
  });

  it('of a train stage are those that its trainer has', () => {
    const logistic = (keys: string): string =>
      edited('    params: {learning_rate: "${params.rate}"}\n', `    trainer: logistic\n    params: {${keys}}\n`);
    checkLabels(logistic('|'), ['max_iter', 'class_weight', 'sample_weight', 'C'], ['learning_rate', 'alpha', 'monotonic_cst']);
    const stage = edited('    features: flight\n', '    features: flight\n    trainer: logistic\n    |\n');
    checkLabels(stage, ['validation', 'threshold'], ['early_stopping']);
    checkLabels(edited('{learning_rate: "${params.rate}"}', '{monotonic_cst: {|}}'), ['delay'], ['origin']);
  });

  it('that are metrics, and those of a form among several', () => {
    checkLabels(edited('segments: [origin]}', 'gate: {|}}'), ['roc_auc']);
    checkLabels(edited('    features: flight\n', '    features: flight\n    threshold: {|}\n'), ['maximize', 'cost']);
  });

  it('that are columns of the data', () => {
    checkLabels(edited('    time: date\n', '    time: date\n    columns:\n      |\n'), ['delay', 'date', 'origin', 'destination']);
  });

  it('replace the whole word, and put a colon only where none is', () => {
    checkTaken(edited('    features: flight\n', '    feat|urez: flight\n'), 'features', '    features: flight\n');
    checkTaken(edited('    features: flight\n', '    features: flight\n    va|\n'), 'validation', '    validation:\n');
    checkTaken(edited('{uses: validate, dataset: flights}', '{uses: validate, max_m|}'), 'max_missing', '{uses: validate, max_missing: }');
    checkTaken(edited('{uses: validate, dataset: flights}', '{uses: validate, ne|}'), 'needs', '{uses: validate, needs: []}');
  });

  it('have their words and what they take', () => {
    const { project, position } = atCaret(edited('{learning_rate: "${params.rate}"}', '{|}'));
    const item = complete(project, position, { columns, snippets: true }).find(({ label }) => label === 'max_iter');
    expect(item).toMatchObject({
      detail: 'a whole number of at least 1',
      documentation: { value: 'The largest number of trees, or of steps of `logistic`. Default: 100.' },
    });
  });

  it('begin a stage with the names of the file', () => {
    checkTaken(`${file}  |\n`, 'predict', '  predict:\n  uses: predict\n  model: train\n  dataset: flights\n  output: predictions.parquet');
    checkTaken(`${file}  |\n`, 'train_2', 'train_2:');
  });
});

describe('values', () => {
  it('of a closed set', () => {
    checkLabels(edited('uses: validate', 'uses: |'), ['validate', 'train', 'evaluate', 'register', 'predict'], ['run']);
    checkLabels(edited('    features: flight\n', '    features: flight\n    trainer: |\n'), ['gbdt', 'logistic', 'linear']);
    checkLabels(edited('[roc_auc]', '[roc_auc, |]'), ['roc_auc', 'precision_recall_auc']);
    checkLabels(edited('[roc_auc]', '\n      - lo|\n     '), ['roc_auc']);
    checkLabels('name: x\nenvironment: |', ['homelab', 'development', 'staging', 'production']);
    checkLabels(edited('path: flights.parquet', 'path: a.csv\n    read: {header: |}'), ['true', 'false']);
  });

  it('that are names in the file', () => {
    checkLabels(edited('dataset: winter', 'dataset: |'), ['flights', 'winter']);
    checkLabels(edited('{from: flights, ', '{from: |, '), ['flights'], ['winter']);
    checkLabels(edited('features: flight\n', 'features: |\n'), ['flight']);
    checkLabels(edited('model: train, dataset', 'model: |, dataset'), ['train', 'flights-model@champion']);
    checkLabels(edited('model: train, name', 'model: |, name'), ['train'], ['flights-model@champion']);
    checkLabels(
      edited('uses: validate, dataset: flights', 'uses: validate, dataset: flights, needs: [|]'),
      ['train', 'measure', 'keep'],
      ['check'],
    );
    checkLabels(edited('segments: [origin]', 'baseline: |'), ['majority', 'mean', 'flights-model@champion']);
  });

  it('that are columns of the data set in question', () => {
    checkLabels(edited('numeric: [delay]', 'numeric: [|]'), ['delay', 'date', 'origin', 'destination']);
    checkLabels(edited('segments: [origin]', 'segments: [or|]'), ['delay']);
    checkLabels(edited('time: date', 'time: |'), ['delay', 'date']);
  });

  it('within an expression, with its functions', () => {
    checkLabels(edited('"hour(date)"', '"hour(da|) + 1"'), ['delay', 'date', 'origin', 'destination', 'on time', 'abs']);
    checkTaken(edited('where: delay > 1', 'where: del| > 1'), 'delay', 'where: delay > 1');
  });

  it('put a list where none is begun', () => {
    checkTaken(edited('metrics: [roc_auc]', 'metrics: |'), 'log_loss', 'metrics: [log_loss]');
  });

  it('that are references, with values for parameters only', () => {
    checkLabels(edited('"${params.rate}"', '"${|}"'), ['params.rate', 'params.deep', 'params.deep.er', 'env.API_TOKEN', 'env.HOME']);
    const { project, position } = atCaret(edited('"${params.rate}"', '"${params.|}"'));
    const items = complete(project, position, { columns, snippets: true });
    expect(items.map(({ label, detail }) => [label, detail])).toContainEqual(['params.rate', '0.1']);
    expect(JSON.stringify(items)).not.toContain('hush');
    checkTaken(edited('"${params.rate}"', '"${par|}"'), 'params.deep.er', '"${params.deep.er}"');
  });
});

describe('a text that is broken elsewhere', () => {
  it('still completes', () => {
    checkLabels(`${edited('    features: flight\n', '    features: flight\n    |\n')}broken: [1, {`, ['trainer']);
    checkLabels(edited('dataset: winter', 'dataset: |').replace('[roc_auc]', '[roc_auc'), ['flights', 'winter']);
  });

  it('gives nothing in an empty place of an unknown key', () => {
    checkLabels('name: x\nunknown: |', []);
  });
});
