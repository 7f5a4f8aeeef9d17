/** From an opened data set to the tables that trainers read: target, weights, and the feature matrix with held-out rows last. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import type { Chunk } from '../data/columns.ts';
import type { DatasetReader } from '../data/datasetReader.ts';
import { featureColumns, type FeatureColumn } from '../features/compileFeatures.ts';
import { fitCategorical, fitNumeric, type FittedFeature } from '../features/fitFeatures.ts';
import type { CategoricalFeature, CyclicalFeature, FeaturePlan, NumericFeature } from '../features/planFeatures.ts';
import type { TrainStage } from '../project/definitions/stage.ts';
import { fillMatrix, placeRows, readUnfitted, type MatrixReading, type RowPlaces } from './featureMatrix.ts';
import type { TrainingTables } from './gbdt/sharedTraining.ts';
import { rowWeights } from './rowWeights.ts';
import { splitRows, type SplitPlan } from './splitRows.ts';
import { weightColumn } from './stageInputs.ts';
import { readTrainingRows, type TrainingRows } from './trainingRows.ts';
import { checkLearnable, readTrainingTarget, type TargetPlan, type TrainingTarget } from './trainingTarget.ts';

export interface TablesRequest {
  readonly reader: DatasetReader;
  readonly target: TargetPlan;
  readonly plan: FeaturePlan;
  readonly split: SplitPlan;
  readonly stage: TrainStage;
  readonly trainer: NonNullable<TrainStage['trainer']>;
  readonly seed: number;
}

export interface TrainingData {
  readonly plan: FeaturePlan;
  readonly fitted: readonly FittedFeature[];
  readonly columns: readonly FeatureColumn[];
  readonly target: TrainingTarget;
  /** 1 for classes; the target's standard deviation over the training rows for a regression. */
  readonly targetScale: number;
  readonly rows: RowPlaces;
  readonly tables: TrainingTables;
  /** A view of `tables.matrix`. */
  readonly matrix: Float32Array;
  readonly missing: { readonly training: Readonly<Record<string, number>>; readonly validation: Readonly<Record<string, number>> };
  /** Held-out rows as they are in the data. */
  readonly sample: Chunk;
  readonly notes: readonly string[];
}

/** @throws AppError `training.tooLarge` and as reading, splitting and fitting do; CancelledError */
export async function prepareTables(request: TablesRequest, ctx: StageContext): Promise<TrainingData> {
  const { reader, plan, stage } = request;
  const categories = plan.features.filter((feature) => feature.kind === 'categorical');
  const data = await readTrainingRows(
    reader,
    { target: request.target, categories, time: request.split.time, group: request.split.group, weight: weightColumn(stage) },
    ctx.signal,
  );
  const target = readTrainingTarget(request.target, data.target, request.trainer);
  const split = splitRows(request.split, data, target, request.seed);
  checkLearnable(request.target.name, target, split);
  const rows = placeRows(data.rows, split);
  const reading: MatrixReading = { reader, plan, rows, signal: ctx.signal };
  const fitted = await fitAll(reading, { data, target, training: split.training });
  const columns = featureColumns(plan, fitted);
  refuseTooLarge(data.rows, columns.length, Math.max(1, target.classes.length), ctx.budget.memoryBytes);

  const tables: TrainingTables = {
    rows: split.training.length,
    heldOutRows: split.validation.length,
    matrix: new SharedArrayBuffer(data.rows * columns.length * 4),
    target: sharedColumn(target.values, rows),
    weights: sharedWeights(rowWeights(stage.params?.class_weight, target, data.weights), rows),
  };
  const matrix = new Float32Array(tables.matrix);
  const message = t('Computing features');
  const onRows = (read: number): void => {
    ctx.progress({ message, fraction: read / data.rows });
  };
  const filled = await fillMatrix(reading, fitted, { matrix, width: columns.length, onRows });
  const notes = [...levelNotes(plan, fitted, data), ...constantNotes(columns, matrix, tables.rows)];
  const targetScale = target.task === 'regression' ? standardDeviation(new Float64Array(tables.target, 0, tables.rows)) : 1;
  return { plan, fitted, columns, target, targetScale, rows, tables, matrix, ...filled, notes };
}

