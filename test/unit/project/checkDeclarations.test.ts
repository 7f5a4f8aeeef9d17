import { describe, expect, it } from 'vitest';
import { aProject, checkDiagnostics, parse } from './checkProject.ts';

const rows = (columns: string): string => `  rows: {path: a.csv, columns: {${columns}}}`;

describe('declarations of columns', () => {
  it.each([
    [
      'a range of texts',
      rows('a: {type: category, min: «1»}'),
      ['project.limitOfOtherType: "min" has no meaning for a column of the type category'],
    ],
    ['outliers of times', rows('a: {type: timestamp, max_outliers: «0.1»}'), ['project.limitOfOtherType: of the type timestamp']],
    ['infinite whole numbers', rows('a: {type: integer, max_infinite: «0.1»}'), ['project.limitOfOtherType: of the type integer']],
    ['a number as the end of times', rows('a: {type: timestamp, min: «5»}'), ['project.valueOfOtherType: 5 is not of the type timestamp']],
    [
      'a date as the end of numbers',
      rows('a: {type: number, max: «2001-01-01»}'),
      ['project.valueOfOtherType: 2001-01-01 is not of the type number'],
    ],
    [
      'a text among whole numbers',
      rows('a: {type: integer, values: [1, «two»]}'),
      ['project.valueOfOtherType: two is not of the type integer'],
    ],
    ['a range that nothing lies in', rows('a: {min: 5, max: «4»}'), ['project.emptyRange: at least 5 and at most 4']],
    ['times that nothing lies in', rows('a: {min: 2002-01-01, max: «2001-01-01»}'), ['project.emptyRange']],
    [
      'missing values allowed and forbidden',
      rows('a: {nullable: false, max_missing: «0.1»}'),
      ['project.limitUnused: must not be missing at all'],
    ],
    ['violations of nothing', rows('a: {type: integer, max_violations: «0.1»}'), ['project.limitUnused: neither a range nor values']],
  ])('%s', (_title, datasets, expected) => {
    checkDiagnostics(aProject({ datasets }), expected);
  });

  it('hold together with those of the data set it comes from', () => {
    const from = '  rows: {path: a.csv, columns: {a: {type: integer, min: 3}}}\n';
    checkDiagnostics(aProject({ datasets: `${from}  few: {from: rows, columns: {a: {max: «2»}}}` }), ['project.emptyRange']);
    expect(parse(aProject({ datasets: `${from}  few: {from: rows, columns: {a: {max_violations: 0.1}}}` })).diagnostics).toEqual([]);
  });

  it('that hold together are not remarked', () => {
    const datasets = rows(
      'a: {type: timestamp, min: 2001-01-01, max: 2001-01-02T10:00:00Z}, b: {values: [1, x, true]}, c: {type: integer, values: ["1", 2], max_violations: 0.1, max_outliers: 0}',
    );
    expect(parse(aProject({ datasets })).diagnostics).toEqual([]);
  });
});

describe('limits of a validate stage', () => {
  it.each([
    ['of a target it does not know', 'max_target_missing: «0.1»', ['project.limitUnused: "max_target_missing" is about the target']],
    ['on its severity', 'severity: {class_share: «error»}', ['project.limitUnused: "class_share" is about the target']],
    ['that no target can meet', 'features: basic, min_classes: 3, min_class_share: «0.4»', ['project.emptyRange: 3 classes cannot each']],
    ['of a check that there is none of', 'severity: {«missing_share»: warn}', ['project.unknownKey']],
  ])('%s', (_title, limits, expected) => {
    checkDiagnostics(aProject({ stages: `  check: {uses: validate, dataset: rows, ${limits}}` }), expected);
  });
});
