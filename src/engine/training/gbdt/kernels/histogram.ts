/** Sums of gradients, hessians and rows per bin without SIMD: the bytes that `assembly/histogram.ts` gives. */
import { memoryViews } from './memory.ts';
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
  const { bytes, integers, naturals, numbers } = memoryViews();
  for (let column = 0; column < columns; column++) {
    const first = (histogram >>> 3) + (naturals[(places >>> 2) + column] ?? 0) * 3;
    for (let i = 0; i < count; i++) {
      const row = naturals[(rows >>> 2) + i] ?? 0;
      const pair = (gradients >>> 2) + (isOrdered === 1 ? i : row) * 2;
      const at = first + (bytes[bins + row * 8 + column] ?? 0) * 3;
      numbers[at] = (numbers[at] ?? 0) + (integers[pair] ?? 0) * gradientStep;
      numbers[at + 1] = (numbers[at + 1] ?? 0) + (integers[pair + 1] ?? 0) * hessianStep;
      numbers[at + 2] = (numbers[at + 2] ?? 0) + 1;
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
  const { bytes, naturals, numbers } = memoryViews();
  for (let column = 0; column < columns; column++) {
    const first = (histogram >>> 3) + (naturals[(places >>> 2) + column] ?? 0) * 3;
    for (let i = 0; i < count; i++) {
      const row = naturals[(rows >>> 2) + i] ?? 0;
      const pair = (gradients >>> 3) + (isOrdered === 1 ? i : row) * 2;
      const at = first + (bytes[bins + row * 8 + column] ?? 0) * 3;
      numbers[at] = (numbers[at] ?? 0) + (numbers[pair] ?? 0);
      numbers[at + 1] = (numbers[at + 1] ?? 0) + (numbers[pair + 1] ?? 0);
      numbers[at + 2] = (numbers[at + 2] ?? 0) + 1;
    }
  }
}
