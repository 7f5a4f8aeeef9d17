/** The values of numeric settings that the field holds sane. A project that knows better widens them under `ranges`. */
import * as z from 'zod';

/** Both ends are allowed values. */
export interface NumericRange {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** By the setting's name, wherever it stands: in a train stage, or among the values of `params` that scripts are given. */
export const saneRanges = {
  learning_rate: { min: 1e-5, max: 1 },
  batch_size: { min: 8, max: 1024 },
  max_iter: { min: 1 },
  max_epochs: { min: 1, max: 1000 },
  patience: { min: 1, max: 100 },
} as const satisfies Readonly<Record<string, NumericRange>>;

export type RangedName = keyof typeof saneRanges;

const rangedNames = Object.keys(saneRanges) as [RangedName, ...RangedName[]];

/** `0.00001 to 1`, `at least 1`. */
function rangeWords(name: RangedName): string {
  const { min, max }: NumericRange = saneRanges[name];
  return max === undefined ? `at least ${plain(min)}` : `${plain(min)} to ${plain(max)}`;
}

function plain(value: number | undefined): string {
  return (value ?? 0).toFixed(5).replace(/\.?0+$/, '');
}

/** The usual range of a setting, as the end of the sentence that says what it is for. */
export function withinRange(name: RangedName): string {
  return `: ${rangeWords(name)}, unless the project widens it under \`ranges\``;
}

export const rangesDefinition = z
  .partialRecord(
    z.enum(rangedNames),
    z
      .strictObject({
        min: z.number().optional().describe('The smallest value allowed.'),
        max: z.number().optional().describe('The largest value allowed.'),
      })
      .describe('What this project allows in place of the usual range; an end that is left out stays as it is.'),
  )
  .describe(`Wider ranges for numeric settings. Usual: ${rangedNames.map((name) => `${name} ${rangeWords(name)}`).join(', ')}.`);
export type Ranges = z.infer<typeof rangesDefinition>;