interface FitSource {
  readonly data: TrainingRows;
  readonly target: TrainingTarget;
  readonly training: Uint32Array;
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

function fitCategory(feature: CategoricalFeature, { data, target, training }: FitSource): FittedFeature {
  if (feature.encode === 'target' && target.task === 'multiclass') {
    throw new AppError(
      'training.targetEncoding',
      t('The feature "{name}" cannot be target-encoded for several classes.', { name: feature.name }),
      {
        args: { name: feature.name },
        remedy: t('Use "encode: native" or "encode: one_hot".'),
      },
    );
  }
  const column = data.categories.get(feature.column.name);
  const codes = Int32Array.from(training, (row) => column?.codes[row] ?? -1);
  const targets = Float64Array.from(training, (row) => target.values[row] ?? 0);
  return fitCategorical(feature, { dictionary: column?.values ?? [], codes }, targets);
}

/** What one row takes at the peak: matrix, bins, target, gradients, scores and the order of the rows. */
function bytesPerRow(columns: number, outputs: number): number {
  return columns * 5 + outputs * 24 + 80;
}

function refuseTooLarge(rows: number, columns: number, outputs: number, memoryBytes: number): void {
  const needed = rows * bytesPerRow(columns, outputs);
  if (needed <= memoryBytes) return;
  const megabytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
  const args = { rows, columns, needed: megabytes(needed), allowed: megabytes(memoryBytes) };
  throw new AppError(
    'training.tooLarge',
    t('Training on {rows} rows and {columns} columns takes about {needed} MB, but {allowed} MB are allowed.', args),
    { kind: 'environment', args, remedy: t('Train on fewer rows (a "where:" or "during:" in the data set), or on a larger machine.') },
  );
}

function sharedColumn(values: Float64Array, rows: RowPlaces): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(values.length * 8);
  const shared = new Float64Array(buffer);
  rows.places.forEach((place, row) => {
    shared[place] = values[row] ?? NaN;
  });
  return buffer;
}

function sharedWeights(weights: Float64Array | undefined, rows: RowPlaces): SharedArrayBuffer | undefined {
  return weights === undefined ? undefined : sharedColumn(weights, rows);
}

function levelNotes(plan: FeaturePlan, fitted: readonly FittedFeature[], data: TrainingRows): string[] {
  return plan.features.flatMap((feature, index) => {
    const learned = fitted[index];
    if (feature.kind !== 'categorical' || learned?.kind !== 'categorical') return [];
    const args = {
      name: feature.name,
      levels: data.categories.get(feature.column.name)?.values.length ?? 0,
      kept: learned.levels.values.length,
    };
    if (args.kept === 0) return [t('The feature "{name}" is missing in every training row, so the model cannot use it.', args)];
    if (args.levels <= feature.maxLevels) return [];
    return [
      t('The feature "{name}" has {levels} levels; the {kept} most frequent are told apart, the others count as missing.', args),
      ...(args.levels > data.rows / 2
        ? [t('The feature "{name}" looks like an identifier: most rows have a level of their own.', args)]
        : []),
    ];
  });
}

/** Columns that cannot tell any two training rows apart. */
function constantNotes(columns: readonly FeatureColumn[], matrix: Float32Array, rows: number): string[] {
  return columns.flatMap(({ name }, index) => {
    const first = matrix[index] ?? NaN;
    for (let row = 1; row < rows; row++) {
      if (!Object.is(matrix[row * columns.length + index] ?? NaN, first)) return [];
    }
    return [
      Number.isNaN(first)
        ? t('The feature "{name}" is missing in every training row, so the model cannot use it.', { name })
        : t('The feature "{name}" has the same value in every training row, so the model cannot use it.', { name }),
    ];
  });
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length);
}
