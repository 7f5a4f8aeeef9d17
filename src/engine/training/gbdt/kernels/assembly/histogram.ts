/** Sums of gradients, hessians and rows per bin, by SIMD; `../histogram.ts` gives the same bytes without. */

/** Bins of one column in the scratch: 256 sums of 16 bytes. */
const columnBytes: usize = 4096;

/** Sums of so many rows leave 16 bits of each lane for their count. */
const rowsPerFlush: usize = 65535;

/**
 * Adds up to eight columns of some rows to a histogram.
 * A row's gradient and hessian are 31-bit integers; each sum is one i64x2 of them, shifted by 16 bits, with the rows counted below
 * the hessian. Integers add up exactly, whatever the order; before a lane could overflow they are added to the histogram.
 * @param isOrdered 1: gradients lie in the order of `rows`; 0: by row
 * @param bins eight bytes a row
 * @param places the first bin of each column in the histogram, and of what follows the last
 * @param scratch 4096 bytes a column, all zero; zero again afterwards
 */
export function sumColumns(
  rows: usize,
  count: usize,
  gradients: usize,
  isOrdered: i32,
  bins: usize,
  columns: i32,
  places: usize,
  histogram: usize,
  scratch: usize,
  gradientStep: f64,
  hessianStep: f64,
): void {
  for (let first: usize = 0; first < count; first += rowsPerFlush) {
    const part = min(rowsPerFlush, count - first);
    addRows(rows + first * 4, part, isOrdered ? gradients + first * 8 : gradients, isOrdered, bins, columns, scratch);
    for (let column: i32 = 0; column < columns; column++) {
      const from: usize = load<u32>(places + (<usize>column << 2));
      const to: usize = load<u32>(places + (<usize>column << 2), 4);
      flush(scratch + columnBytes * <usize>column, to - from, histogram + from * 24, gradientStep, hessianStep);
    }
  }
}

/** Adds the scratch of one column to the histogram and clears it. */
function flush(scratch: usize, bins: usize, histogram: usize, gradientStep: f64, hessianStep: f64): void {
  for (const end = scratch + bins * 16; scratch < end; scratch += 16, histogram += 24) {
    const gradient = load<i64>(scratch);
    const hessian = load<i64>(scratch, 8);
    store<f64>(histogram, load<f64>(histogram) + <f64>(gradient >> 16) * gradientStep);
    store<f64>(histogram, load<f64>(histogram, 8) + <f64>(hessian >> 16) * hessianStep, 8);
    store<f64>(histogram, load<f64>(histogram, 16) + <f64>(hessian & 0xffff), 16);
    v128.store(scratch, i64x2.splat(0));
  }
}

/** A loop for each number of columns: what the others would ask for every row is decided once. */
function addRows(rows: usize, count: usize, gradients: usize, isOrdered: i32, bins: usize, columns: i32, scratch: usize): void {
  switch (columns) {
    case 1:
      return addColumns(rows, count, gradients, isOrdered, bins, 1, scratch);
    case 2:
      return addColumns(rows, count, gradients, isOrdered, bins, 2, scratch);
    case 3:
      return addColumns(rows, count, gradients, isOrdered, bins, 3, scratch);
    case 4:
      return addColumns(rows, count, gradients, isOrdered, bins, 4, scratch);
    case 5:
      return addColumns(rows, count, gradients, isOrdered, bins, 5, scratch);
    case 6:
      return addColumns(rows, count, gradients, isOrdered, bins, 6, scratch);
    case 7:
      return addColumns(rows, count, gradients, isOrdered, bins, 7, scratch);
    default:
      return addColumns(rows, count, gradients, isOrdered, bins, 8, scratch);
  }
}

@inline
function addColumns(rows: usize, count: usize, gradients: usize, isOrdered: i32, bins: usize, columns: i32, scratch: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const row: usize = load<u32>(rows + (i << 2));
    const pair = v128.load_zero<u64>(gradients + ((isOrdered ? i : row) << 3));
    const sum = i64x2.add(i64x2.shl(i64x2.extend_low_i32x4_s(pair), 16), i64x2(0, 1));
    const cells = load<u64>(bins + (row << 3));
    let at = scratch + ((<usize>cells << 4) & 0xff0);
    v128.store(at, i64x2.add(v128.load(at), sum));
    if (columns > 1) {
      at = scratch + (<usize>(cells >> 4) & 0xff0);
      v128.store(at, i64x2.add(v128.load(at, 0x1000), sum), 0x1000);
    }
    if (columns > 2) {
      at = scratch + (<usize>(cells >> 12) & 0xff0);
      v128.store(at, i64x2.add(v128.load(at, 0x2000), sum), 0x2000);
    }
    if (columns > 3) {
      at = scratch + (<usize>(cells >> 20) & 0xff0);
      v128.store(at, i64x2.add(v128.load(at, 0x3000), sum), 0x3000);
    }
    if (columns > 4) {
      at = scratch + (<usize>(cells >> 28) & 0xff0);
      v128.store(at, i64x2.add(v128.load(at, 0x4000), sum), 0x4000);
    }
    if (columns > 5) {
      at = scratch + (<usize>(cells >> 36) & 0xff0);
      v128.store(at, i64x2.add(v128.load(at, 0x5000), sum), 0x5000);
    }
    if (columns > 6) {
      at = scratch + (<usize>(cells >> 44) & 0xff0);
      v128.store(at, i64x2.add(v128.load(at, 0x6000), sum), 0x6000);
    }
    if (columns > 7) {
      at = scratch + (<usize>(cells >> 52) & 0xff0);
      v128.store(at, i64x2.add(v128.load(at, 0x7000), sum), 0x7000);
    }
  }
}

/** As `sumColumns`, of gradients and hessians that are float64: multiples of one power of two each, so that these sums are exact too. */
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
  for (let i: usize = 0; i < count; i++) {
    const row: usize = load<u32>(rows + (i << 2));
    const pair = v128.load(gradients + ((isOrdered ? i : row) << 4));
    for (let column: i32 = 0; column < columns; column++) {
      const bin: usize = load<u32>(places + (<usize>column << 2)) + load<u8>(bins + (row << 3) + <usize>column);
      const at = histogram + bin * 24;
      v128.store(at, f64x2.add(v128.load(at), pair));
      store<f64>(at, load<f64>(at, 16) + 1, 16);
    }
  }
}
