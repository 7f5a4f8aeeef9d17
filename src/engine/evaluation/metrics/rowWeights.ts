/** How much each row counts: whole numbers in a replicate, any numbers where the data weigh their rows. */
export type RowWeights = Uint8Array | Float64Array;

/** Every row counts once. */
export function equalWeights(rows: number): RowWeights {
  return new Uint8Array(rows).fill(1);
}

/** The rows' own weights, or one each. */
export function weightsOf({
  truth,
  weights,
}: {
  readonly truth: ArrayLike<number>;
  readonly weights?: Float64Array | undefined;
}): RowWeights {
  return weights ?? equalWeights(truth.length);
}
