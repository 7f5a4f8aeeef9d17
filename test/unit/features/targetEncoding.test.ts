/** Target encoding against scikit-learn 1.9.1's TargetEncoder(smooth=20), and that no training row's code knows its own target. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { scoreOnce } from '../../../src/engine/evaluation/metrics/measuresOf.ts';
import { crossFittedCodes, encodedWidth, targetCodes, type CategoryRows } from '../../../src/engine/features/targetEncoding.ts';

/** Rows of texts; null is missing. */
function rowsOf(values: readonly (string | null)[]): CategoryRows {
  const dictionary = [...new Set(values.filter((value) => value !== null))];
  return { dictionary, codes: Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(value))) };
}

const letters = 'abacabcdabe'.split('');
const levels = ['a', 'b', 'c', 'd', 'e'];

describe('the codes of levels', () => {
  it.each([
    {
      task: 'two classes',
      values: [1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1],
      classes: ['no', 'yes'],
      // The last row is scikit-learn's answer for a level it has not seen.
      expected: [
        [0.5795454545454545],
        [0.5177865612648221],
        [0.5413223140495868],
        [0.5194805194805194],
        [0.5670995670995671],
        [0.5454545454545454],
      ],
    },
    {
      task: 'three classes',
      values: [0, 1, 2, 0, 1, 1, 2, 2, 0, 1, 0],
      classes: ['x', 'y', 'z'],
      expected: [
        [0.3863636363636364, 0.3446969696969697, 0.2689393939393939],
        [0.31620553359683795, 0.4466403162055336, 0.23715415019762845],
        [0.3760330578512397, 0.3305785123966942, 0.2933884297520661],
        [0.34632034632034636, 0.34632034632034636, 0.30735930735930733],
        [0.393939393939394, 0.34632034632034636, 0.2597402597402597],
        [0.36363636363636365, 0.36363636363636365, 0.2727272727272727],
      ],
    },
    {
      task: 'a regression',
      values: [1.5, -2, 3.25, 10, 0, 7, -1, 4, 2, 8, -3.5],
      classes: [],
      expected: [
        [2.4971590909090913],
        [2.8774703557312256],
        [2.826446280991736],
        [2.722943722943723],
        [2.3658008658008662],
        [2.659090909090909],
      ],
    },
  ])('are those of scikit-learn for $task', ({ values, classes, expected }) => {
    const codes = targetCodes(levels, rowsOf(letters), { values: Float64Array.from(values), classes });
    expect(codes).toHaveLength(expected.flat().length);
    expected.flat().forEach((code, at) => {
      expect(codes[at]).toBeCloseTo(code, 14);
    });
  });

  it('count missing values and levels beyond the kept ones as one level more', () => {
    const target = { values: Float64Array.of(1, 1, 0, 0), classes: ['0', '1'] };
    const codes = targetCodes(['a'], rowsOf(['a', null, 'rare', 'a']), target);
    // One of the two rows of "a" is positive, one of the two others, and so is half of all.
    expect([...codes]).toEqual([0.5, 0.5]);
    const [, other] = targetCodes(['a'], rowsOf(['a', null, 'rare', 'a']), { ...target, values: Float64Array.of(0, 1, 1, 0) });
    expect(other).toBeCloseTo((2 + 20 * 0.5) / 22, 6);
  });
});

describe('the codes of training rows', () => {
  const rows = 2000;
  const random = createRandom(5);
  const noise = Uint8Array.from({ length: rows }, () => (random.nextFloat() < 0.4 ? 1 : 0));
  const target = { values: Float64Array.from(noise), classes: ['0', '1'] };
  const auc = (scores: Float64Array): number =>
    scoreOnce({ task: 'binary', truth: noise, scores, threshold: 0.5 }, ['roc_auc']).roc_auc ?? NaN;

  it.each([
    ['an identifier of every row', rows],
    ['three rows a level', Math.floor(rows / 3)],
    ['ten rows a level', rows / 10],
  ])("tell nothing of pure noise with %s, which the levels' own codes would", (_, count) => {
    const column = rowsOf(Array.from({ length: rows }, (_row, row) => `level ${row % count}`));
    const names = column.dictionary;
    const honest = crossFittedCodes(names, column, target, 42);
    expect(Math.abs(auc(honest) - 0.5)).toBeLessThan(0.05); // two standard errors of the AUC are 0.026
    const table = targetCodes(names, column, target);
    const leaking = Float64Array.from(column.codes, (code) => table[code] ?? NaN);
    expect(auc(leaking)).toBeGreaterThan(0.6);
  });

  it("come from other rows alone: a row's own target changes no code of its own", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', null), fc.double({ min: -5, max: 5, noNaN: true })), {
          minLength: 4,
          maxLength: 60,
        }),
        fc.nat(),
        fc.integer(),
        (given, at, seed) => {
          const column = rowsOf(given.map(([level]) => level));
          const values = Float64Array.from(given, ([, value]) => value);
          const row = at % given.length;
          const before = crossFittedCodes(['a', 'b', 'c'], column, { values, classes: [] }, seed);
          values[row] = 1000;
          const after = crossFittedCodes(['a', 'b', 'c'], column, { values, classes: [] }, seed);
          expect(after[row]).toBe(before[row]);
          expect([...after].some((code, other) => code !== before[other])).toBe(true);
        },
      ),
    );
  });

  it('are the same for the same seed, and others for another', () => {
    const column = rowsOf(Array.from({ length: rows }, (_, row) => `level ${row % 20}`));
    const codes = (seed: number): Float64Array => crossFittedCodes(column.dictionary, column, target, seed);
    expect(codes(1)).toEqual(codes(1));
    expect(codes(1)).not.toEqual(codes(2));
  });
});

it('several classes take a column each', () => {
  expect([[], ['a', 'b'], ['a', 'b', 'c']].map(encodedWidth)).toEqual([1, 1, 3]);
});
