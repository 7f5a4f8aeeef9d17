/** What linear trainers learn. */

export interface LinearWeights {
  /** One row per column of the matrix, one number per output; already float32, as the exported graph holds them. */
  readonly coefficients: Float32Array;
  readonly intercepts: Float32Array;
}

/** Scores before the link function, row by row. */
export function linearScores({ coefficients, intercepts }: LinearWeights, matrix: Float32Array): Float64Array {
  const outputs = intercepts.length;
  const width = coefficients.length / outputs;
  const rows = matrix.length / width;
  const scores = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = intercepts[output] ?? 0;
      for (let column = 0; column < width; column++) {
        sum += (matrix[row * width + column] ?? 0) * (coefficients[column * outputs + output] ?? 0);
      }
      scores[row * outputs + output] = sum;
    }
  }
  return scores;
}
