/** Follows a data set's definition down to its files or query. Pure: it touches neither files nor DuckDB. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { defaultSeed } from '../../../base/random.ts';
import type { ColumnSpec, DatasetSpec, ReadOptions } from '../../project/definitions/dataset.ts';
import { parseInstant, parseLength } from '../rows/instants.ts';

/** The rows whose event time lies in [since, before). */
export interface TimeWindow {
  readonly column: string;
  /** Microseconds since 1970 UTC. */
  readonly since: bigint | undefined;
  readonly before: bigint | undefined;
}

export interface Condition {
  /** Where the condition is written, such as `datasets.winter.where`. */
  readonly key: string;
  readonly sql: string;
}

/** What rows have to pass: all of it. */
export interface RowFilter {
  readonly windows: readonly TimeWindow[];
  readonly conditions: readonly Condition[];
  readonly holdouts: readonly PlannedHoldout[];
  readonly exceptions: readonly PlannedException[];
}

/** A share of the rows that pass `among`. */
export interface PlannedHoldout {
  /** Where it is written, such as `datasets.test.holdout`. */
  readonly key: string;
  /** Which share of the rows, or at most how many of them, one by one. */
  readonly size: { readonly share: number } | { readonly rows: number };
  readonly seed: number;
  /** The columns whose equal values keep rows together; undefined: `columns`, all where it is undefined, too. */
  readonly group: readonly string[] | undefined;
  readonly columns: readonly string[] | undefined;
  /** Columns that do not count without a group. */
  readonly ignore: readonly string[];
  readonly among: RowFilter;
}

/** Rows that pass it belong to another data set. */
export interface PlannedException {
  /** The other data set. */
  readonly name: string;
  readonly filter: RowFilter;
}

export type PlannedSource =
  | { readonly kind: 'files'; readonly pattern: string; readonly read: ReadOptions; readonly key: string }
  | { readonly kind: 'query'; readonly sql: string; readonly key: string };

/** A data set with every `from` followed: one source, and all that narrows it. */
export interface DatasetPlan extends RowFilter {
  readonly name: string;
  readonly source: PlannedSource;
  /** Declarations of the whole chain; the nearer one wins, key by key. */
  readonly columns: Readonly<Record<string, ColumnSpec>>;
  readonly time: string | undefined;
}

/** What of a project this needs. */
export interface DatasetCatalog {
  /** The seed of everything random. */
  readonly seed?: number;
  /** At most so many rows of each data set are read, drawn by the seed. */
  readonly sampleRows?: number | undefined;
  readonly datasets: Readonly<Record<string, DatasetSpec>>;
}

/**
 * @param asOf what `last:` counts back from
 * @throws AppError `dataset.unknown`, `dataset.cycle`, `dataset.noSource`, `dataset.noTime`, `dataset.exceptOther`
 */
export function planDataset(catalog: DatasetCatalog, name: string, asOf: Date): DatasetPlan {
  const whole = plan(catalog, name, { asOf, seen: [] });
  const { sampleRows: rows, seed = defaultSeed } = catalog;
  if (rows === undefined) return whole;
  const { windows, conditions, holdouts, exceptions } = whole;
  const among = { windows, conditions, holdouts, exceptions };
  const sample = { key: `datasets.${name}`, size: { rows }, seed, group: undefined, columns: undefined, ignore: [], among };
  return { ...whole, holdouts: [...holdouts, sample] };
}

interface Descent {
  readonly asOf: Date;
  readonly seen: readonly string[];
}

function plan(catalog: DatasetCatalog, name: string, descent: Descent): DatasetPlan {
  const spec = findSpec(catalog, name);
  if (descent.seen.includes(name)) throw cycle([...descent.seen, name]);
  const base =
    spec.from === undefined ? ground(name, spec) : plan(catalog, spec.from, { asOf: descent.asOf, seen: [...descent.seen, name] });
  const time = spec.time ?? base.time;
  const columns = mergeColumns(base.columns, spec.columns ?? {});
  const narrowed: RowFilter = {
    windows: spec.during === undefined ? base.windows : [...base.windows, windowOf(name, spec.during, { time, asOf: descent.asOf })],
    conditions: spec.where === undefined ? base.conditions : [...base.conditions, { key: `datasets.${name}.where`, sql: spec.where }],
    holdouts: base.holdouts,
    exceptions: base.exceptions,
  };
  const holdout = spec.holdout === undefined ? [] : [holdoutOf(name, spec.holdout, { columns, among: narrowed, seed: catalog.seed })];
  const except = spec.except === undefined ? [] : [exceptionOf(catalog, { name, except: spec.except, source: base.source }, descent)];
  return {
    ...{ name, source: base.source, columns, time, ...narrowed },
    holdouts: [...base.holdouts, ...holdout],
    exceptions: [...base.exceptions, ...except],
  };
}

