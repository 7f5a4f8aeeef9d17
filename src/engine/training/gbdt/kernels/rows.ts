/** What is done to rows by their order or their bins; in TypeScript, and compiled to WebAssembly. */
import { byteAt, copyBytes, integerAt, naturalAt, numberAt, setByte, setNatural, setNumber, toPlace } from './memory.ts';
import type { f64, i32, usize } from './memory.ts';

/**
 * Writes the bins of a column of numbers: a value lies in the first bin whose edge is not below it, or in the last.
 * @param values float64, `stride` bytes from row to row
 * @param edges float64, ascending
 * @param missingBin the bin of NaN
 * @param bins the column's, 8 bytes from row to row
 */
export function binNumbers(
  count: usize,
  values: usize,
  stride: usize,
  edges: usize,
  edgeCount: usize,
  missingBin: usize,
  bins: usize,
): void {
  for (let row: usize = 0; row < count; row++) {
    const value = numberAt(values + row * stride);
    // Without a branch: every value takes the same steps, and none of them is guessed wrong.
    let first: usize = 0;
    let left: usize = edgeCount;
    while (left > 1) {
      const half = left >>> 1;
      first = numberAt(edges + (first + half - 1) * 8) < value ? first + half : first;
      left -= half;
    }
    first = edgeCount > 0 && numberAt(edges + first * 8) < value ? first + 1 : first;
    setByte(bins + row * 8, value === value ? first : missingBin);
  }
}

/** Writes the bins of a native category, whose values they are. Parameters as in `binNumbers`. */
export function binLevels(count: usize, values: usize, stride: usize, bins: usize): void {
  for (let row: usize = 0; row < count; row++) setByte(bins + row * 8, toPlace(numberAt(values + row * stride)));
}

/** Writes the numbers from 0 on. */
export function enumerate(order: usize, count: usize): void {
  for (let row: usize = 0; row < count; row++) setNatural(order + row * 4, row);
}

/**
 * Divides some rows by the bin of a column; both sides keep their order.
 * @param order numbers of rows, 4 bytes each; those that go left come first afterwards
 * @param spare room for as many
 * @param bins the column's, 8 bytes from row to row
 * @param sides by bin: 1 goes left, 0 goes right
 * @returns how many went left
 */
export function partition(order: usize, count: usize, spare: usize, bins: usize, sides: usize): usize {
  let left: usize = order;
  let right: usize = spare;
  const end: usize = order + count * 4;
  for (let at: usize = order; at < end; at += 4) {
    const row = naturalAt(at);
    const side = byteAt(sides + byteAt(bins + row * 8));
    setNatural(left, row);
    setNatural(right, row);
    left += side * 4;
    right += (1 - side) * 4;
  }
  copyBytes(left, spare, right - spare);
  return (left - order) >>> 2;
}

/** Copies gradient and hessian of some rows side by side, so that every group of columns reads them in one go. */
export function gather(rows: usize, count: usize, gradients: usize, into: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const from = gradients + naturalAt(rows + i * 4) * 8;
    setNatural(into + i * 8, naturalAt(from));
    setNatural(into + i * 8 + 4, naturalAt(from + 4));
  }
}

/** As `gather`, of float64. */
export function gatherWide(rows: usize, count: usize, gradients: usize, into: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const from = gradients + naturalAt(rows + i * 4) * 16;
    setNumber(into + i * 16, numberAt(from));
    setNumber(into + i * 16 + 8, numberAt(from + 8));
  }
}

/** Adds a leaf's value to the scores of its rows. @param stride bytes from one row's score to the next one's */
export function addByLeaf(rows: usize, count: usize, scores: usize, stride: usize, value: f64): void {
  for (let i: usize = 0; i < count; i++) {
    const at = scores + naturalAt(rows + i * 4) * stride;
    setNumber(at, numberAt(at) + value);
  }
}

/**
 * Walks every row down a tree and adds the value of its leaf to its score.
 * @param bins eight columns together, eight bytes a row, group after group
 * @param nodes column, left and right child of each node, 4 bytes each; a leaf's column is −1
 * @param sides 256 bytes a node: by bin, 1 goes left
 * @param values of the nodes, float64
 */
export function addByWalking(count: usize, bins: usize, nodes: usize, sides: usize, values: usize, scores: usize, stride: usize): void {
  for (let row: usize = 0; row < count; row++) {
    let node: usize = 0;
    for (let column: i32 = integerAt(nodes); column >= 0; column = integerAt(nodes + node * 12)) {
      const bin = byteAt(placeOf(bins, count, column) + row * 8);
      node = naturalAt(nodes + node * 12 + 8 - byteAt(sides + node * 256 + bin) * 4);
    }
    const at = scores + row * stride;
    setNumber(at, numberAt(at) + numberAt(values + node * 8));
  }
}

/** Where a column's bins begin. */
export function placeOf(bins: usize, count: usize, column: i32): usize {
  return bins + (column >>> 3) * count * 8 + (column & 7);
}
