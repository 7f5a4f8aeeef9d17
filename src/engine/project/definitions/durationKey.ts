/** Lengths of time as keys of the project file. */
import * as z from 'zod';
import { durationForm, durationUnits, type DurationUnit } from '../../../base/clock.ts';

/** @param words what the key is for; the form is added to them */
export function durationKey(words: string, example: string, units: readonly DurationUnit[] = durationUnits): z.ZodString {
  const form = `a number and ${units.slice(0, -1).join(', ')} or ${units.at(-1) ?? ''}`;
  return z
    .string()
    .regex(durationForm(units))
    .meta({ form: `a length of time such as ${example}`, description: `${words}: ${form}.` });
}
