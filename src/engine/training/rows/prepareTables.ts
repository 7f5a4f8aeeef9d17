/** From the rows of a fit to the tables that trainers read: target, weights, and the feature matrix with held-out rows last. */
import { AppError } from '../../../base/errors.ts';
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import type { Chunk } from '../../data/rows/columns.ts';
import { featureColumns, type FeatureColumn } from '../../features/compileFeatures.ts';
import { fitCategorical, fitNumeric, withMissingLevel, type FittedFeature } from '../../features/fitFeatures.ts';
import type { CategoricalFeature, CyclicalFeature, FeaturePlan, NumericFeature } from '../../features/planFeatures.ts';
import { crossFittedCodes, type CategoryRows, type EncodedTarget } from '../../features/targetEncoding.ts';
import { fillMatrix, nowhere, placeRows, readUnfitted, type FilledMatrix, type MatrixReading, type RowPlaces } from './featureMatrix.ts';
import { featureNotes } from './featureNotes.ts';
import type { TrainerData, TrainingTables } from '../trainer/trainerContract.ts';
import { rowWeights } from './trainingWeights.ts';
import { weightedMean } from '../trainer/weightedMean.ts';
import type { TrainingRows } from './trainingRows.ts';
import type { TrainingSource } from './trainingSource.ts';
import type { TrainingTarget } from '../trainer/trainerContract.ts';
import { checkLearnable, type FitRows } from './trainingTarget.ts';

/** What one fit learns from. */
export interface FitPart {
  readonly rows: FitRows;
  readonly seed: number;
}

export interface TrainingData extends TrainerData {
  readonly plan: FeaturePlan;
  readonly fitted: readonly FittedFeature[];
  /** 1 for classes; the target's standard deviation over the training rows for a regression. */
  readonly targetScale: number;
  readonly rows: RowPlaces;
  /** Missing values by raw column. */
  readonly missing: FilledMatrix['missing'];
  /** Held-out rows as they are in the data; training rows where none are held out. */
  readonly sample: Chunk;
  readonly notes: readonly string[];
}

/**
 * @param onRows told of the share of rows whose features are computed
 * @throws AppError `training.tooLarge` and as fitting does; CancelledError
 */
export async function prepareTables(
  source: TrainingSource,
  part: FitPart,
  onRows: (share: number) => void,
  ctx: Pick<StageContext, 'signal' | 'budget'>,
): Promise<TrainingData> {
  const { plan, target, data, stage } = source;
  checkLearnable(source.targetPlan.name, target, part.rows);
  const rows = placeRows(data.rows, part.rows);
  const weights = rowWeights(stage.params?.class_weight, target, { ...part.rows, sampleWeights: data.weights });
  const reading: MatrixReading = { reader: source.reader, plan, rows, signal: ctx.signal };
  const learning: FitSource = { data, target, training: part.rows.training, seed: part.seed };
  const fitted = await fitAll(reading, learning);
  const columns = featureColumns(plan, fitted);
  const used = rows.trainingRows + rows.heldOutRows;
  refuseTooLarge(used, columns.length, Math.max(1, target.classes.length), ctx.budget.memoryBytes);

  const tables: TrainingTables = {
    rows: rows.trainingRows,
    heldOutRows: rows.heldOutRows,
    matrix: new SharedArrayBuffer(used * columns.length * 8),
    target: sharedColumn(target.values, rows),
    weights: weights === undefined ? undefined : sharedColumn(weights, rows),
  };
  const matrix = new Float64Array(tables.matrix);
  const report = (read: number): void => {
    onRows(read / data.rows);
  };
  const filled = await fillMatrix(reading, fitted, { matrix, width: columns.length, onRows: report });
  replaceByCrossFitted({ plan, fitted, columns, matrix }, learning);
  const notes = featureNotes({ plan, fitted, columns, matrix, trainingRows: tables.rows, tooLarge: filled.tooLarge }, data);
  const targetScale = target.task === 'regression' ? standardDeviation(new Float64Array(tables.target, 0, tables.rows)) : 1;
  return { plan, fitted, columns, target, targetScale, rows, tables, matrix, ...filled, notes };
}

