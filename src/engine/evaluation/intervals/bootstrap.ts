/** Confidence intervals and a paired test by resampling rows, or whole groups of rows: seeded, and the same on every machine. */
import { breathe } from '../../../base/abort.ts';
import { createRandom, type Random } from '../../../base/random.ts';
import type { Estimate } from '../../../protocol/evaluation.ts';
import type { RowGroups } from '../metrics/predictions.ts';
import type { Scorer } from '../metrics/measuresOf.ts';

export const confidence = 0.95;

/** Values of the metrics: of all rows, and of each replicate; `replicates[r][m]`, NaN where a resample cannot have it. */
export interface Replicates {
  readonly values: Float64Array;
  readonly replicates: readonly Float64Array[];
}

/** What is drawn, and how the draws become the weights of a scorer's rows. */
export interface Draws {
  /** How many things are drawn, each by itself. */
  readonly units: number;
  /** How many rows the scorers weigh. */
  readonly rows: number;
  /** @param counts how often each unit was drawn */
  readonly spread: (counts: Uint8Array, weights: Float64Array) => void;
}

/** Row by row. @param own the weights that rows have in the data */
export function drawRows(rows: number, own?: Float64Array): Draws {
  return {
    units: rows,
    rows,
    spread: (counts, weights) => {
      for (let row = 0; row < rows; row++) weights[row] = (counts[row] ?? 0) * (own?.[row] ?? 1);
    },
  };
}

/** Group by group, the rows of a group together: rows of one group are not independent of each other. */
export function drawGroups({ codes, count }: RowGroups, own?: Float64Array): Draws {
  return {
    units: count,
    rows: codes.length,
    spread: (counts, weights) => {
      for (let row = 0; row < codes.length; row++) weights[row] = (counts[codes[row] ?? 0] ?? 0) * (own?.[row] ?? 1);
    },
  };
}

/** Rows that are not told apart, each drawn by itself all the same. @param sizes how many rows each row of the scorers stands for */
export function drawCompact(sizes: Uint32Array): Draws {
  return {
    units: sizes.reduce((sum, size) => sum + size, 0),
    rows: sizes.length,
    spread: (counts, weights) => {
      let next = 0;
      for (let row = 0; row < sizes.length; row++) {
        const end = next + (sizes[row] ?? 0);
        let sum = 0;
        for (; next < end; next++) sum += counts[next] ?? 0;
        weights[row] = sum;
      }
    },
  };
}

export interface BootstrapOptions {
  readonly draws: Draws;
  readonly replicates: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onReplicate: (done: number) => void;
}

/** Enough replicates for stable percentiles, fewer where each costs more: 1,000 up to 100,000 scores, never under 300. */
export function replicatesFor(scores: number): number {
  return Math.max(300, Math.min(1000, Math.floor(1e8 / Math.max(1, scores))));
}

/**
 * The Poisson bootstrap: in every replicate each unit counts k times, k drawn from a Poisson distribution with mean 1
 * (Chamandy, Muralidharan, Najmi and Naidu, "Estimating uncertainty for massive data streams", 2012; Hanley and
 * MacGibbon 2006). All scorers see the same draws, so their differences are paired.
 * @returns per scorer the metrics of each replicate
 * @throws CancelledError
 */
export async function bootstrap(scorers: readonly Scorer[], options: BootstrapOptions): Promise<Float64Array[][]> {
  const { draws, replicates, signal } = options;
  const counts = new Uint8Array(draws.units);
  const weights = new Float64Array(draws.rows);
  const results = scorers.map((): Float64Array[] => []);
  const random = createRandom(options.seed);
  for (let replicate = 1; replicate <= replicates; replicate++) {
    drawPoisson(random, counts);
    draws.spread(counts, weights);
    scorers.forEach((scorer, index) => results[index]?.push(scorer(weights)));
    options.onReplicate(replicate);
    await breathe(signal);
  }
  return results;
}

/** Poisson(1) by inversion of 16 random bits; its probabilities are exact to 2⁻¹⁶. */
const poissonOf16Bits = poissonTable();

function poissonTable(): Uint8Array {
  const table = new Uint8Array(65_536);
  let cumulative = 0;
  let probability = Math.exp(-1);
  for (let k = 0, start = 0; start < table.length; k++) {
    cumulative += probability;
    probability /= k + 1;
    const end = Math.min(table.length, Math.max(start + 1, Math.round(cumulative * table.length)));
    table.fill(k, start, end);
    start = end;
  }
  return table;
}

/** Fills `counts` with independent Poisson(1) draws. */
export function drawPoisson(random: Random, counts: Uint8Array): void {
  for (let unit = 0; unit < counts.length; unit += 2) {
    const bits = random.nextUint32();
    counts[unit] = poissonOf16Bits[bits & 0xffff] ?? 0;
    counts[unit + 1] = poissonOf16Bits[bits >>> 16] ?? 0; // past the end of an odd length this writes nothing
  }
}

/** The percentile interval of one metric; without a single defined replicate it is the value itself. */
export function estimateOf({ values, replicates }: Replicates, metric: number): Estimate {
  const value = values[metric] ?? NaN;
  const sorted = definedOf(replicates.map((replicate) => replicate[metric] ?? NaN));
  const tail = (1 - confidence) / 2;
  return sorted.length === 0
    ? { value, low: value, high: value }
    : { value, low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

/** The difference `model − baseline` of one metric, with the percentile interval of the paired replicates. */
export function differenceOf(model: Replicates, baseline: Replicates, metric: number): Estimate {
  return estimateOf(
    {
      values: Float64Array.of((model.values[metric] ?? NaN) - (baseline.values[metric] ?? NaN)),
      replicates: model.replicates.map((replicate, index) =>
        Float64Array.of((replicate[metric] ?? NaN) - (baseline.replicates[index]?.[metric] ?? NaN)),
      ),
    },
    0,
  );
}

export interface PairedTest {
  readonly pValue: number;
  /** What the p-value would be if no replicate lay on the other side: the smallest that so many can give. */
  readonly floor: number;
}

/**
 * Two-sided p-value of "no difference": twice the smaller share of paired replicates on one side of zero, ties counted
 * on both, with one added to numerator and denominator so that it is never 0 (Davison and Hinkley 1997, 4.2).
 * @returns undefined where no pair of replicates has the metric
 */
export function pairedTest(model: Replicates, baseline: Replicates, metric: number): PairedTest | undefined {
  const differences = model.replicates
    .map((replicate, index) => (replicate[metric] ?? NaN) - (baseline.replicates[index]?.[metric] ?? NaN))
    .filter((difference) => !Number.isNaN(difference));
  if (differences.length === 0) return undefined;
  const notAbove = differences.filter((difference) => difference <= 0).length;
  const notBelow = differences.filter((difference) => difference >= 0).length;
  const floor = 2 / (differences.length + 1);
  return { pValue: Math.min(1, floor * (Math.min(notAbove, notBelow) + 1)), floor };
}

function definedOf(values: readonly number[]): Float64Array {
  return Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
}

/** numpy's `quantile` with linear interpolation. @param sorted ascending, not empty */
export function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(sorted.length - 1, below + 1)] ?? NaN;
  return low + (high - low) * (position - below);
}
