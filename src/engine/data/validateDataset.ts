/** Checks a data set against its declaration and the limits of a validate stage: every check with its figure and verdict. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Column } from '../../protocol/dataset.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import type { ValidationCheck, ValidationReport } from '../../protocol/validation.ts';
import type { ColumnSpec } from '../project/definitions/dataset.ts';
import type { FeaturesSpec } from '../project/definitions/feature.ts';
import type { ValidateStage } from '../project/definitions/stage.ts';
import { columnBatches, columnStatistics, presentValue, stageView, type ColumnStatistics } from './columnStatistics.ts';
import { sqlFailure } from './datasetErrors.ts';
import { createDatasetView, readingFailure, type DatasetView } from './datasetView.ts';
import { openDuckdb, type Duckdb } from './duckdb.ts';
import { assertUnchanged } from './fingerprint.ts';
import { formatInstant, parseInstant } from './instants.ts';
import { locateDataset, type DatasetProject } from './openDataset.ts';
import type { DatasetPlan } from './planDataset.ts';
import { guardExpression } from './sqlGuard.ts';
import { familyOf, quoteName, quoteText } from './sqlText.ts';
import {
  checkClasses,
  checkConstant,
  checkDuplicates,
  checkExtraColumns,
  checkInfinite,
  checkMissing,
  checkNulls,
  checkOutliers,
  checkRows,
  checkTargetMissing,
  checkViolations,
  outlierDistance,
  worstVerdict,
  type OutlierCount,
  type ViolationCount,
} from './validationChecks.ts';

/** What of a project validation needs. */
export interface ValidationProject extends DatasetProject {
  readonly features: Readonly<Record<string, FeaturesSpec>>;
}

export interface ValidationContext extends StageContext {
  readonly asOf: Date;
}

/** The largest number of classes whose shares are checked; beyond, a target of numbers is a quantity. */
const mostClasses = 20;

/**
 * Missing values, types and limits that do not hold become failed checks in the report; only what makes the data
 * unreadable is thrown.
 * @throws AppError `dataset.…` when the data cannot be read at all; CancelledError
 */
export async function validateDataset(
  project: ValidationProject,
  stage: ValidateStage,
  context: ValidationContext,
): Promise<ValidationReport> {
  const { signal, budget } = context;
  const { plan, files, fingerprint } = await locateDataset(project, stage.dataset, context);
  const broken: ValidationCheck[] = [];
  let tolerant = plan;
  for (;;) {
    const duckdb = await openDuckdb(budget, { files: files.paths });
    try {
      const view = await createDatasetView(duckdb, { plan: tolerant, files, root: project.root, signal });
      const report = await validateView(duckdb, view, { project, stage, context });
      await assertUnchanged(project.root, fingerprint, signal);
      const checks = [...broken, ...report.checks];
      return { ...report, checks, verdict: worstVerdict(checks) };
    } catch (error) {
      const next = withoutBrokenColumn(error, tolerant);
      if (next === undefined) throw error;
      broken.push(next.check);
      tolerant = next.plan;
    } finally {
      await duckdb.close();
    }
  }
}

/** A column that is absent or of another type fails its check; the others are still checked, without its declaration. */
function withoutBrokenColumn(error: unknown, plan: DatasetPlan): { check: ValidationCheck; plan: DatasetPlan } | undefined {
  if (!AppError.is(error)) return undefined;
  const column = error.args.column;
  if (typeof column !== 'string' || !Object.hasOwn(plan.columns, column)) return undefined;
  const absent = error.code === 'dataset.columnMissing';
  if (!absent && error.code !== 'dataset.wrongType' && error.code !== 'dataset.integerTooLarge') return undefined;
  const rest = Object.fromEntries(Object.entries(plan.columns).filter(([name]) => name !== column));
  const spec: ColumnSpec = { ...plan.columns[column], type: undefined, min: undefined, max: undefined, values: undefined };
  return {
    check: {
      check: absent ? 'column' : 'type',
      column,
      verdict: 'failed',
      figure: absent ? undefined : String(error.args.value ?? error.args.storedAs ?? ''),
      limit: plan.columns[column]?.type,
      message: error.message,
    },
    plan: { ...plan, columns: absent ? rest : { ...rest, [column]: spec } },
  };
}

