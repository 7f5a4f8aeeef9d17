/** Some of many cases, drawn anew by each run of the tests; a seed brings the same ones back. */
import { random } from './trainingProject.ts';

/** `MILLWRIGHT_SWEEP_SEED` repeats a run. */
export const sweepSeed = Number(process.env.MILLWRIGHT_SWEEP_SEED ?? Date.now() % 1_000_000);

/** @returns all of them where there are no more than `count`, else so many without repetition, in the order given */
export function draw<T>(cases: readonly T[], count: number): readonly T[] {
  if (cases.length <= count) return cases;
  const next = random(sweepSeed);
  const drawn = cases
    .map((_, index) => [next(), index] as const)
    .sort(([a], [b]) => a - b)
    .slice(0, count);
  return drawn
    .map(([, index]) => index)
    .sort((a, b) => a - b)
    .map((index) => cases[index]!);
}
