/** From the keys under `features:` to what must be learned and compiled: parsed expressions, resolved defaults, the raw columns read. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Column } from '../../protocol/dataset.ts';
import { featureDefaults, trainersThatLearnBy, type Learner } from '../../protocol/tables/trainers.ts';
import { familyOf } from '../data/sql/sqlText.ts';
import { optionDefaults, type FeaturesSpec } from '../project/definitions/feature.ts';
import { expressionError, noSuchColumn } from './expression/expressionError.ts';
import { parseExpression } from './expression/parseExpression.ts';
import { columnsOf, type Expression } from './expression/syntax.ts';

export type Imputation = 'mean' | 'median' | 'mode' | 'none' | number;
export type CategoryEncoding = 'native' | 'one_hot' | 'ordinal' | 'target';

export interface NumericFeature {
  readonly kind: 'numeric';
  readonly name: string;
  readonly source: string;
  readonly expression: Expression;
  readonly impute: Imputation;
  readonly scale: 'standard' | 'none';
  /** Whether a second column says where the value is missing: 1, elsewhere 0. */
  readonly indicator: boolean;
}

export interface CategoricalFeature {
  readonly kind: 'categorical';
  readonly name: string;
  readonly column: Column;
  readonly encode: CategoryEncoding;
  /** The most frequent levels are kept, at most this many. */
  readonly maxLevels: number;
  /** Whether a missing value is a level, too, where training has any. */
  readonly missingIsLevel: boolean;
  /** What every other value becomes in ordinal encoding, missing ones among them: NaN, where the trainer takes it. */
  readonly otherCode: number;
}

export interface CyclicalFeature {
  readonly kind: 'cyclical';
  readonly name: string;
  readonly source: string;
  readonly expression: Expression;
  readonly period: number;
  readonly impute: Imputation;
}

export type PlannedFeature = NumericFeature | CategoricalFeature | CyclicalFeature;

export interface FeaturePlan {
  readonly features: readonly PlannedFeature[];
  /** The raw columns the features read, in the order of the data set. */
  readonly inputs: readonly Column[];
}

/** What a kind of trainer needs where the project does not say. */
export interface FeatureDefaults {
  readonly impute: Imputation;
  readonly scale: 'standard' | 'none';
  readonly encode: CategoryEncoding;
  readonly otherCode: number;
}

export const learnerDefaults: Readonly<Record<Learner, FeatureDefaults>> = {
  trees: { ...featureDefaults.trees, otherCode: NaN },
  linear: { ...featureDefaults.linear, otherCode: -1 },
};

/** Levels that fit in one byte beside the bin of missing values. */
const mostLevels = 254;

/**
 * @param columns of the data set
 * @throws AppError `features.expression`, `features.none`, `features.categoricalColumn`, `features.nativeEncoding`
 */
export function planFeatures(spec: FeaturesSpec, columns: readonly Column[], defaults: FeatureDefaults): FeaturePlan {
  const features = [
    ...planNumeric(spec, defaults),
    ...planCategorical(spec, columns, defaults),
    ...Object.entries(spec.cyclical ?? {}).map(([name, { value, period }]): CyclicalFeature => ({
      kind: 'cyclical',
      name,
      source: value,
      expression: parseExpression(value),
      period,
      impute: defaults.impute,
    })),
  ];
  if (features.length === 0) {
    throw new AppError('features.none', t('The feature definition names no feature.'), {
      remedy: t('List columns under numeric, categorical or cyclical.'),
    });
  }
  const read = new Set(features.flatMap((feature) => readBy(feature, columns)));
  return { features, inputs: columns.filter((column) => read.has(column.name)) };
}

function planNumeric(spec: FeaturesSpec, defaults: FeatureDefaults): NumericFeature[] {
  return named(spec.numeric).map(([name, options]) => ({
    kind: 'numeric',
    name,
    source: options.value ?? name,
    expression: options.value === undefined ? { kind: 'column', name, start: 0, end: name.length } : parseExpression(options.value),
    impute: options.impute ?? defaults.impute,
    scale: options.scale ?? defaults.scale,
    indicator: options.indicator ?? optionDefaults.numeric.indicator,
  }));
}

function planCategorical(spec: FeaturesSpec, columns: readonly Column[], defaults: FeatureDefaults): CategoricalFeature[] {
  return named(spec.categorical).map(([name, options]) => {
    const source = options.value ?? name;
    const column = requireColumn(source, columns, { source, start: 0, end: source.length });
    requireLevels(name, column);
    const encode = options.encode ?? defaults.encode;
    if (encode === 'native' && defaults.encode !== 'native') throw nativeEncoding(name);
    const maxLevels = Math.min(options.max_levels ?? mostLevels, mostLevels);
    const missingIsLevel = (options.missing ?? optionDefaults.categorical.missing) === 'level';
    return { kind: 'categorical', name, column, encode, maxLevels, missingIsLevel, otherCode: defaults.otherCode };
  });
}

function requireLevels(feature: string, { name, type, storedAs }: Column): void {
  const args = { feature, column: name, type, storedAs };
  if (familyOf(storedAs) === 'nested' || storedAs === 'BLOB') {
    throw new AppError(
      'features.categoricalColumn',
      t('The column "{column}" is stored as {storedAs}, so it cannot be a categorical feature.', args),
      { args, remedy: t('Make a text or a number of it by a "query:" in the data set.') },
    );
  }
  if (type !== 'number' && type !== 'timestamp') return;
  throw new AppError('features.categoricalColumn', t('The column "{column}" is of type {type}, so it has no levels.', args), {
    args,
    remedy: t('Declare it as "type: category" in the data set, or use it as a numeric or cyclical feature.'),
  });
}

function nativeEncoding(name: string): AppError {
  return new AppError('features.nativeEncoding', t('Only trees take the levels of "{name}" as they are ("encode: native").', { name }), {
    args: { name },
    remedy: t('Use "encode: one_hot", "ordinal" or "target", or the trainer {trainers}.', {
      trainers: trainersThatLearnBy('trees', t(' or ')),
    }),
  });
}

/** A list of names is short for names without options. */
function named<O extends object>(entries: readonly string[] | Readonly<Record<string, O>> | undefined): [string, Partial<O>][] {
  if (entries === undefined) return [];
  return isList(entries) ? entries.map((name) => [name, {}]) : Object.entries(entries);
}

function isList(entries: readonly string[] | object): entries is readonly string[] {
  return Array.isArray(entries);
}

function readBy(feature: PlannedFeature, columns: readonly Column[]): string[] {
  if (feature.kind === 'categorical') return [feature.column.name];
  const names = columnsOf(feature.expression);
  const { source } = feature;
  if (names.length === 0) {
    throw expressionError(source, feature.expression, t('the expression reads no column, so it is the same for every row.'));
  }
  return names.map((name) => requireColumn(name, columns, { source, start: 0, end: source.length }).name);
}

/** A column by its exact name, or by its name in any case where that is unique, as DuckDB finds it. */
export function findColumn<C extends { readonly name: string }>(name: string, columns: readonly C[]): C | undefined {
  const exact = columns.find((column) => column.name === name);
  if (exact !== undefined) return exact;
  const similar = columns.filter((column) => column.name.toLowerCase() === name.toLowerCase());
  return similar.length === 1 ? similar[0] : undefined;
}

function requireColumn(name: string, columns: readonly Column[], at: { source: string; start: number; end: number }): Column {
  const column = findColumn(name, columns);
  if (column !== undefined) return column;
  const known = columns.map((each) => each.name);
  throw noSuchColumn(at.source, at, name, known);
}