interface Validation {
  readonly project: ValidationProject;
  readonly stage: ValidateStage;
  readonly context: ValidationContext;
}

async function validateView(duckdb: Duckdb, view: DatasetView, validation: Validation): Promise<ValidationReport> {
  const { stage, context } = validation;
  const { signal, progress } = context;
  try {
    const staged = await stageView(duckdb, view, signal);
    progress({ message: t('Reading the columns of {dataset}', { dataset: stage.dataset }), fraction: 0.1 });
    const rows = await countRows(duckdb, staged, signal);
    const statistics = await columnStatistics(duckdb, staged, { signal, topValues: 1 });
    progress({ message: t('Checking values of {dataset}', { dataset: stage.dataset }), fraction: 0.6 });
    const checks = [
      checkRows(rows, stage),
      ...statistics.flatMap((column) => columnChecks(column, view.plan.columns[column.name], { rows, stage })),
      ...(await countViolations(duckdb, staged, signal)).map((found) => checkViolations(found, stage)),
      ...(await countOutliers(duckdb, staged, { statistics, signal })).map((found) => checkOutliers(found, rows, stage)),
      ...(await targetChecks(duckdb, staged, validation)),
      checkDuplicates(rows - (await countDistinctRows(duckdb, staged, signal)), rows, stage),
    ];
    const extra = checkExtraColumns(undeclared(view), stage);
    if (extra !== undefined) checks.push(extra);
    return { version: 1, dataset: stage.dataset, rows, columns: view.columns.length, verdict: worstVerdict(checks), checks };
  } catch (error) {
    throw await readingFailure(error, duckdb, view, view.columns);
  }
}

function undeclared(view: DatasetView): string[] {
  return view.columns.map((column) => column.name).filter((name) => !Object.hasOwn(view.plan.columns, name) && name !== view.plan.time);
}

function columnChecks(
  column: ColumnStatistics,
  spec: ColumnSpec | undefined,
  { rows, stage }: { rows: number; stage: ValidateStage },
): ValidationCheck[] {
  return [
    ...(spec?.type === undefined || spec.type !== column.type ? [] : [typePassed(column)]),
    checkMissing(column, rows, stage),
    ...(spec?.nullable === false ? [checkNulls(column, stage)] : []),
    ...(column.infinite > 0 ? [checkInfinite(column)] : []),
    checkConstant(column, rows, stage),
  ];
}

function typePassed(column: Column): ValidationCheck {
  const { name, type } = column;
  const message = t('Every value of "{column}" is of the type {type}.', { column: name, type });
  return { check: 'type', column: name, verdict: 'passed', figure: type, limit: type, message };
}

async function countRows(duckdb: Duckdb, view: DatasetView, signal: AbortSignal): Promise<number> {
  const [row] = await duckdb.query(`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${view.sql}`, signal);
  return Number(row?.n);
}

async function countDistinctRows(duckdb: Duckdb, view: DatasetView, signal: AbortSignal): Promise<number> {
  const [row] = await duckdb.query(`SELECT CAST(count(*) AS DOUBLE) AS n FROM (SELECT DISTINCT * FROM ${view.sql})`, signal);
  return Number(row?.n);
}

interface Rule {
  readonly column: string;
  readonly kind: ViolationCount['kind'];
  readonly allowed: string;
  /** True for a value that breaks the rule. */
  readonly broken: string;
}

async function countViolations(duckdb: Duckdb, view: DatasetView, signal: AbortSignal): Promise<ViolationCount[]> {
  const rules = view.columns.flatMap((column) => rulesOf(column, view.plan.columns[column.name] ?? {}));
  const found: ViolationCount[] = [];
  for (const batch of columnBatches(view, rules)) {
    const list = batch.map(
      ({ column, broken }, index) =>
        `CAST(count(*) FILTER (${broken}) AS DOUBLE) AS n${index}, CAST(min(${quoteName(column)}) FILTER (${broken}) AS VARCHAR) AS example${index}`,
    );
    const [row = {}] = await duckdb.query(`SELECT ${list.join(', ')} FROM ${view.sql}`, signal);
    for (const [index, { column, kind, allowed }] of batch.entries()) {
      const example = row[`example${index}`];
      const violations = Number(row[`n${index}`]);
      found.push({ column, kind, allowed, violations, example: typeof example === 'string' ? example : undefined });
    }
  }
  return found;
}

