/** Sums of gradients, hessians and rows per bin without SIMD: the bytes that `assembly/histogram.ts` gives. */
import { byteAt, integerAt, naturalAt, numberAt, setNumber } from './memory.ts';
import type { f64, i32, usize } from './memory.ts';

/** Sums of multiples of one power of two, within 53 bits: exact as the integers' are, and in any order. */
export function sumColumns(
  rows: usize,
  count: usize,
  gradients: usize,
  isOrdered: i32,
  bins: usize,
  columns: i32,
  places: usize,
  histogram: usize,
  _scratch: usize,
  gradientStep: f64,
  hessianStep: f64,
): void {
  for (let i = 0; i < count; i++) {
    const row = naturalAt(rows + i * 4);
    const pair = gradients + (isOrdered === 1 ? i : row) * 8;
    const gradient = integerAt(pair) * gradientStep;
    const hessian = integerAt(pair + 4) * hessianStep;
    for (let column = 0; column < columns; column++) {
      const bin = naturalAt(places + column * 4) + byteAt(bins + row * 8 + column);
      addRow(histogram + bin * 24, gradient, hessian);
    }
  }
}

export function sumWideColumns(
  rows: usize,
  count: usize,
  gradients: usize,
  isOrdered: i32,
  bins: usize,
  columns: i32,
  places: usize,
  histogram: usize,
): void {
  for (let i = 0; i < count; i++) {
    const row = naturalAt(rows + i * 4);
    const pair = gradients + (isOrdered === 1 ? i : row) * 16;
    for (let column = 0; column < columns; column++) {
      const bin = naturalAt(places + column * 4) + byteAt(bins + row * 8 + column);
      addRow(histogram + bin * 24, numberAt(pair), numberAt(pair + 8));
    }
  }
}

function addRow(at: usize, gradient: f64, hessian: f64): void {
  setNumber(at, numberAt(at) + gradient);
  setNumber(at + 8, numberAt(at + 8) + hessian);
  setNumber(at + 16, numberAt(at + 16) + 1);
}