interface FitSource {
  readonly data: TrainingRows;
  readonly target: TrainingTarget;
  readonly training: Uint32Array;
  readonly seed: number;
}

/** What every feature learns from the training rows. */
async function fitAll(reading: MatrixReading, source: FitSource): Promise<readonly FittedFeature[]> {
  const { features } = reading.plan;
  const needsValues = features.filter(
    (feature): feature is NumericFeature | CyclicalFeature =>
      feature.kind !== 'categorical' && (feature.impute !== 'none' || (feature.kind === 'numeric' && feature.scale === 'standard')),
  );
  const values = needsValues.length === 0 ? [] : await readUnfitted(reading, needsValues);
  return features.map((feature): FittedFeature => {
    if (feature.kind === 'categorical') return fitCategory(feature, source);
    const known = needsValues.indexOf(feature);
    const learned = fitNumeric(
      { name: feature.name, impute: feature.impute, scale: feature.kind === 'numeric' ? feature.scale : 'none' },
      values[known] ?? new Float64Array(0),
    );
    return feature.kind === 'numeric' ? learned : { kind: 'cyclical', imputeValue: learned.imputeValue };
  });
}

function fitCategory(feature: CategoricalFeature, source: FitSource): FittedFeature {
  return fitCategorical(feature, categoryRows(feature, source), trainingTargets(source));
}

/** A category over the training rows. */
function categoryRows(feature: CategoricalFeature, { data, training }: FitSource): CategoryRows {
  const column = data.categories.get(feature.column.name);
  return withMissingLevel(
    { dictionary: column?.values ?? [], codes: Int32Array.from(training, (row) => column?.codes[row] ?? -1) },
    feature,
  );
}

function trainingTargets({ target, training }: FitSource): EncodedTarget {
  return { values: Float64Array.from(training, (row) => target.values[row] ?? 0), classes: target.classes };
}

interface FilledTables {
  readonly plan: FeaturePlan;
  readonly fitted: readonly FittedFeature[];
  readonly columns: readonly FeatureColumn[];
  readonly matrix: Float64Array;
}

/** Training rows must not see their own target: theirs are the codes that other training rows give. */
function replaceByCrossFitted({ plan, fitted, columns, matrix }: FilledTables, source: FitSource): void {
  plan.features.forEach((feature, index) => {
    const learned = fitted[index];
    if (feature.kind !== 'categorical' || feature.encode !== 'target' || learned?.kind !== 'categorical') return;
    const codes = crossFittedCodes(learned.levels.values, categoryRows(feature, source), trainingTargets(source), source.seed);
    const first = columns.findIndex((column) => column.feature === feature.name);
    for (let row = 0; row < source.training.length; row++) {
      matrix.set(codes.subarray(row * learned.width, (row + 1) * learned.width), row * columns.length + first);
    }
  });
}

/** What one row takes at the peak: matrix, bins, target, gradients, scores and the order of the rows. */
function bytesPerRow(columns: number, outputs: number): number {
  return columns * 9 + outputs * 24 + 80;
}

function refuseTooLarge(rows: number, columns: number, outputs: number, memoryBytes: number): void {
  const needed = rows * bytesPerRow(columns, outputs);
  if (needed <= memoryBytes) return;
  const megabytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
  const args = {
    rows: formatCount(rows),
    columns,
    needed: formatCount(megabytes(needed)),
    allowed: formatCount(megabytes(memoryBytes)),
  };
  throw new AppError(
    'training.tooLarge',
    t('Training on {rows} rows and {columns} columns takes about {needed} MB, but {allowed} MB are allowed.', args),
    { kind: 'environment', args, remedy: t('Train on fewer rows (a "where:" or "during:" in the data set), or on a larger machine.') },
  );
}

/** One float64 for each training and held-out row. */
function sharedColumn(values: Float64Array, { places, trainingRows, heldOutRows }: RowPlaces): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer((trainingRows + heldOutRows) * 8);
  const shared = new Float64Array(buffer);
  places.forEach((place, row) => {
    if (place !== nowhere) shared[place] = values[row] ?? NaN;
  });
  return buffer;
}

function standardDeviation(values: Float64Array): number {
  const mean = weightedMean(values, undefined);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length);
}