function rulesOf(column: Column, spec: ColumnSpec): Rule[] {
  const value = presentValue(column);
  const rules: Rule[] = [];
  if (spec.min !== undefined || spec.max !== undefined) {
    const below = spec.min === undefined ? [] : [`${value} < ${literal(spec.min, column)}`];
    const above = spec.max === undefined ? [] : [`${value} > ${literal(spec.max, column)}`];
    const allowed = `${spec.min ?? '−∞'} … ${spec.max ?? '∞'}`;
    rules.push({ column: column.name, kind: 'range', allowed, broken: [...below, ...above].join(' OR ') });
  }
  if (spec.values !== undefined) {
    const allowed = spec.values.map(String);
    const broken = `${value} IS NOT NULL AND ${value} NOT IN (${spec.values.map((one) => literal(one, column)).join(', ')})`;
    rules.push({ column: column.name, kind: 'values', allowed: allowed.slice(0, 10).join(', '), broken });
  }
  return rules;
}

function literal(value: string | number | boolean, column: Column): string {
  if (column.type === 'timestamp') return `CAST(${quoteText(formatInstant(parseInstant(String(value))))} AS TIMESTAMPTZ)::TIMESTAMP`;
  if (column.type === 'text' || column.type === 'category') return quoteText(String(value));
  return column.type === 'boolean' ? `CAST(${quoteText(String(value))} AS BOOLEAN)` : `CAST(${quoteText(String(value))} AS DOUBLE)`;
}

async function countOutliers(
  duckdb: Duckdb,
  view: DatasetView,
  { statistics, signal }: { statistics: readonly ColumnStatistics[]; signal: AbortSignal },
): Promise<OutlierCount[]> {
  const numeric = statistics.filter((column) => column.standardDeviation !== undefined && column.standardDeviation > 0);
  const found: OutlierCount[] = [];
  for (const batch of columnBatches(view, numeric)) {
    const list = batch.map((column, index) => {
      const distance = `abs(CAST(${presentValue(column)} AS DOUBLE) - ${column.mean ?? 0}::DOUBLE)`;
      return `CAST(count(*) FILTER (${distance} > ${outlierDistance * (column.standardDeviation ?? 0)}::DOUBLE) AS DOUBLE) AS n${index}`;
    });
    const [row = {}] = await duckdb.query(`SELECT ${list.join(', ')} FROM ${view.sql}`, signal);
    found.push(...batch.map((column, index) => ({ column, outliers: Number(row[`n${index}`]) })));
  }
  return found;
}

async function targetChecks(duckdb: Duckdb, view: DatasetView, { project, stage, context }: Validation): Promise<ValidationCheck[]> {
  if (stage.features === undefined) return [];
  const target = project.features[stage.features]?.target;
  if (target === undefined) return [];
  const [[name, expression] = ['', '']] = typeof target === 'string' ? [[target, quoteName(target)]] : Object.entries(target);
  const key = `features.${stage.features}.target`;
  const sql = await guardExpression(duckdb, { key, sql: expression });
  try {
    const [described] = await duckdb.query(`DESCRIBE SELECT ${sql} AS value FROM ${view.sql}`);
    const family = familyOf(String(described?.column_type));
    const value = family === 'number' ? `CASE WHEN isnan(${sql}) THEN NULL ELSE ${sql} END` : sql;
    const rows = await duckdb.query(
      `SELECT CAST(${value} AS VARCHAR) AS value, CAST(count(*) AS DOUBLE) AS n FROM ${view.sql} GROUP BY 1 ORDER BY value IS NOT NULL, n DESC, value LIMIT 10001`,
      context.signal,
    );
    const missing = Number(rows.find((row) => row.value === null)?.n ?? 0);
    const classes = rows.filter((row) => row.value !== null).map((row) => ({ value: String(row.value), count: Number(row.n) }));
    const quantity = (family === 'number' || family === 'integer') && classes.length > mostClasses;
    if (quantity) return [checkTargetMissing(name, missing, stage)];
    return checkClasses({ target: name, missing, classes }, stage);
  } catch (error) {
    throw sqlFailure(error, { key, sql: expression });
  }
}
