/** Checks a data set against its declaration and the limits of a validate stage: every check with its figure and verdict. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { ColumnProfile } from '../../../protocol/dataset.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import type { CheckedTarget, ValidationReport } from '../../../protocol/validation.ts';
import type { ColumnSpec } from '../../project/definitions/dataset.ts';
import type { FeaturesSpec } from '../../project/definitions/feature.ts';
import type { ValidateStage } from '../../project/definitions/stages/validateStage.ts';
import { describeTarget } from './checkedTarget.ts';
import { checkColumn, type ColumnFindings, type Violations } from './columnChecks.ts';
import { columnStatistics, shortened } from '../statistics/columnStatistics.ts';
import { countDuplicates } from '../statistics/countDuplicates.ts';
import { createDatasetView } from '../dataset/datasetView.ts';
import type { DatasetView } from '../dataset/viewedDataset.ts';
import { findViolations } from './declaredRules.ts';
import { describedTable, type DescribedTable } from '../dataset/describedTable.ts';
import { readColumnNames } from '../dataset/readColumnNames.ts';
import { openDuckdb, type Duckdb } from '../sql/duckdb.ts';
import { assertUnchanged } from '../dataset/fingerprint.ts';
import { locateDataset, type DatasetProject, type LocatedDataset } from '../dataset/openDataset.ts';
import type { DatasetPlan } from '../dataset/planDataset.ts';
import { readingFailure } from '../dataset/readingFailure.ts';
import { checkDataset } from './datasetChecks.ts';
import { checkTarget } from './targetChecks.ts';
import { inOrder, worstVerdict } from './validationChecks.ts';
import { limitOf } from './validationLimits.ts';

/** What of a project validation needs. */
export interface ValidationProject extends DatasetProject {
  readonly features: Readonly<Record<string, FeaturesSpec>>;
}

export interface ValidationContext extends StageContext {
  readonly asOf: Date;
}

interface Validation {
  readonly project: ValidationProject;
  readonly stage: ValidateStage;
  readonly context: ValidationContext;
}

/**
 * Missing values, types and limits that do not hold become checks of the report that did not pass; only what makes the
 * data unreadable is thrown.
 * @throws AppError `dataset.…` when the data cannot be read at all; CancelledError
 */
export async function validateDataset(
  project: ValidationProject,
  stage: ValidateStage,
  context: ValidationContext,
): Promise<ValidationReport> {
  const located = await locateDataset(project, stage.dataset, context);
  const report = await validateLocated(located, { project, stage, context });
  await assertUnchanged(project.root, located.fingerprint, context.signal);
  return report;
}

/** How far the files are from their declaration: what is tolerated, so that everything else can still be checked. */
interface Deviations {
  /** Declared columns that are not there. */
  readonly absent: readonly string[];
  /** How columns are stored that cannot be of their declared type. */
  readonly storedAs: ReadonlyMap<string, string>;
  /** Whether single values do not fit their type: they are then set aside and counted. */
  readonly misfits: boolean;
}

const noDeviations: Deviations = { absent: [], storedAs: new Map(), misfits: false };

async function validateLocated({ plan, files, fingerprint }: LocatedDataset, validation: Validation): Promise<ValidationReport> {
  const { project, context } = validation;
  let deviations = noDeviations;
  for (;;) {
    const duckdb = await openDuckdb(context.budget, { files: files.paths });
    try {
      const request = { plan: toleratedPlan(plan, deviations), files, root: project.root, signal: context.signal };
      const view = await createDatasetView(duckdb, { ...request, setsAside: deviations.misfits });
      const report = await validateView(duckdb, view, { ...validation, declared: plan.columns, deviations });
      return { ...report, datasetDigest: fingerprint.digest };
    } catch (error) {
      const wider = tolerate(error, plan, deviations);
      if (wider === undefined) throw error;
      deviations = wider;
    } finally {
      await duckdb.close();
    }
  }
}

/** The declaration without what the files contradict. */
function toleratedPlan(plan: DatasetPlan, { absent, storedAs }: Deviations): DatasetPlan {
  const columns = Object.entries(plan.columns).flatMap(([name, spec]): [string, ColumnSpec][] => {
    if (absent.includes(name)) return [];
    return [[name, storedAs.has(name) ? { ...spec, type: undefined, min: undefined, max: undefined, values: undefined } : spec]];
  });
  const time = plan.time === undefined || (absent.includes(plan.time) && plan.windows.length === 0) ? undefined : plan.time;
  return { ...plan, time, columns: Object.fromEntries(columns) };
}

/** @returns what has to be tolerated, besides what is already, for this error not to come again; undefined for other errors */
function tolerate(error: unknown, plan: DatasetPlan, known: Deviations): Deviations | undefined {
  if (!AppError.is(error)) return undefined;
  const { column, storedAs } = error.args;
  const isFoundTime = error.args.format !== undefined;
  const isDeclared = typeof column === 'string' && (isFoundTime || Object.hasOwn(plan.columns, column) || column === plan.time);
  if (!isDeclared) return undefined;
  if (error.code === 'dataset.columnMissing' && !known.absent.includes(column)) return { ...known, absent: [...known.absent, column] };
  if (error.code === 'dataset.wrongType' && typeof storedAs === 'string' && !known.storedAs.has(column)) {
    return { ...known, storedAs: new Map([...known.storedAs, [column, storedAs]]) };
  }
  const isValue = error.code === 'dataset.wrongType' || error.code === 'dataset.integerTooLarge';
  return isValue && !known.misfits ? { ...known, misfits: true } : undefined;
}

interface ViewValidation extends Validation {
  /** The declared columns, also those whose declaration does not hold. */
  readonly declared: Readonly<Record<string, ColumnSpec>>;
  readonly deviations: Deviations;
}

