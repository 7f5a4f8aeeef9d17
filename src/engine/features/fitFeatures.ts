/** What features learn from the training rows: levels and their codes, the values that stand for missing ones, centre and scale. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Column } from '../../protocol/dataset.ts';
import { missingText, unreadableText } from '../data/rows/columns.ts';
import { Moments } from '../data/statistics/moments.ts';
import type { CategoricalFeature, Imputation, NumericFeature } from './planFeatures.ts';
import { encodedWidth, targetCodes, type CategoryRows, type EncodedTarget } from './targetEncoding.ts';

/** Levels of a category in the order of their codes: texts, or integers where the column holds numbers. */
export type Levels =
  { readonly kind: 'text'; readonly values: readonly string[] } | { readonly kind: 'integer'; readonly values: readonly number[] };

export interface FittedNumeric {
  readonly kind: 'numeric';
  /** Undefined: missing values stay missing. */
  readonly imputeValue: number | undefined;
  readonly centre: number;
  /** Infinity where the feature never varied: it is 0 then, whatever comes later, since nothing can be told from it. */
  readonly scale: number;
}

export interface FittedCategorical {
  readonly kind: 'categorical';
  readonly levels: Levels;
  /** One row per level and a last one for every other value, missing ones among them; `width` numbers each. Empty for one_hot. */
  readonly codes: Float64Array;
  readonly width: number;
  /** The class that each number stands for, in target encoding of several classes. */
  readonly classes?: readonly string[];
}

export type FittedFeature = FittedNumeric | FittedCategorical | { readonly kind: 'cyclical'; readonly imputeValue: number | undefined };

/**
 * Learns the levels of a category and the numbers they enter the trainer as.
 * native, ordinal: the level's place in the sorted levels; one_hot: 1 in the level's own column; target: see
 * {@link targetCodes}. Any other value is the number of levels, the feature's `otherCode`, 0 in every column of one_hot, or its
 * own code of target: native codes are whole numbers without exception, for runtimes disagree whether NaN belongs to a set.
 * @param target of the training rows, for target encoding
 */
export function fitCategorical(feature: CategoricalFeature, rows: CategoryRows, target: EncodedTarget): FittedCategorical {
  const kept = mostFrequent(rows, feature);
  const levels = levelsOf(kept.map((code) => rows.dictionary[code] ?? ''));
  return { kind: 'categorical', levels, ...codesOf(feature, levels.values, rows, target) };
}

function codesOf(
  { encode, otherCode }: CategoricalFeature,
  levels: readonly (string | number)[],
  rows: CategoryRows,
  target: EncodedTarget,
): Pick<FittedCategorical, 'codes' | 'width' | 'classes'> {
  switch (encode) {
    case 'native':
      return { codes: Float64Array.of(...levels.keys(), levels.length), width: 1 };
    case 'ordinal':
      return { codes: Float64Array.of(...levels.keys(), otherCode), width: 1 };
    case 'one_hot':
      return { codes: new Float64Array(0), width: Math.max(1, levels.length) };
    case 'target': {
      const width = encodedWidth(target.classes);
      return { codes: targetCodes(levels, rows, target), width, ...(width === 1 ? {} : { classes: target.classes }) };
    }
  }
}

/**
 * The rows of a category in which a missing value is a level like any other, called by what stands for it in a model's inputs;
 * the rows as they are, where it is none.
 */
export function withMissingLevel(rows: CategoryRows, feature: Pick<CategoricalFeature, 'column' | 'missingIsLevel'>): CategoryRows {
  if (!feature.missingIsLevel || !rows.codes.includes(-1)) return rows;
  const place = rows.dictionary.length;
  return {
    dictionary: [...rows.dictionary, missingLevelOf(feature.column)],
    codes: rows.codes.map((code) => (code === -1 ? place : code)),
  };
}

/** A whole number that float64 holds and no column of whole numbers has: those end at 2^53. */
export const missingNumber = -(2 ** 62);

function missingLevelOf({ type }: Column): string | number {
  return type === 'category' || type === 'text' ? missingText : missingNumber;
}

/** Whether the level stands for a missing value. */
export function isMissingLevel(level: string | number): boolean {
  return level === missingText || level === missingNumber;
}

