/** The loss of two classes by SIMD, two rows at a time: the bytes that `../losses.ts` gives. */
import { binaryLoss as binaryLossRowByRow } from '../losses.ts';

/** See `../losses.ts`: weighted rows, float64 gradients and blocks with scores that the table does not hold are left to it. */
export function binaryLoss(
  count: usize,
  scores: usize,
  target: usize,
  weights: usize,
  gradients: usize,
  rounding: usize,
  table: usize,
  sums: usize,
): void {
  if (weights !== 0 || gradients === 0 || load<f64>(rounding, 32) !== 0 || (count & 1) !== 0 || !fitTable(count, scores)) {
    return binaryLossRowByRow(count, scores, target, weights, gradients, rounding, table, sums);
  }
  const one = f64x2.splat(1);
  const magic = f64x2.splat(6755399441055744);
  const gradientScale = v128.load_splat<u64>(rounding);
  const hessianScale = v128.load_splat<u64>(rounding, 16);
  let loss = f64x2.splat(0);
  let product = one;
  for (const end = scores + count * 8; scores < end; scores += 16, target += 16, gradients += 16) {
    const score = v128.load(scores);
    const label = v128.load(target);
    const isPositive = f64x2.ge(score, f64x2.splat(0));
    const decay = negativeExponentials(f64x2.abs(score), table);
    const denominator = f64x2.add(one, decay);
    const probability = f64x2.div(v128.bitselect(one, decay, isPositive), denominator);
    loss = f64x2.add(loss, f64x2.sub(v128.and(score, isPositive), f64x2.mul(label, score)));
    product = f64x2.mul(product, denominator);
    const gradient = f64x2.sub(probability, label);
    const hessian = f64x2.mul(probability, f64x2.sub(one, probability));
    // Adding this number leaves the rounded one in the low half.
    const gradientSteps = f64x2.add(f64x2.mul(gradient, gradientScale), magic);
    const hessianSteps = f64x2.add(f64x2.mul(hessian, hessianScale), magic);
    v128.store(gradients, i32x4.shuffle(gradientSteps, hessianSteps, 0, 4, 2, 6));
  }
  store<f64>(sums, f64x2.extract_lane(loss, 0) + f64x2.extract_lane(loss, 1));
  store<f64>(sums, f64x2.extract_lane(product, 0) * f64x2.extract_lane(product, 1), 8);
}

function fitTable(count: usize, scores: usize): bool {
  let fit = i64x2.splat(-1);
  for (const end = scores + count * 8; scores < end; scores += 16) {
    fit = v128.and(fit, f64x2.lt(f64x2.abs(v128.load(scores)), f64x2.splat(64)));
  }
  return i64x2.all_true(fit);
}

/** See `negativeExponential`. @param x below 64 */
@inline
function negativeExponentials(x: v128, table: usize): v128 {
  const magic = f64x2.splat(6755399441055744);
  const shifted = f64x2.add(f64x2.mul(x, f64x2.splat(32)), magic);
  const r = f64x2.sub(f64x2.mul(f64x2.sub(shifted, magic), f64x2.splat(0.03125)), x);
  const first = table + ((<usize>i32x4.extract_lane(shifted, 0)) << 3);
  const second = table + ((<usize>i32x4.extract_lane(shifted, 2)) << 3);
  const power = v128.load_lane<u64>(second, v128.load_zero<u64>(first), 1);
  let series = f64x2.mul(r, f64x2.splat(1 / 720));
  series = f64x2.mul(r, f64x2.add(series, f64x2.splat(1 / 120)));
  series = f64x2.mul(r, f64x2.add(series, f64x2.splat(1 / 24)));
  series = f64x2.mul(r, f64x2.add(series, f64x2.splat(1 / 6)));
  series = f64x2.mul(r, f64x2.add(series, f64x2.splat(1 / 2)));
  series = f64x2.mul(r, f64x2.add(series, f64x2.splat(1)));
  return f64x2.mul(power, f64x2.add(series, f64x2.splat(1)));
}
