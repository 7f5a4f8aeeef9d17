/** The limits of a validate stage and of its columns, as keys of the project file. */
import * as z from 'zod';
import type { ColumnType } from '../../../protocol/dataset.ts';
import {
  columnLimitDefaults,
  limitDefaults,
  type ColumnLimitName,
  type LimitName,
  type Severity,
} from '../../../protocol/tables/dataChecks.ts';
import { share } from './stages/sharedKeys.ts';
import { withDefault } from './withDefault.ts';

const limits = {
  max_missing: [share, 'The largest share of rows without a value.'],
  max_infinite: [share, 'The largest share of infinite values.'],
  max_violations: [share, 'The largest share of values outside of the declared range or values.'],
  min_distinct: [z.int().min(1), 'The fewest different values; a column with one is constant.'],
  max_outliers: [share, 'The largest share of rows whose value is an outlier.'],
  outlier_deviations: [z.number().positive(), 'From how many sample standard deviations away from its mean a value is an outlier.'],
  max_target_missing: [share, 'The largest share of rows without a target.'],
  min_classes: [z.int().min(1), 'The fewest classes the target may have.'],
  min_class_share: [share, 'The smallest share a class of the target may have.'],
  max_duplicates: [
    share,
    'The largest share of rows that repeat an earlier row in all that the features read (in every column, without features).',
  ],
  min_rows: [z.int().min(0), 'The fewest rows allowed.'],
} as const satisfies Readonly<Record<LimitName, readonly [z.ZodNumber, string]>>;

/** Limits of a column that have a meaning for some types only; undefined: for all. */
export const columnLimitTypes: Readonly<Record<ColumnLimitName, readonly ColumnType[] | undefined>> = {
  max_missing: undefined,
  max_infinite: ['number'],
  max_violations: undefined,
  min_distinct: undefined,
  max_outliers: ['integer', 'number'],
};

/** A limit as a key. @param fallback what holds where it is left out; null: there is no limit then */
export function limitKey(schema: z.ZodNumber, words: string, fallback: number | null): z.ZodOptional<z.ZodNumber> {
  if (fallback === null) return schema.optional().describe(`${words} Default: no limit.`);
  return withDefault<z.ZodNumber, number>(schema, fallback, words);
}

type Keys<N extends LimitName> = Readonly<Record<N, z.ZodOptional<z.ZodNumber>>>;

/** As keys of the stage. */
export const stageLimits = Object.fromEntries(
  (Object.keys(limits) as LimitName[]).map((name) => [name, limitKey(limits[name][0], limits[name][1], limitDefaults[name])]),
) as unknown as Keys<LimitName>;

/** As keys of a column. */
export const columnLimits = Object.fromEntries(
  (Object.keys(columnLimitDefaults) as ColumnLimitName[]).map((name) => [
    name,
    limits[name][0].optional().describe(`${limits[name][1]} Default: as the stage says.`),
  ]),
) as Keys<ColumnLimitName>;

/** What `severity` is for. @param defaults what each check does by default */
export function severityWords(defaults: Readonly<Record<string, Severity>>): string {
  const warning = Object.keys(defaults).filter((name) => defaults[name] === 'warn');
  const last = warning.at(-1) ?? '';
  const warn = warning.length === 1 ? `${last} warns` : `${warning.slice(0, -1).join(', ')} and ${last} warn`;
  return `Whether a check that does not pass warns or stops. Default: ${warn}; the others stop.`;
}