/** The codes of the most frequent values, in the order of the values themselves. A missing value that is a level is always kept. */
function mostFrequent(rows: CategoryRows, { maxLevels, missingIsLevel }: CategoricalFeature): number[] {
  const counts = new Float64Array(rows.dictionary.length);
  for (const code of rows.codes) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  const valueOf = (code: number): string | number => rows.dictionary[code] ?? '';
  const compare = (a: number, b: number): number => compareLevels(valueOf(a), valueOf(b));
  const isMissing = (code: number): boolean => missingIsLevel && isMissingLevel(valueOf(code));
  const present = [...counts.keys()].filter((code) => (counts[code] ?? 0) > 0 && (isMissing(code) || canBeLevel(rows.dictionary[code])));
  const rank = (code: number): number => (isMissing(code) ? Infinity : (counts[code] ?? 0));
  const byCount = present.sort((a, b) => (rank(a) === rank(b) ? compare(a, b) : rank(b) - rank(a)));
  return byCount.slice(0, maxLevels).sort(compare);
}

/** In a model's inputs some texts stand for a missing value, or for one that cannot be passed on. */
function canBeLevel(value: string | number | undefined): boolean {
  return typeof value !== 'string' || (value !== missingText && value !== unreadableText && !value.includes('\0'));
}

/** Numbers by size, texts by UTF-16 code unit: an order that depends on no locale. */
function compareLevels(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function levelsOf(values: readonly (string | number)[]): Levels {
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === values.length && values.length > 0
    ? { kind: 'integer', values: numbers }
    : { kind: 'text', values: values.map(String) };
}

/**
 * @param values of the training rows, NaN where missing
 * @throws AppError `features.allMissing` when a mean, median or mode is wanted of nothing
 */
export function fitNumeric(feature: Pick<NumericFeature, 'name' | 'impute' | 'scale'>, values: Float64Array): FittedNumeric {
  const imputeValue = imputed(feature.name, feature.impute, values);
  const filled =
    imputeValue === undefined ? values.filter((value) => !Number.isNaN(value)) : values.map((v) => (Number.isNaN(v) ? imputeValue : v));
  if (feature.scale === 'none' || filled.length === 0) return { kind: 'numeric', imputeValue, centre: 0, scale: 1 };
  const { mean: centre, variance } = distributionOf(filled);
  const isConstant = isNearlyConstant({ mean: centre, variance, count: filled.length });
  return { kind: 'numeric', imputeValue, centre, scale: isConstant ? Infinity : Math.sqrt(variance) };
}

/** Mean and variance of the values as they are (not of a sample of more), computed from their distances. */
function distributionOf(values: Float64Array): { mean: number; variance: number } {
  const moments = new Moments();
  moments.add(values);
  const { mean = NaN, standardDeviation = 0 } = moments;
  return { mean, variance: (standardDeviation ** 2 * (values.length - 1)) / values.length };
}

/**
 * Whether what varies could be the rounding of a constant: scikit-learn's `_is_constant_feature`, from the error that Chan, Golub
 * and LeVeque (1983) bound the variance by.
 */
export function isNearlyConstant({ mean, variance, count }: { mean: number; variance: number; count: number }): boolean {
  return variance <= count * Number.EPSILON * variance + (count * mean * Number.EPSILON) ** 2;
}

function imputed(name: string, impute: Imputation, values: Float64Array): number | undefined {
  if (impute === 'none') return undefined;
  if (typeof impute === 'number') return impute;
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length === 0) {
    throw new AppError(
      'features.allMissing',
      t('The feature "{name}" is missing in every training row, so it has no {impute}.', { name, impute }),
      {
        args: { name, impute },
        remedy: t('Leave the feature out, or impute a number of your own: "impute: 0".'),
      },
    );
  }
  if (impute === 'mean') return distributionOf(known).mean;
  known.sort();
  return impute === 'median' ? median(known) : mode(known);
}

function median(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The most frequent value; among equals the smallest. */
function mode(sorted: Float64Array): number {
  let best = sorted[0] ?? NaN;
  let bestCount = 0;
  for (let start = 0; start < sorted.length;) {
    let end = start;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    if (end - start > bestCount) {
      bestCount = end - start;
      best = sorted[start] ?? NaN;
    }
    start = end;
  }
  return best;
}
