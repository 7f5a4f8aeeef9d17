/**
 * The kernels' memory as TypeScript reads and writes it. AssemblyScript takes `assembly/memory.ts` in place of this file, so that
 * what computes on it is written once.
 */

/** Bytes, or a place in memory counted in bytes. */
export type usize = number;
export type i32 = number;
export type f64 = number;

let bytes = new Uint8Array(0);
let integers = new Int32Array(0);
let naturals = new Uint32Array(0);
let numbers = new Float64Array(0);

/** Whatever the kernels do from here on, they do in this buffer. */
export function useMemory(buffer: ArrayBuffer): void {
  bytes = new Uint8Array(buffer);
  integers = new Int32Array(buffer);
  naturals = new Uint32Array(buffer);
  numbers = new Float64Array(buffer);
}

/** The memory itself, for a loop to which asking anew for every value would be most of its time. */
export function memoryViews(): { bytes: Uint8Array; integers: Int32Array; naturals: Uint32Array; numbers: Float64Array } {
  return { bytes, integers, naturals, numbers };
}

export function byteAt(at: usize): usize {
  return bytes[at] ?? 0;
}

export function setByte(at: usize, value: usize): void {
  bytes[at] = value;
}

export function naturalAt(at: usize): usize {
  return naturals[at >>> 2] ?? 0;
}

export function setNatural(at: usize, value: usize): void {
  naturals[at >>> 2] = value;
}

export function integerAt(at: usize): i32 {
  return integers[at >>> 2] ?? 0;
}

export function setInteger(at: usize, value: i32): void {
  integers[at >>> 2] = value;
}

export function numberAt(at: usize): f64 {
  return numbers[at >>> 3] ?? 0;
}

export function setNumber(at: usize, value: f64): void {
  numbers[at >>> 3] = value;
}

export function copyBytes(to: usize, from: usize, count: usize): void {
  bytes.copyWithin(to, from, from + count);
}

/** Towards 0. @param x within 32 bits */
export function truncate(x: f64): i32 {
  return x | 0;
}

/** Towards 0. @param x 0 or more, within 32 bits */
export function toPlace(x: f64): usize {
  return x >>> 0;
}
