/**
 * exp(−x) and log(x) of our own, made of exact operations only: the same bits wherever they are computed. What holds a fraction says
 * that it is an f64: else AssemblyScript divides the integers.
 */
import { numberAt, toPlace } from './memory.ts';
import type { f64, usize } from './memory.ts';

/**
 * exp(−x) = exp(−k / 32) exp(−r) with the k that leaves |r| ≤ 1/64, where seven terms of the series leave an error below 2⁻⁵⁵.
 * @param x 0 or more
 * @param table exp(−k / 32) for k from 0 to 2048, then exp(−64 k) for k from 0 to 11
 * @returns within two units in the last place
 */
export function negativeExponential(x: f64, table: usize): f64 {
  if (!(x < 64)) return x < 768 ? beyondTable(x, table) : x >= 768 ? 0 : x;
  const step = roundToWhole(x * 32);
  const r: f64 = step * 0.03125 - x;
  const series: f64 = 1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720))))));
  return numberAt(table + toPlace(step) * 8) * series;
}

/** Rounds to a whole number, ties to even. @param x below 2⁵¹ in size */
export function roundToWhole(x: f64): f64 {
  return x + 6755399441055744 - 6755399441055744;
}

function beyondTable(x: f64, table: usize): f64 {
  const part = toPlace(x * 0.015625);
  return numberAt(table + (2049 + part) * 8) * negativeExponential(x - part * 64, table);
}

/** log(x) = k log(2) + 2 artanh((m − 1) / (m + 1)) with x = 2ᵏ m and m in (√½, √2], where eleven terms leave an error below 2⁻⁵⁶. @param x 1 or more, finite */
export function logarithm(x: f64): f64 {
  let power: f64 = 0;
  let m: f64 = x;
  while (m > 1.4142135623730951) {
    m *= 0.5;
    power += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const lowTerms: f64 = 1 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11)))));
  const highTerms: f64 = 1 / 13 + z * (1 / 15 + z * (1 / 17 + z * (1 / 19 + z * (1 / 21))));
  const sixth = z * z * z * z * z * z;
  return power * 0.6931471805599453 + 2 * s * (lowTerms + sixth * highTerms);
}
