import { DiagnosticSeverity } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../../src/language/formats/projectFile/diagnostics.ts';
import { quickFixes } from '../../../../../src/language/formats/projectFile/quickFixes.ts';
import { documentSymbols } from '../../../../../src/language/formats/projectFile/symbols.ts';
import { columns, edited, file, projectOf } from './checkLanguage.ts';

/** Code and marked text of each diagnostic. */
function checkDiagnostics(text: string, expected: readonly (readonly [code: string, on: string])[]): void {
  const project = projectOf(text);
  const found = diagnose(project, columns).map(({ code, range }) => [code, project.document.getText(range)]);
  expect(found).toEqual(expected);
}

/** The text after every quick fix was taken. */
function checkFixed(text: string, expected: string): void {
  const project = projectOf(text);
  const edits = quickFixes(project.document, diagnose(project, columns)).flatMap(({ edit }) => edit?.changes?.[project.document.uri] ?? []);
  const fixed = TextDocument.applyEdits(project.document, edits);
  expect(fixed).toContain(expected);
  expect(diagnose(projectOf(fixed), columns)).toEqual([]);
}

describe('diagnostics', () => {
  it('are none for a file without mistakes', () => {
    checkDiagnostics(file, []);
  });

  it('have the exact range of what is wrong', () => {
    checkDiagnostics(edited('dataset: winter', 'dataset: wintr'), [['project.unknownName', 'wintr']]);
    checkDiagnostics(edited('{uses: validate, dataset: flights}', '{uses: validate, dataset: "flights", "🙂": 1, max_mising: 0}'), [
      ['project.unknownKey', '"🙂"'],
      ['project.unknownKey', 'max_mising'],
    ]);
  });

  it('only warn of a variable that is not set: it may be where the pipeline runs', () => {
    const [found] = diagnose(projectOf(edited('"${params.rate}"', '"${env.RATE}"')), columns);
    expect(found).toMatchObject({ code: 'project.envNotSet', severity: DiagnosticSeverity.Warning });
  });

  it('judge columns in lists, keys, expressions and conditions where the data is known', () => {
    checkDiagnostics(edited('numeric: [delay]', 'numeric: [delays]'), [['data.unknownColumn', 'delays']]);
    checkDiagnostics(edited('categorical: [origin]', 'categorical: {orgin: {}, place: {value: destnation}, origin: {}}'), [
      ['data.unknownColumn', 'orgin'],
      ['data.unknownColumn', 'destnation'],
    ]);
    checkDiagnostics(edited('"hour(date)"', '"hour(dates) / 2"'), [['data.unknownColumn', 'dates']]);
    checkDiagnostics(edited('where: delay > 1', 'where: dely > 1 AND "origin" LIKE \'delys\''), [['data.unknownColumn', 'dely']]);
    checkDiagnostics(edited('segments: [origin]', 'segments: [origin, carrier]'), [['data.unknownColumn', 'carrier']]);
    checkDiagnostics(edited('time: date', 'time: Date'), []);
  });

  it('say nothing of columns that are not known, nor of other names in SQL', () => {
    checkDiagnostics(
      edited(
        '  winter: {from: flights, where: delay > 1}',
        '  winter: {from: flights, where: delay > 1}\n  more: {path: b.csv, time: zzz, where: qqq > 1}',
      ),
      [],
    );
    checkDiagnostics(edited('where: delay > 1', 'where: CURRENT_DATE > something_else'), []);
  });

  it('point into an expression that cannot be read', () => {
    checkDiagnostics(edited('"hour(date)"', '"hour(date) + * 2"'), [['features.expression', '*']]);
  });
});

describe('quick fixes', () => {
  it('put the nearest name', () => {
    checkFixed(edited('dataset: winter', 'dataset: wintr'), 'dataset: winter');
    checkFixed(edited('uses: validate, dataset', 'uses: validate, datset'), 'uses: validate, dataset');
    checkFixed(edited('numeric: [delay]', "numeric: ['delays']"), "numeric: ['delay']");
    checkFixed(edited('${params.rate}', '${params.rat}'), '"${params.rate}"');
  });

  it("put our word for another tool's", () => {
    checkFixed(edited('learning_rate: "', 'n_estimators: 300, eta: "'), '{max_iter: 300, learning_rate: "');
    checkFixed(edited('[roc_auc]', '[auc, "rmse"]'), '[roc_auc, "root_mean_squared_error"]');
  });

  it('widen a range of the project', () => {
    checkFixed(edited('learning_rate: "${params.rate}"', 'learning_rate: 2'), 'ranges: {learning_rate: {max: 2}}');
  });

  it('put quotes around a reference in brackets', () => {
    checkFixed(edited('"${params.rate}"', '${params.rate}'), '{learning_rate: "${params.rate}"}');
  });
});

describe('symbols', () => {
  it('are the sections and their names', () => {
    const project = projectOf(file);
    const outline = documentSymbols(project).map(({ name, children }) => [
      name,
      (children ?? []).map((child) => `${child.name} ${child.detail ?? ''}`.trim()),
    ]);
    expect(outline).toEqual([
      ['name', []],
      ['params', ['rate', 'deep']],
      ['datasets', ['flights', 'winter']],
      ['features', ['flight']],
      ['stages', ['check validate', 'train train', 'measure evaluate', 'keep register']],
    ]);
    const train = documentSymbols(project)[4]!.children![1]!;
    expect(project.document.getText(train.range)).toMatch(/^train:\n[\s\S]*"\$\{params\.rate\}"\}$/);
    expect(project.document.getText(train.selectionRange)).toBe('train');
  });
});
