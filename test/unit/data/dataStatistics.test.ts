import { expect, it } from 'vitest';
import { missingTime, type Chunk, type ColumnVector } from '../../../src/engine/data/rows/columns.ts';
import { addMissing, describeFigures, describeStatistics, noCounts } from '../../../src/engine/data/statistics/dataStatistics.ts';

it('counts missing values of every kind of column, among the rows that count', () => {
  const chunk: Chunk = {
    rows: 3,
    columns: {
      number: { kind: 'number', values: Float64Array.of(NaN, 1, NaN) },
      time: { kind: 'time', values: BigInt64Array.of(missingTime, 0n, missingTime) },
      text: { kind: 'text', values: ['', null, null] },
      whole: { kind: 'number', values: Float64Array.of(1, 2, 3) },
    },
  };
  const counts = {};
  addMissing(counts, chunk);
  expect(counts).toEqual({ number: 2, time: 2, text: 2 });
  addMissing(counts, chunk, (row) => row === 2);
  expect(counts).toEqual({ number: 3, time: 3, text: 3 });
});

it('counts in columns that are called like what every object inherits', () => {
  const counts = noCounts();
  const constructor: ColumnVector = { kind: 'number', values: Float64Array.of(NaN) };
  addMissing(counts, { rows: 1, columns: { constructor } });
  expect(Object.entries(counts)).toEqual([['constructor', 1]]);
});

it('says in a sentence what was read', () => {
  const target = {
    kind: 'classes' as const,
    name: 'late',
    shares: [
      { value: 'no', share: 0.8 },
      { value: 'yes', share: 0.2 },
    ],
  };
  expect(
    describeStatistics({ dataset: 'winter', context: 'training', rows: 2000, missing: { a: 1, b: 400, c: 20, d: 2, e: 1 }, target }),
  ).toBe('winter, to learn from: 2,000 rows; missing: b 20.0 %, c 1.0 %, d 0.1 % and 2 more columns; late: no 80.0 %, yes 20.0 %.');
  expect(describeFigures({ rows: 2000, missing: { a: 4, b: 400, c: 20, d: 2 }, target: undefined })).toBe(
    '2,000 rows; missing: b 20.0 %, c 1.0 %, a 0.2 %, d 0.1 %',
  );
  expect(describeFigures({ rows: 1, missing: {}, target: { kind: 'number', name: 'delay', mean: 12.5 } })).toBe(
    '1 rows; no missing values; mean of delay: 12.50',
  );
});
