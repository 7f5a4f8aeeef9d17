/** Regression trees as flat arrays, and the scores a forest of them gives. */

/** Node 0 is the root; a node whose `feature` is −1 is a leaf. */
export interface Tree {
  readonly feature: Int32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Numbers: values up to this one go left. */
  readonly threshold: Float32Array;
  /** Native categories: per level, 1 goes left; undefined for numbers and leaves. */
  readonly leftLevels: readonly (Uint8Array | undefined)[];
  /** 1: missing values go left. */
  readonly missingLeft: Uint8Array;
  /** What a leaf adds to the score, already a float32. */
  readonly value: Float32Array;
  readonly gain: Float64Array;
}

/** Boosted trees, round by round; with several outputs, one tree per output in each round. */
export interface Forest {
  readonly outputs: number;
  readonly baseScores: readonly number[];
  readonly trees: readonly Tree[];
}

/** The leaf a row falls into. @param at where the row begins in the matrix */
export function leafOf(tree: Tree, matrix: Float32Array, at: number): number {
  let node = 0;
  for (;;) {
    const feature = tree.feature[node] ?? -1;
    if (feature < 0) return node;
    const value = matrix[at + feature] ?? NaN;
    node = (goesLeft(tree, node, value) ? tree.left[node] : tree.right[node]) ?? 0;
  }
}

function goesLeft(tree: Tree, node: number, value: number): boolean {
  if (Number.isNaN(value)) return tree.missingLeft[node] === 1;
  const levels = tree.leftLevels[node];
  return levels === undefined ? value <= (tree.threshold[node] ?? 0) : levels[value] === 1;
}

/**
 * Scores before the link function, row by row.
 * @param matrix row by row, `width` columns
 */
export function rawScores(forest: Forest, matrix: Float32Array, width: number): Float64Array {
  const rows = matrix.length / width;
  const scores = new Float64Array(rows * forest.outputs);
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < forest.outputs; output++) {
      let sum = forest.baseScores[output] ?? 0;
      for (let index = output; index < forest.trees.length; index += forest.outputs) {
        const tree = forest.trees[index];
        if (tree !== undefined) sum += tree.value[leafOf(tree, matrix, row * width)] ?? 0;
      }
      scores[row * forest.outputs + output] = sum;
    }
  }
  return scores;
}

/** The gain of every column over all trees. */
export function gainByColumn(forest: Forest, width: number): Float64Array {
  const gains = new Float64Array(width);
  for (const tree of forest.trees) {
    tree.feature.forEach((feature, node) => {
      if (feature >= 0) gains[feature] = (gains[feature] ?? 0) + (tree.gain[node] ?? 0);
    });
  }
  return gains;
}
