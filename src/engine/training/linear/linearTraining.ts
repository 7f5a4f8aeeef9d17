/** What linear trainers work on, are told, and report. */

export interface LinearSettings {
  readonly kind: 'logistic' | 'linear';
  /** `logistic`: the inverse strength of the L2 penalty. */
  readonly C: number;
  /** `linear`: the strength of the L2 penalty. */
  readonly alpha: number;
  readonly maxIter: number;
}

export interface LinearStep {
  /** From 1. */
  readonly step: number;
  /** The mean loss without the penalty. */
  readonly training: number;
  readonly heldOut: number | undefined;
}

export interface LinearControl {
  readonly signal: AbortSignal;
  readonly onStep: (step: LinearStep) => void;
}

/** Rows of the matrix with their targets. */
export interface LinearRows {
  readonly matrix: Float64Array;
  readonly width: number;
  readonly rows: number;
  readonly target: Float64Array;
  readonly weights: Float64Array | undefined;
}
