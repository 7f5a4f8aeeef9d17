/** Truth and scores of every evaluated row, compactly: one label and some scores per row. */

/** float32 as models give them, float64 as files may hold them. */
export type ScoreArray = Float32Array | Float64Array;

/** Rows of a list to be ranked: the code of each row's list, from 0. */
export interface RowGroups {
  readonly codes: Uint32Array;
  readonly count: number;
}

interface Rows {
  /** How much each row counts; default: one. */
  readonly weights?: Float64Array | undefined;
  readonly groups?: RowGroups | undefined;
}

export interface BinaryPredictions extends Rows {
  readonly task: 'binary';
  /** 1 for the positive class (the second of the model's classes), else 0. */
  readonly truth: Uint8Array;
  /** Probability of the positive class, or another number that rises with it. */
  readonly scores: ScoreArray;
  /** From which score on a row counts as positive. */
  readonly threshold: number;
}

export interface MulticlassPredictions extends Rows {
  readonly task: 'multiclass';
  /** Index of the true class. */
  readonly truth: Int32Array;
  readonly classes: number;
  /** `scores[row * classes + k]`: probability of class k. */
  readonly scores: ScoreArray;
}

export interface RegressionPredictions extends Rows {
  readonly task: 'regression';
  readonly truth: Float64Array;
  readonly scores: ScoreArray;
}

export type Predictions = BinaryPredictions | MulticlassPredictions | RegressionPredictions;

/** The predictions of some rows only, in the order given. */
export function selectRows(predictions: Predictions, rows: Uint32Array): Predictions {
  const { weights, groups } = predictions;
  const own: Rows = {
    weights: weights === undefined ? undefined : pick(weights, rows, new Float64Array(rows.length)),
    groups: groups === undefined ? undefined : selectGroups(groups, rows),
  };
  switch (predictions.task) {
    case 'binary':
      return {
        ...predictions,
        ...own,
        truth: pick(predictions.truth, rows, new Uint8Array(rows.length)),
        scores: pick(predictions.scores, rows, new Float64Array(rows.length)),
      };
    case 'regression':
      return {
        ...predictions,
        ...own,
        truth: pick(predictions.truth, rows, new Float64Array(rows.length)),
        scores: pick(predictions.scores, rows, new Float64Array(rows.length)),
      };
    case 'multiclass': {
      const { classes } = predictions;
      const scores = new Float64Array(rows.length * classes);
      rows.forEach((row, index) => {
        scores.set(predictions.scores.subarray(row * classes, (row + 1) * classes), index * classes);
      });
      return { ...predictions, ...own, truth: pick(predictions.truth, rows, new Int32Array(rows.length)), scores };
    }
  }
}

function pick<A extends Record<number, number>>(values: ArrayLike<number>, rows: Uint32Array, picked: A): A {
  for (let index = 0; index < rows.length; index++) picked[index] = values[rows[index] ?? 0] ?? 0;
  return picked;
}

/** The groups of some rows, with codes from 0 again. */
function selectGroups({ codes, count }: RowGroups, rows: Uint32Array): RowGroups {
  const newCodes = new Int32Array(count).fill(-1);
  let kept = 0;
  const selected = Uint32Array.from(rows, (row) => {
    const code = codes[row] ?? 0;
    if (newCodes[code] === -1) newCodes[code] = kept++;
    return newCodes[code] ?? 0;
  });
  return { codes: selected, count: kept };
}