async function validateView(
  duckdb: Duckdb,
  view: DatasetView,
  validation: ViewValidation,
): Promise<Omit<ValidationReport, 'datasetDigest'>> {
  const { stage, declared, deviations } = validation;
  const { signal, progress } = validation.context;
  const options = { signal, deviations: limitOf(stage, 'outlier_deviations') };
  try {
    progress({ message: t('Reading the columns of {dataset}', { dataset: stage.dataset }), fraction: 0.1 });
    const table = await describedTable(duckdb, view, signal);
    const columns = await columnStatistics(duckdb, table, options);
    if (!deviations.misfits) assertExact(columns, declared);
    progress({ message: t('Checking values of {dataset}', { dataset: stage.dataset }), fraction: 0.5 });
    const findings = await columnFindings(duckdb, table, { columns, view, validation });
    const target = await findTarget(duckdb, table, validation);
    progress({ message: t('Looking for repeated rows of {dataset}', { dataset: stage.dataset }), fraction: 0.7 });
    const compared = comparedColumns(table, view, validation);
    const duplicates = await countDuplicates(duckdb, { ...table, columns: compared }, signal);
    const { rows } = table;
    const checks = inOrder([
      ...checkDataset(
        {
          rows,
          absent: deviations.absent,
          extra: extraColumns(view, validation),
          notes: view.source.notes,
          duplicates,
          leftOut: table.columns.length - compared.length,
        },
        stage,
      ),
      ...findings.flatMap((found) => checkColumn(found, rows, stage)),
      ...(target === undefined ? [] : checkTarget(target, rows, stage)),
    ]);
    return { version: 1, dataset: stage.dataset, rows, verdict: worstVerdict(checks), checks, columns, target, duplicates };
  } catch (error) {
    throw await readingFailure(error, duckdb, view, view.columns);
  }
}

/** The columns by which rows are equal: those that the features read, with target and time; all of them where none are named. */
function comparedColumns({ columns }: DescribedTable, view: DatasetView, { project, stage }: ViewValidation): DescribedTable['columns'] {
  const features = stage.features === undefined ? undefined : project.features[stage.features];
  if (features === undefined || ![features.numeric, features.categorical, features.cyclical].some((inputs) => inputs !== undefined)) {
    return columns;
  }
  const read = readColumnNames(
    features,
    columns.map(({ column }) => column.name),
  );
  return columns.filter(({ column }) => read.has(column.name) || column.name === view.plan.time);
}

/**
 * Counting does not mind whole numbers that float64 cannot hold; training would.
 * @throws AppError `dataset.integerTooLarge`, as reading the rows does
 */
function assertExact(columns: readonly ColumnProfile[], declared: Readonly<Record<string, ColumnSpec>>): void {
  for (const { name: column, min, max } of columns) {
    const isExact = Math.max(Math.abs(Number(min ?? 0)), Math.abs(Number(max ?? 0))) <= Number.MAX_SAFE_INTEGER;
    if (declared[column]?.type !== 'integer' || isExact) continue;
    throw new AppError('dataset.integerTooLarge', t('Values of "{column}" are too large to be exact as numbers.', { column }), {
      args: { column },
      remedy: t('Declare the column as category or text: then it is kept exactly.'),
    });
  }
}

function extraColumns({ columns, plan }: DatasetView, { declared }: ViewValidation): string[] {
  return columns.map(({ name }) => name).filter((name) => !Object.hasOwn(declared, name) && name !== plan.time);
}

async function columnFindings(
  duckdb: Duckdb,
  table: DescribedTable,
  { columns, view, validation }: { columns: readonly ColumnProfile[]; view: DatasetView; validation: ViewValidation },
): Promise<ColumnFindings[]> {
  const { declared, deviations, context } = validation;
  const { signal } = context;
  const violations = await findViolations(duckdb, table, { specs: view.plan.columns, signal });
  const misfits = await countMisfits(duckdb, table, signal);
  return columns.map((column): ColumnFindings => {
    const storedAs = deviations.storedAs.get(column.name);
    return {
      column,
      spec: declared[column.name] ?? {},
      misfits: storedAs === undefined ? misfits.get(column.name) : { storedAs },
      outOfRange: violations.get(column.name)?.outOfRange,
      notAllowed: violations.get(column.name)?.notAllowed,
    };
  });
}

async function countMisfits(duckdb: Duckdb, { from, columns }: DescribedTable, signal: AbortSignal): Promise<Map<string, Violations>> {
  const strict = columns.flatMap(({ column, misfits }) => (misfits === undefined ? [] : [{ name: column.name, misfits }]));
  const found = new Map<string, Violations>();
  for (const { name, misfits } of strict) {
    const [row] = await duckdb.query(`SELECT CAST(count(${misfits}) AS DOUBLE) AS n, min(${misfits}) AS example FROM ${from}`, signal);
    found.set(name, { count: Number(row?.n), example: typeof row?.example === 'string' ? shortened(row.example) : undefined });
  }
  return found;
}

/** Undefined without features, and where the target cannot be told because the files lack what is declared. */
async function findTarget(duckdb: Duckdb, table: DescribedTable, validation: ViewValidation): Promise<CheckedTarget | undefined> {
  const { project, stage, context, deviations } = validation;
  const features = stage.features === undefined ? undefined : project.features[stage.features];
  if (features === undefined) return undefined;
  const options = { signal: context.signal, deviations: limitOf(stage, 'outlier_deviations') };
  try {
    return await describeTarget(duckdb, table, { target: features.target, key: `features.${stage.features ?? ''}.target`, options });
  } catch (error) {
    if (AppError.is(error, 'dataset.expression') && deviations !== noDeviations) return undefined;
    throw error;
  }
}
