/** exp(−x) and log(x) of the kernels beside those of V8. */
import { describe, expect, it } from 'vitest';
import { exponentialTable, openKernels } from '../../../src/engine/training/gbdt/kernels/kernels.ts';
import { random } from '../../support/trainingProject.ts';

const { kernels, buffer } = openKernels(exponentialTable.byteLength, undefined);
new Float64Array(buffer).set(exponentialTable);
const negativeExponential = (x: number): number => kernels.negativeExponential(x, 0);

describe('negativeExponential', () => {
  it('is within two units in the last place of Math.exp', () => {
    const next = random(1);
    for (let trial = 0; trial < 200_000; trial++) {
      const x = trial % 3 === 0 ? next() * 64 : trial % 3 === 1 ? next() * 4 : next() * 1e-6;
      const exact = Math.exp(-x);
      expect(Math.abs(negativeExponential(x) - exact)).toBeLessThanOrEqual(2 * 2 ** -52 * exact);
    }
  });

  it('holds at the ends', () => {
    expect(negativeExponential(0)).toBe(1);
    for (const x of [63.999, 64, 700, 745, 800, Infinity, NaN]) {
      expect(Math.abs(negativeExponential(x) - Math.exp(-x)) <= 2 ** -51 * Math.exp(-x) || Number.isNaN(x)).toBe(true);
    }
  });

  it('never rises', () => {
    for (let step = 1; step < 200_000; step++) {
      const [before, after] = [negativeExponential((step - 1) / 8192), negativeExponential(step / 8192)];
      expect(after).toBeLessThanOrEqual(before);
    }
  });
});

describe('logarithm', () => {
  it('is within 2⁻⁵² of Math.log, or two units in the last place', () => {
    const next = random(4);
    for (let trial = 0; trial < 200_000; trial++) {
      const x = 1 + next() * 10 ** (trial % 7 === 0 ? 8 : -(trial % 5));
      const exact = Math.log(x);
      expect(Math.abs(kernels.logarithm(x) - exact)).toBeLessThanOrEqual(2 ** -52 * Math.max(1, 2 * exact));
    }
    expect(kernels.logarithm(1)).toBe(0);
  });
});
