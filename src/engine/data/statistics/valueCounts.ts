/** What follows from how often each value of a column occurs: moments, outliers, histogram. Pure. */
import type { Column } from '../../../protocol/dataset.ts';
import type { Histogram } from '../../../protocol/evaluation.ts';
import { Moments } from './moments.ts';

/** A different value of a column. */
export interface ValueCount {
  /** As text. */
  readonly text: string;
  /** As a number; a time in milliseconds since 1970 UTC. NaN for what is neither. */
  readonly value: number;
  readonly count: number;
}

/** Mean and standard deviation; undefined where there are none. */
export interface Spread {
  readonly mean: number | undefined;
  readonly standardDeviation: number | undefined;
}

/** @param counts in a fixed order */
export function spreadOf(counts: readonly ValueCount[]): Spread {
  const moments = new Moments();
  for (const { value, count } of counts) moments.addRepeated(value, count);
  const { mean, standardDeviation } = moments;
  return { mean, standardDeviation };
}

/** From how far away from the mean a value is an outlier; undefined where none can be told. */
export function outlierDistance({ mean, standardDeviation }: Spread, deviations: number): number | undefined {
  return mean === undefined || standardDeviation === undefined ? undefined : standardDeviation * deviations;
}

/** How many values lie further from the mean than so many standard deviations. */
export function countOutliers(counts: readonly ValueCount[], spread: Spread, deviations: number): number | undefined {
  const distance = outlierDistance(spread, deviations);
  if (distance === undefined) return undefined;
  const far = counts.filter(({ value }) => Math.abs(value - (spread.mean ?? 0)) > distance);
  return far.reduce((sum, { count }) => sum + count, 0);
}

/** Intervals of equal width. */
export interface Bins {
  readonly start: number;
  readonly width: number;
  readonly count: number;
}

const mostBins = 20;

/** Bins from the smallest to the largest finite value. Whole numbers lie in the middle of theirs; undefined where the range has no width in float64. */
export function binsFor(type: Column['type'], min: number, max: number): Bins | undefined {
  if (!Number.isFinite(max - min)) return undefined;
  if (type === 'integer') {
    const width = Math.ceil((max - min + 1) / mostBins);
    return { start: min - 0.5, width, count: Math.ceil((max - min + 1) / width) };
  }
  return max === min ? { start: min, width: 0, count: 1 } : { start: min, width: (max - min) / mostBins, count: mostBins };
}

/** The bin of a finite value. */
export function binOf(value: number, { start, width, count }: Bins): number {
  return width === 0 ? 0 : Math.max(0, Math.min(Math.floor((value - start) / width), count - 1));
}

/** @param binned how many values lie in each bin that has any */
export function histogramOf(bins: Bins, binned: ReadonlyMap<number, number>, outside: { below: number; above: number }): Histogram {
  const { start, width, count } = bins;
  return {
    edges: Array.from({ length: count + 1 }, (_, index) => start + index * width),
    counts: Array.from({ length: count }, (_, index) => binned.get(index) ?? 0),
    ...outside,
  };
}

/** @returns undefined without finite values */
export function histogramOfCounts(type: Column['type'], counts: readonly ValueCount[]): Histogram | undefined {
  const finite = counts.filter(({ value }) => Number.isFinite(value));
  const values = finite.map(({ value }) => value);
  const bins = values.length === 0 ? undefined : binsFor(type, Math.min(...values), Math.max(...values));
  if (bins === undefined) return undefined;
  const binned = new Map<number, number>();
  for (const { value, count } of finite) binned.set(binOf(value, bins), (binned.get(binOf(value, bins)) ?? 0) + count);
  const infinite = (sign: number): number => counts.find(({ value }) => value === sign * Infinity)?.count ?? 0;
  return histogramOf(bins, binned, { below: infinite(-1), above: infinite(1) });
}

/** The most frequent values first; of equally frequent ones that which comes first in the order of texts. */
export function mostFrequent(counts: readonly ValueCount[], most: number): { value: string; count: number }[] {
  const sorted = counts.toSorted((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1));
  return sorted.slice(0, most).map(({ text, count }) => ({ value: text, count }));
}
