import { describe, expect, test } from 'vitest';
import { rankTargets } from '../../../src/engine/proposal/chooseTarget.ts';
import { isIdentifier } from '../../../src/engine/proposal/identifiers.ts';
import type { ColumnProfile } from '../../../src/protocol/dataset.ts';

type Kind = readonly [type: ColumnProfile['type'], distinct: number, min?: number, max?: number];

const rows = 1000;
const number: Kind = ['number', 400, 0, 99.5];
const flag: Kind = ['integer', 2, 0, 1];
const text = (levels: number): Kind => ['text', levels];
const counter: Kind = ['integer', rows, 1, rows];
const time: Kind = ['timestamp', 900];

function column(name: string, [type, distinct, min, max]: Kind): ColumnProfile {
  return {
    ...{ name, type, storedAs: 'VARCHAR', missing: 0, distinct, distinctIsEstimate: false, infinite: 0, min, max, top: [] },
    ...{ mean: undefined, standardDeviation: undefined, outliers: undefined, histogram: undefined },
  };
}

const ranked = (path: string, columns: Readonly<Record<string, Kind>>) =>
  rankTargets({ path, rows, columns: Object.entries(columns).map(([name, kind]) => column(name, kind)) });

/** A few columns each of well-known tables, in their order. */
const tables: readonly (readonly [path: string, target: string, columns: Readonly<Record<string, Kind>>])[] = [
  ['diamonds.csv', 'price', { carat: number, cut: text(5), price: number, x: number, y: number, z: number }],
  ['Wage.csv', 'wage', { year: ['integer', 7, 2003, 2009], health_ins: text(2), logwage: number, wage: number }],
  ['Hitters.csv', 'Salary', { AtBat: number, League: text(2), Salary: number, NewLeague: text(2) }],
  ['Bikeshare.csv', 'bikers', { season: ['integer', 4, 1, 4], workingday: flag, temp: number, casual: number, bikers: number }],
  ['OJ.csv', 'Purchase', { Purchase: text(2), PriceCH: number, LoyalCH: number, Store7: text(2), STORE: ['integer', 5, 0, 4] }],
  [
    'penguins-raw.csv',
    'Species',
    { 'Sample Number': ['integer', 152, 1, 152], Species: text(3), Island: text(3), Sex: text(2), Comments: text(8) },
  ],
  ['rossi.csv', 'arrest', { week: ['integer', 49, 1, 52], arrest: flag, fin: flag, age: number, paro: flag, prio: number }],
  [
    'flights.csv',
    'arr_delay',
    { year: ['integer', 2, 2013, 2014], dep_delay: number, arr_delay: number, origin: text(3), hour: number, time_hour: time },
  ],
  ['iris.csv', 'Species', { '': counter, 'Sepal.Length': number, Species: text(3) }],
  ['data.csv', 'y', { x1: number, x2: number, y: number, group: text(4) }],
  ['cats.csv', 'Hwt', { '': counter, Sex: text(2), Bwt: number, Hwt: number }],
  ['default.csv', 'default', { default: text(2), student: text(2), balance: number }],
  ['Smarket.csv', 'Direction', { Lag1: number, Today: number, Direction: text(2) }],
  ['tips.csv', 'tip', { total_bill: number, tip: number, sex: text(2), size: ['integer', 6, 1, 6] }],
];

describe('the target that is proposed', () => {
  test.each(tables)('of %s is %s', (path, target, columns) => {
    const { candidates, isDoubtful } = ranked(path, columns);
    expect({ target: candidates[0]?.column, isDoubtful }).toEqual({ target, isDoubtful: false });
    expect(candidates[0]?.reason).toMatch(/\w+ \w+/);
  });

  test.each([
    ['the last column is a time', { a: number, b: text(3), when: time }],
    ['the last column is a place', { a: number, b: text(3), latitude: number }],
    ['the last column is a name for every row', { a: number, b: flag, c: text(900) }],
    ['the last column is the same everywhere', { a: number, b: flag, c: ['integer', 1, 3, 3] as Kind }],
  ])('is doubtful where %s', (_name, columns) => {
    const { candidates, isDoubtful } = ranked('data.csv', columns);
    expect(isDoubtful).toBe(true);
    expect(candidates[0]?.column).toBe('a');
  });

  test('is none where nothing can be predicted', () => {
    expect(ranked('data.csv', { '': counter, when: time, c: ['integer', 1, 3, 3] })).toEqual({ candidates: [], isDoubtful: true });
  });
});

test.each([
  ['pidnum', ['integer', rows, 10056, 990077], true],
  ['PatientID', ['integer', rows, 3, 99_999], true],
  ['rownames', counter, true],
  ['', counter, true],
  ['x', counter, true],
  ['name', text(900), true],
  ['population', ['integer', rows, 120, 8_000_000], false],
  ['year', ['integer', rows, 1001, 2000], false],
  ['weight', ['number', rows, 1.5, 99.2], false],
  ['city', text(200), false],
] as const)('%s of %j identifies rows: %s', (name, kind, expected) => {
  expect(isIdentifier(column(name, kind), rows)).toBe(expected);
});
