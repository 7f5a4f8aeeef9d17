/** Sums gradients, hessians and rows per bin: the inner loop of boosting. */
import { binWidth } from './splitSearch.ts';

/** Rows of one node, in the order of `rows`. */
export interface NodeRows {
  /** Places in the bins' columns. */
  readonly rows: Int32Array;
  readonly count: number;
  /** Gradient and hessian of each of them, interleaved, in the same order. */
  readonly gradients: Float64Array;
}

/**
 * Fills a histogram; what it held is overwritten.
 * @param columns the bins of every column
 * @param starts where each column begins in the histogram, in numbers
 */
export function fillHistogram(histogram: Float64Array, columns: readonly Uint8Array[], starts: readonly number[], node: NodeRows): void {
  histogram.fill(0);
  let column = 0;
  for (; column + 1 < columns.length; column += 2) {
    const first = columns[column];
    const second = columns[column + 1];
    if (first !== undefined && second !== undefined) {
      addPair(histogram, [first, second], [starts[column] ?? 0, starts[column + 1] ?? 0], node);
    }
  }
  const last = columns[column];
  if (last !== undefined) addOne(histogram, last, starts[column] ?? 0, node);
}

/** Two columns at once share the loads of row and gradient. */
function addPair(
  histogram: Float64Array,
  bins: readonly [Uint8Array, Uint8Array],
  starts: readonly [number, number],
  node: NodeRows,
): void {
  const [first, second] = bins;
  const [firstStart, secondStart] = starts;
  const { rows, count, gradients } = node;
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    const gradient = gradients[2 * i] ?? 0;
    const hessian = gradients[2 * i + 1] ?? 0;
    const a = firstStart + (first[row] ?? 0) * binWidth;
    histogram[a] = (histogram[a] ?? 0) + gradient;
    histogram[a + 1] = (histogram[a + 1] ?? 0) + hessian;
    histogram[a + 2] = (histogram[a + 2] ?? 0) + 1;
    const b = secondStart + (second[row] ?? 0) * binWidth;
    histogram[b] = (histogram[b] ?? 0) + gradient;
    histogram[b + 1] = (histogram[b + 1] ?? 0) + hessian;
    histogram[b + 2] = (histogram[b + 2] ?? 0) + 1;
  }
}

function addOne(histogram: Float64Array, bins: Uint8Array, start: number, node: NodeRows): void {
  const { rows, count, gradients } = node;
  for (let i = 0; i < count; i++) {
    const at = start + (bins[rows[i] ?? 0] ?? 0) * binWidth;
    histogram[at] = (histogram[at] ?? 0) + (gradients[2 * i] ?? 0);
    histogram[at + 1] = (histogram[at + 1] ?? 0) + (gradients[2 * i + 1] ?? 0);
    histogram[at + 2] = (histogram[at + 2] ?? 0) + 1;
  }
}

/** What is left of a node's histogram without one child's is the other child's: exact, since the sums are. */
export function subtractHistogram(parent: Float64Array, child: Float64Array): Float64Array {
  const rest = new Float64Array(parent.length);
  for (let i = 0; i < parent.length; i++) rest[i] = (parent[i] ?? 0) - (child[i] ?? 0);
  return rest;
}
