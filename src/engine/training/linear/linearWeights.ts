/** What linear trainers learn. */

export interface LinearWeights {
  /** One row per column of the matrix, one number per output. */
  readonly coefficients: Float64Array;
  readonly intercepts: Float64Array;
}

/** Scores before the link function, row by row. The intercept comes last, so that one far from 0 rounds but once. */
export function linearScores({ coefficients, intercepts }: LinearWeights, matrix: Float64Array): Float64Array {
  const outputs = intercepts.length;
  const width = coefficients.length / outputs;
  const rows = matrix.length / width;
  const scores = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = 0;
      for (let column = 0; column < width; column++) {
        sum += (matrix[row * width + column] ?? 0) * (coefficients[column * outputs + output] ?? 0);
      }
      scores[row * outputs + output] = sum + (intercepts[output] ?? 0);
    }
  }
  return scores;
}
