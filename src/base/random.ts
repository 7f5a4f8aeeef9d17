/** Seeded randomness: the same numbers from the same seed, on every machine. Not for secrets. */

/** The seed where nothing names another. */
export const defaultSeed = 42;

export interface Random {
  /** A whole number from 0 to 2^32 - 1. */
  nextUint32(): number;
  /** A number from 0 (included) to 1 (excluded), with 53 random bits. */
  nextFloat(): number;
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna, prng.di.unimi.it), its state filled from the seed by splitmix32.
 * @param seed a whole number; its low 32 bits count
 */
export function createRandom(seed: number): Random {
  const fill = splitmix32(seed);
  let a = fill();
  let b = fill();
  let c = fill();
  let d = fill();
  const nextUint32 = (): number => {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return scrambled;
  };
  return { nextUint32, nextFloat: () => ((nextUint32() >>> 5) * 2 ** 26 + (nextUint32() >>> 6)) / 2 ** 53 };
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}