function holdoutOf(
  name: string,
  { share, group, ignore }: NonNullable<DatasetSpec['holdout']>,
  { columns, among, seed = defaultSeed }: { columns: DatasetPlan['columns']; among: RowFilter; seed: number | undefined },
): PlannedHoldout {
  const declared = Object.keys(columns);
  return {
    ...{ key: `datasets.${name}.holdout`, size: { share }, seed, among },
    group: group === undefined ? undefined : [group].flat(),
    columns: declared.length === 0 ? undefined : declared,
    ignore: ignore === undefined ? [] : [ignore].flat(),
  };
}

function exceptionOf(
  catalog: DatasetCatalog,
  { name, except, source }: { name: string; except: string; source: PlannedSource },
  { asOf, seen }: Descent,
): PlannedException {
  const other = plan(catalog, except, { asOf, seen: [...seen, name] });
  if (other.source.key === source.key) {
    const { windows, conditions, holdouts, exceptions } = other;
    return { name: except, filter: { windows, conditions, holdouts, exceptions } };
  }
  throw new AppError(
    'dataset.exceptOther',
    t('The rows of "{except}" come from elsewhere, so "{name}" cannot leave them out.', { name, except }),
    {
      args: { name, except, key: `datasets.${name}.except` },
      remedy: t('Let both data sets come "from" the same one.'),
    },
  );
}

function findSpec(catalog: DatasetCatalog, name: string): DatasetSpec {
  const spec = Object.hasOwn(catalog.datasets, name) ? catalog.datasets[name] : undefined;
  if (spec !== undefined) return spec;
  const names = Object.keys(catalog.datasets).join(', ');
  throw new AppError('dataset.unknown', t('There is no data set named "{name}".', { name }), {
    args: { name },
    remedy:
      names === ''
        ? t('Define it under "datasets:" in millwright.yaml.')
        : t('Use one of these, or define it under "datasets:": {names}.', { names }),
  });
}

function cycle(names: readonly string[]): AppError {
  const chain = names.join(' → ');
  return new AppError('dataset.cycle', t('The data set is defined by itself: {chain}.', { chain }), {
    args: { chain, key: `datasets.${names.at(-1) ?? ''}` },
    remedy: t('Let one of them name a file with "path:".'),
  });
}

function ground(name: string, spec: DatasetSpec): Omit<DatasetPlan, 'name'> {
  const common = { columns: {}, time: undefined, windows: [], conditions: [], holdouts: [], exceptions: [] };
  if (spec.path !== undefined) {
    return { ...common, source: { kind: 'files', pattern: spec.path, read: spec.read ?? {}, key: `datasets.${name}.path` } };
  }
  if (spec.query !== undefined) return { ...common, source: { kind: 'query', sql: spec.query, key: `datasets.${name}.query` } };
  throw new AppError('dataset.noSource', t('The data set "{name}" does not say where its rows come from.', { name }), {
    args: { name, key: `datasets.${name}` },
    remedy: t('Give it one of "path:", "from:" and "query:".'),
  });
}

function mergeColumns(
  base: Readonly<Record<string, ColumnSpec>>,
  nearer: Readonly<Record<string, ColumnSpec>>,
): Record<string, ColumnSpec> {
  const merged: Record<string, ColumnSpec> = { ...base };
  for (const [column, spec] of Object.entries(nearer)) merged[column] = { ...merged[column], ...spec };
  return merged;
}

function windowOf(
  name: string,
  during: NonNullable<DatasetSpec['during']>,
  { time, asOf }: { time: string | undefined; asOf: Date },
): TimeWindow {
  if (time === undefined) {
    throw new AppError('dataset.noTime', t('"during" of the data set "{name}" needs to know which column holds the time.', { name }), {
      args: { name, key: `datasets.${name}.during` },
      remedy: t('Name the column with "time:".'),
    });
  }
  const now = BigInt(asOf.getTime()) * 1000n;
  const bounds = { since: during.since, before: during.before };
  const since = bounds.since === undefined ? undefined : parseInstant(bounds.since);
  const before = bounds.before === undefined ? undefined : parseInstant(bounds.before);
  if (during.last === undefined) return { column: time, since, before };
  const end = before === undefined || before > now ? now : before;
  const start = end - parseLength(during.last);
  return { column: time, since: since === undefined || since < start ? start : since, before: end };
}
