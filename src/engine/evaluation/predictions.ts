/** Truth and scores of every evaluated row, compactly: one label and `width` float32 scores per row. */

export interface BinaryPredictions {
  readonly task: 'binary';
  /** 1 for the positive class (the second of the model's classes), else 0. */
  readonly truth: Uint8Array;
  /** Probability of the positive class. */
  readonly scores: Float32Array;
  /** From which probability on a row counts as positive. */
  readonly threshold: number;
}

export interface MulticlassPredictions {
  readonly task: 'multiclass';
  /** Index of the true class. */
  readonly truth: Int32Array;
  readonly classes: number;
  /** `scores[row * classes + k]`: probability of class k. */
  readonly scores: Float32Array;
}

export interface RegressionPredictions {
  readonly task: 'regression';
  readonly truth: Float64Array;
  readonly scores: Float32Array;
}

export type Predictions = BinaryPredictions | MulticlassPredictions | RegressionPredictions;

/** The predictions of some rows only, in the order given. */
export function selectRows(predictions: Predictions, rows: Uint32Array): Predictions {
  switch (predictions.task) {
    case 'binary':
      return { ...predictions, truth: pick(predictions.truth, rows, Uint8Array), scores: pick(predictions.scores, rows, Float32Array) };
    case 'regression':
      return { ...predictions, truth: pick(predictions.truth, rows, Float64Array), scores: pick(predictions.scores, rows, Float32Array) };
    case 'multiclass': {
      const { classes } = predictions;
      const scores = new Float32Array(rows.length * classes);
      rows.forEach((row, index) => {
        scores.set(predictions.scores.subarray(row * classes, (row + 1) * classes), index * classes);
      });
      return { ...predictions, truth: pick(predictions.truth, rows, Int32Array), scores };
    }
  }
}

function pick<A extends Record<number, number>>(values: A, rows: Uint32Array, make: new (length: number) => A): A {
  const picked = new make(rows.length);
  for (let index = 0; index < rows.length; index++) picked[index] = values[rows[index] ?? 0] ?? 0;
  return picked;
}
