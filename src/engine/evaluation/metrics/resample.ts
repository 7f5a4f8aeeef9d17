/** Rows with their weights, and values that are computed once for them. */
import type { RowWeights } from './rowWeights.ts';

/** One object per call of a scorer: what several metrics need is computed once for it. */
export interface Resample {
  readonly weights: RowWeights;
}

/** Several metrics share one pass over the rows of a resample. */
export function oncePerResample<T>(compute: (resample: Resample) => T): (resample: Resample) => T {
  let last: { readonly resample: Resample; readonly value: T } | undefined;
  return (resample) => {
    if (last?.resample !== resample) last = { resample, value: compute(resample) };
    return last.value;
  };
}

export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
