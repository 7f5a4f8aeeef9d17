/** The kernels' memory as AssemblyScript reads and writes it, name by name as in `../memory.ts`. */

export function byteAt(at: usize): usize {
  return load<u8>(at);
}

export function setByte(at: usize, value: usize): void {
  store<u8>(at, value);
}

export function naturalAt(at: usize): usize {
  return load<u32>(at);
}

export function setNatural(at: usize, value: usize): void {
  store<u32>(at, value);
}

export function integerAt(at: usize): i32 {
  return load<i32>(at);
}

export function setInteger(at: usize, value: i32): void {
  store<i32>(at, value);
}

export function numberAt(at: usize): f64 {
  return load<f64>(at);
}

export function setNumber(at: usize, value: f64): void {
  store<f64>(at, value);
}

export function copyBytes(to: usize, from: usize, count: usize): void {
  memory.copy(to, from, count);
}

export function truncate(x: f64): i32 {
  return i32(x);
}

export function toPlace(x: f64): usize {
  return u32(x);
}
