/** Bins: edges that no last bit can cross, values on the right side of each. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBins, findEdges } from '../../../src/engine/training/gbdt/binning.ts';
import { binsOf } from '../../support/binsOf.ts';

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

describe('findEdges', () => {
  it('separates every value where there are few', () => {
    expect([...findEdges(sorted([3, 1, 2, 2, 1]), 255, 'exact')]).toEqual([1.5, 2.5]);
  });

  it('leaves values together that differ by rounding only, where processors round in different ways', () => {
    const values = [0, 0.5, 0.5 + 2 ** -53, 0.5 + 2 ** -52, 1];
    expect([...findEdges(sorted(values), 255, 'value')].map((edge) => edge.toFixed(3))).toEqual(['0.250', '0.750']);
    const sines = [-1, -1.2e-16, 0, 1.2e-16, 1];
    expect(findEdges(sorted(sines), 255, 'range')).toHaveLength(2);
  });

  it.each([
    ['projected metres', [4_500_000.25, 4_500_000.5, 4_500_000.75]],
    ['seconds since 1970', [1.7e9, 1.7e9 + 1, 1.7e9 + 2]],
    ['milliseconds since 1970', [1.7e12, 1.7e12 + 1, 1.7e12 + 2]],
    ['identifiers', [2 ** 53 - 2, 2 ** 53 - 1, 2 ** 53]],
    ['identifiers beside small ones', [1, 2 ** 53 - 1, 2 ** 53]],
    ['neighbours in float64', [1 - Number.EPSILON / 2, 1, 1 + Number.EPSILON]],
    ['subnormal numbers', [0, 5e-324, 1e-323]],
    ['numbers far apart', [-1.7e308, 1e-300, 1.7e308]],
  ])('parts %s that float32 holds as one', (_, values) => {
    const edges = findEdges(sorted(values), 255, 'exact');
    expect(edges).toHaveLength(2);
    const bins = { edges, levels: undefined, missingBin: 3 };
    expect(binsOf(bins, values)).toEqual([0, 1, 2]);
  });

  it('tells small values of a long tail apart', () => {
    expect(findEdges(sorted([0.01, 0.02, 0.03, 1e6]), 255, 'exact')).toHaveLength(3);
  });

  it('gives bins of about equal size', () => {
    const edges = findEdges(
      Float64Array.from({ length: 10_000 }, (_, i) => i),
      10,
      'exact',
    );
    expect([...edges].map((edge) => Math.round(edge))).toEqual([1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]);
  });

  it('has no edge for a value that never varies, nor for none', () => {
    expect(findEdges(sorted([7, 7, 7]), 255, 'exact')).toHaveLength(0);
    expect(findEdges(sorted([]), 255, 'exact')).toHaveLength(0);
  });

  it('never has more bins than allowed, nor an edge on the wrong side', () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 40 }), (list, maxBins) => {
        const all = sorted(list);
        const edges = findEdges(all, maxBins, 'exact');
        expect(edges.length).toBeLessThan(maxBins);
        edges.forEach((edge, i) => {
          if (i > 0) expect(edge).toBeGreaterThan(edges[i - 1] ?? 0);
          expect(all.some((value) => value <= edge)).toBe(true);
          expect(all.some((value) => value > edge)).toBe(true);
        });
      }),
    );
  });
});

describe('findBins', () => {
  const edgesOf = (values: Float64Array, seed: number): Float64Array => {
    const [bins] = findBins(values, { rows: values.length, columns: [{ levels: undefined, accuracy: 'exact' }] }, { maxBins: 11, seed });
    return bins?.edges ?? new Float64Array();
  };

  it('hears every row of a small table, whatever the seed', () => {
    const values = Float64Array.from({ length: 5000 }, (_, row) => (row * 7919) % 5000);
    expect(edgesOf(values, 1)).toEqual(edgesOf(values, 2));
  });

  it('draws rows of a large one by the seed, and finds its quantiles', () => {
    const values = Float64Array.from({ length: 600_000 }, (_, row) => row);
    const [first, second] = [edgesOf(values, 1), edgesOf(values, 2)];
    expect(first).not.toEqual(second);
    expect(first).toEqual(edgesOf(values, 1));
    for (const edges of [first, second])
      edges.forEach((edge, index) => {
        expect(Math.abs(edge - (index + 1) * (600_000 / 11))).toBeLessThan(600);
      });
  });
});

describe('the bin of a value', () => {
  it('agrees with the edges, and keeps missing values apart', () => {
    const [bins] = findBins(
      Float64Array.of(1, 2, 3, NaN),
      { rows: 4, columns: [{ levels: undefined, accuracy: 'exact' }] },
      { maxBins: 255, seed: 1 },
    );
    if (bins === undefined) throw new Error('no bins');
    expect(binsOf(bins, [0, 1, 1.5, 1.6, 2.5, 9, NaN])).toEqual([0, 0, 0, 1, 1, 2, 3]);
  });

  it('takes a level as its bin, and what is none as the one after', () => {
    const [bins] = findBins(Float64Array.of(0, 2), { rows: 2, columns: [{ levels: 3, accuracy: 'exact' }] }, { maxBins: 255, seed: 1 });
    if (bins === undefined) throw new Error('no bins');
    expect(binsOf(bins, [0, 2, 3])).toEqual([0, 2, 3]);
  });
});
