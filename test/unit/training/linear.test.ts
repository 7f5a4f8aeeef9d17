/** Linear trainers against scikit-learn 1.9.1 (LogisticRegression, Ridge). */
import { describe, expect, it } from 'vitest';
import { fitLogistic } from '../../../src/engine/training/linear/logisticRegression.ts';
import { fitRidge, solveSymmetric } from '../../../src/engine/training/linear/ridgeRegression.ts';
import type { LinearWeights } from '../../../src/engine/training/linear/linearWeights.ts';
import type { LinearRows } from '../../../src/engine/training/linear/linearRows.ts';

const indices = Array.from({ length: 60 }, (_, i) => i);
const matrix = Float64Array.from(indices.flatMap((i) => [Math.sin(i * 1.3), Math.cos(i * 0.7) * 2, (i % 7) / 3].map(Math.fround)));
const at = (i: number, column: number): number => matrix[i * 3 + column] ?? 0;
const weights = Float64Array.from(indices, (i) => 1 + (i % 4));
const binary = Float64Array.from(indices, (i) => (Math.sin(i * 2.1) + at(i, 0) + 0.5 * at(i, 2) > 0.6 ? 1 : 0));
const classes = Float64Array.from(indices, (i) => ((i * i) % 11) % 3);
const values = Float64Array.from(indices, (i) => 3 * at(i, 0) - at(i, 1) + 0.25 * at(i, 2) + Math.sin(i) * 0.1 + 5);

const rowsOf = (target: Float64Array, weighted = false): LinearRows => ({
  matrix,
  width: 3,
  rows: 60,
  target,
  weights: weighted ? weights : undefined,
});
const none: LinearRows = { matrix: new Float64Array(0), width: 3, rows: 0, target: new Float64Array(0), weights: undefined };
const control = { signal: new AbortController().signal, onStep: () => undefined };
const settings = { maxIter: 1000 };

function expectNear(found: Float64Array, wanted: readonly number[], digits = 5): void {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, index) => {
    expect(found[index]).toBeCloseTo(value, digits);
  });
}

describe('fitLogistic', () => {
  it('finds the coefficients of two classes', async () => {
    const found = await fitLogistic({ training: rowsOf(binary), heldOut: none, outputs: 1 }, { ...settings, C: 0.7 }, control);
    expectNear(found.coefficients, [1.314472972935655, -0.11709130963818133, 0.7804355286753052], 4);
    expectNear(found.intercepts, [-0.8652540333866726], 4);
  });

  it('honours weights', async () => {
    const found = await fitLogistic({ training: rowsOf(binary, true), heldOut: none, outputs: 1 }, { ...settings, C: 0.7 }, control);
    expectNear(found.coefficients, [1.4292929799549496, -0.036536856930868444, 0.9455508532251861], 4);
    expectNear(found.intercepts, [-1.002409367359074], 4);
  });

  it('finds the coefficients of several classes', async () => {
    const found = await fitLogistic({ training: rowsOf(classes), heldOut: none, outputs: 3 }, { ...settings, C: 2 }, control);
    const [a, b, c] = [
      [0.014201310609360597, 0.008493834761106659, 0.03821593712690477],
      [-0.012455239984434624, 0.09041920689643371, -0.09458482857865128],
      [-0.001746070624926163, -0.09891304165753939, 0.05636889145174623],
    ] as const;
    expectNear(
      found.coefficients,
      [0, 1, 2].flatMap((column) => [a, b, c].map((row) => row[column] ?? NaN)),
      4,
    );
    expectNear(found.intercepts, [0.33756643255598523, 0.25663639610565775, -0.5942028286616424], 4);
  });
});

describe('fitRidge', () => {
  it('finds the coefficients with a penalty', async () => {
    const found: LinearWeights = await fitRidge(rowsOf(values), none, 1.5, control);
    expectNear(found.coefficients, [2.8520555732508948, -0.9842675940137526, 0.2478217583602303], 6);
    expectNear(found.intercepts, [5.008008379295163], 6);
  });

  it('finds the weighted least squares', async () => {
    const found = await fitRidge(rowsOf(values, true), none, 0, control);
    expectNear(found.coefficients, [2.9954340314829357, -1.0013673013729507, 0.2537308487130781], 5);
    expectNear(found.intercepts, [5.00059247640204], 5);
  });

  it('gives a column that repeats another the coefficient 0', () => {
    const lower = Float64Array.of(2, 0, 0, 2, 2, 0, 1, 1, 3);
    const solution = solveSymmetric(lower, Float64Array.of(4, 4, 5));
    expect([...solution].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([1.4, 0, 1.2]);
  });
});
