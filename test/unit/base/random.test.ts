import { expect, test } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';

/** The reference implementation of xoshiro128** 1.1, in exact arithmetic. */
function* reference(state: bigint[]): Generator<bigint> {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  let [a, b, c, d] = state as [bigint, bigint, bigint, bigint];
  for (;;) {
    yield (rotate((b * 5n) & mask, 7n) * 9n) & mask;
    const shifted = (b << 9n) & mask;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11n);
  }
}

/** splitmix32, in exact arithmetic. */
function fill(seed: number): bigint[] {
  const mask = 0xffffffffn;
  let state = BigInt(seed);
  return Array.from({ length: 4 }, () => {
    state = (state + 0x9e3779b9n) & mask;
    let mixed = ((state ^ (state >> 16n)) * 0x21f0aaadn) & mask;
    mixed = ((mixed ^ (mixed >> 15n)) * 0x735a2d97n) & mask;
    return mixed ^ (mixed >> 15n);
  });
}

test.each([0, 1, 42, 2 ** 31 - 1])('gives the numbers of xoshiro128** for seed %d', (seed) => {
  const random = createRandom(seed);
  const expected = reference(fill(seed));
  for (let draw = 0; draw < 1000; draw++) expect(BigInt(random.nextUint32())).toBe(expected.next().value);
});

test('floats are spread evenly over 0 to 1', () => {
  const random = createRandom(7);
  const counts = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 100_000; draw++) {
    const value = random.nextFloat();
    expect(value >= 0 && value < 1).toBe(true);
    counts[Math.floor(value * 10)]!++;
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});
