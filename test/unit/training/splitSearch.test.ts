/** Splits of a category, found from a histogram. */
import { expect, it } from 'vitest';
import { layOut } from '../../../src/engine/training/gbdt/histogram.ts';
import { findSplit, unbounded } from '../../../src/engine/training/gbdt/splitSearch.ts';

const levels = 254;
const layout = layOut([{ edges: new Float64Array(0), levels, missingBin: levels }]);
const limits = { minSamplesLeaf: 1, l2Regularization: 0, monotonic: undefined };

/** The set that goes left where every level has 20 rows with this gradient each. */
function leftLevels(gradientOf: (level: number) => number): number[] {
  const gradients = Array.from({ length: levels }, (_, level) => gradientOf(level));
  const histogram = Float64Array.from([...gradients, 0].flatMap((gradient, bin) => (bin === levels ? [0, 0, 0] : [gradient * 20, 20, 20])));
  const total = gradients.reduce((sum, gradient) => sum + gradient * 20, 0);
  const node = { totals: { gradient: total, hessian: levels * 20, rows: levels * 20 }, bounds: unbounded };
  const split = findSplit(histogram, layout, node, [0], limits);
  return [...(split?.goesLeft ?? [])].flatMap((side, level) => (side === 1 && level < levels ? [level] : []));
}

it('takes the levels with the smallest or with the largest gradients', () => {
  const isApart = (level: number): boolean => level % 20 === 3;
  const apart = Array.from({ length: levels }, (_, level) => level).filter(isApart);
  expect(leftLevels((level) => (isApart(level) ? -3 : 0.125))).toStrictEqual(apart);
  expect(leftLevels((level) => (isApart(level) ? 3 : -0.125))).toStrictEqual(apart);
});

it.each([
  ['positive', 1],
  ['negative', -1],
])('takes equal levels in the order of their bins where the largest set does not hold all of them: %s gradients', (_, sign) => {
  const found = leftLevels((level) => (level < 100 ? sign * 0.25 : 0));
  expect(found).toHaveLength(31);
  const first = sign < 0 ? 0 : 69; // a set of the largest begins with the last of them
  expect(found).toStrictEqual(Array.from({ length: 31 }, (_unused, index) => first + index));
});
