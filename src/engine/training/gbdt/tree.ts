/** Regression trees as flat arrays, and the scores a forest of them gives. */

/** Node 0 is the root; a node whose `feature` is −1 is a leaf. */
export interface Tree {
  readonly feature: Int32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Numbers: values up to this one go left. */
  readonly threshold: Float64Array;
  /** Native categories: per level, and at last for every other value, 1 goes left; undefined for numbers and leaves. */
  readonly leftLevels: readonly (Uint8Array | undefined)[];
  /** Numbers: 1, missing values go left. */
  readonly missingLeft: Uint8Array;
  /** What a leaf adds to the score. */
  readonly value: Float64Array;
  readonly gain: Float64Array;
}

/** Boosted trees, round by round; with several outputs, one tree per output in each round. */
export interface Forest {
  readonly outputs: number;
  /** What the trees' sum is added to, one per output. */
  readonly baseScores: readonly number[];
  readonly trees: readonly Tree[];
}

/** The leaf a row falls into. @param at where the row begins in the matrix */
export function leafOf(tree: Tree, matrix: Float64Array, at: number): number {
  let node = 0;
  for (;;) {
    const feature = tree.feature[node] ?? -1;
    if (feature < 0) return node;
    const value = matrix[at + feature] ?? NaN;
    node = (goesLeft(tree, node, value) ? tree.left[node] : tree.right[node]) ?? 0;
  }
}

function goesLeft(tree: Tree, node: number, value: number): boolean {
  const levels = tree.leftLevels[node];
  if (levels !== undefined) return levels[value] === 1;
  return Number.isNaN(value) ? tree.missingLeft[node] === 1 : value <= (tree.threshold[node] ?? 0);
}

/**
 * Scores before the link function, row by row. The base score comes last, so that one far from 0 rounds but once.
 * @param matrix row by row, `width` columns
 */
export function rawScores({ outputs, baseScores, trees }: Forest, matrix: Float64Array, width: number): Float64Array {
  const sums = addTrees(trees, new Array<number>(outputs).fill(0), matrix, width);
  return sums.map((sum, at) => sum + (baseScores[at % outputs] ?? 0));
}

/** The trees' values, one after the other, added to the score that each output starts with; row by row. */
export function addTrees(trees: readonly Tree[], start: readonly number[], matrix: Float64Array, width: number): Float64Array {
  const outputs = start.length;
  const rows = matrix.length / width;
  const scores = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = start[output] ?? 0;
      for (let index = output; index < trees.length; index += outputs) {
        const tree = trees[index];
        if (tree !== undefined) sum += tree.value[leafOf(tree, matrix, row * width)] ?? 0;
      }
      scores[row * outputs + output] = sum;
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
