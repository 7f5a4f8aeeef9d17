/** Training, from a stage of the project to a model folder that has passed the parity gate. */
import { join } from 'node:path';
import { throwIfCancelled } from '../../base/abort.ts';
import { AppError } from '../../base/errors.ts';
import { sha256 } from '../../base/hash.ts';
import { t } from '../../base/localize.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import { openDataset } from '../data/openDataset.ts';
import { planDataset } from '../data/planDataset.ts';
import type { DatasetReader } from '../data/datasetReader.ts';
import { inputElement } from '../features/compileFeatures.ts';
import { encodeOnnx } from '../features/onnx/onnxModel.ts';
import { linearDefaults, planFeatures, treeDefaults } from '../features/planFeatures.ts';
import type { ModelDescription } from '../inference/model.ts';
import type { Project } from '../project/definitions/project.ts';
import type { TrainStage } from '../project/definitions/stage.ts';
import type { Checkpoints } from './checkpoints.ts';
import { chooseThreshold } from './chooseThreshold.ts';
import { estimatorScores, exportModel, linkScores, type ExportedModel } from './exportModel.ts';
import { featuresOf, weightColumn } from './stageInputs.ts';
import { fitEstimator, type FittedEstimator } from './fitEstimator.ts';
import { checkMonotonic } from './monotonic.ts';
import { writeModelFolder } from './packaging/modelFolder.ts';
import { checkParity } from './parity.ts';
import { prepareTables, type TrainingData } from './prepareTables.ts';
import { planSplit } from './splitRows.ts';
import type { TrainedModel, TrainingInput, TrainingRound } from './trainedModel.ts';
import { planTarget, type TargetPlan } from './trainingTarget.ts';

export interface TrainModelOptions {
  readonly project: Project;
  readonly stage: TrainStage;
  /** What windows relative to now count back from. */
  readonly asOf: Date;
  /** Is filled with the model's files; made where it is missing. */
  readonly outputFolder: string;
  readonly onRound: (round: TrainingRound) => void;
  /** Where unfinished fits are kept; undefined: nowhere. */
  readonly checkpoints?: Checkpoints | undefined;
}

/**
 * The same data, parameters and seed give the same `model.onnx`, byte for byte, on any number of threads, interrupted or not.
 * @throws AppError of the areas `training`, `features`, `dataset`, `split`, `files`; CancelledError
 */
export async function trainModel(options: TrainModelOptions, ctx: StageContext): Promise<TrainedModel> {
  const { project, stage, asOf } = options;
  const { budget, signal } = ctx;
  const trainer = stage.trainer ?? 'gbdt';
  ctx.progress({ message: t('Reading {dataset}', { dataset: stage.dataset }) });
  await using reader = await openDataset(project, stage.dataset, { asOf, budget, signal });
  const spec = featuresOf(project, stage.features);
  const target = planTarget(spec.target, reader.columns);
  const plan = planFeatures(spec, reader.columns, trainer === 'gbdt' ? treeDefaults : linearDefaults);
  if (plan.inputs.length > mostInputs) throw tooManyInputs(stage.features, plan.inputs.length);
  checkMonotonic(stage.params?.monotonic_cst, plan);
  const split = planSplit(stage.validation, reader.time);
  const data = await prepareTables({ reader, target, plan, split, stage, trainer, seed: project.seed }, ctx);
  for (const note of data.notes) ctx.log('warning', note);

  ctx.progress({ message: t('Training'), fraction: 0 });
  const checkpoint = options.checkpoints?.of('model');
  const fitted = await fitEstimator(data, { stage, trainer, seed: project.seed, onRound: options.onRound, checkpoint }, ctx);
  throwIfCancelled(signal);
  const model = finishModel(data, fitted, stage);
  const onnx = encodeOnnx(exportModel(model));
  ctx.progress({ message: t('Comparing the exported model with the trained one') });
  const parityError = await checkParity({ model, onnx, sample: data.sample, scale: data.targetScale, signal });

  const declared = planDataset(project, stage.dataset, asOf).columns;
  const isNullable = (column: string): boolean => declared[column]?.nullable !== false;
  const digest = sha256(onnx);
  const description = describe(model, { digest, target, trainer, importance: fitted.importance, isNullable });
  await writeModelFolder(options.outputFolder, { description, onnx, missing: columnsWithMissing(data), example: data.sample });
  return {
    folder: join(options.outputFolder),
    digest,
    description,
    histories: fitted.histories,
    parameters: { ...fitted.parameters, ...stageParameters(stage, trainer, project.seed) },
    inputs: trainingInputs(reader, data),
    parityError,
    notes: data.notes,
  };
}

/** ONNX Runtime loads a graph in time with the square of its inputs: half a minute at 2,000, minutes at this limit. */
const mostInputs = 4096;

function tooManyInputs(features: string, inputs: number): AppError {
  return new AppError(
    'training.tooManyInputs',
    t('The features "{features}" read {inputs} columns; a model may read {most}.', { features, inputs, most: mostInputs }),
    { args: { features, inputs, most: mostInputs }, remedy: t('Leave out columns, or make fewer of them with a query.') },
  );
}

/** Chooses the threshold on the held-out rows. */
function finishModel(data: TrainingData, fitted: FittedEstimator, stage: TrainStage): ExportedModel {
  const { estimator } = fitted;
  const { task, classes } = data.target;
  const model = { plan: data.plan, fitted: data.fitted, estimator, task, classes };
  if (task !== 'binary') return { ...model, threshold: undefined };
  const heldOut = data.matrix.subarray(data.rows.trainingRows * data.columns.length);
  const scores = estimatorScores(estimator, heldOut, data.columns.length);
  const probabilities = linkScores(task, scores, 1).filter((_, at) => at % 2 === 1);
  const labels = new Float64Array(data.tables.target).subarray(data.rows.trainingRows);
  return { ...model, threshold: chooseThreshold(stage.threshold, { probabilities, labels }) };
}

function describe(
  model: ExportedModel,
  more: {
    digest: string;
    target: TargetPlan;
    trainer: string;
    importance: ModelDescription['importance'];
    isNullable: (column: string) => boolean;
  },
): ModelDescription {
  return {
    version: 1,
    digest: more.digest,
    task: model.task,
    target: more.target.name,
    targetExpression: more.target.expression,
    classes: model.classes,
    threshold: model.threshold,
    inputs: model.plan.inputs.map(({ name, type }) => ({ name, type, tensor: inputElement(type), nullable: more.isNullable(name) })),
    trainer: more.trainer,
    importance: more.importance,
  };
}

function columnsWithMissing({ missing }: TrainingData): ReadonlySet<string> {
  return new Set([missing.training, missing.validation].flatMap((counts) => Object.keys(counts).filter((name) => (counts[name] ?? 0) > 0)));
}

function stageParameters(stage: TrainStage, trainer: string, seed: number): Record<string, string> {
  const weight = weightColumn(stage);
  return {
    trainer,
    dataset: stage.dataset,
    features: stage.features,
    seed: String(seed),
    ...(weight === undefined ? {} : { sample_weight: weight }),
  };
}

function trainingInputs(reader: DatasetReader, data: TrainingData): TrainingInput[] {
  const targets = new Float64Array(data.tables.target);
  const parts = {
    training: targets.subarray(0, data.rows.trainingRows),
    validation: targets.subarray(data.rows.trainingRows),
  };
  return (['training', 'validation'] as const).map((context) => ({
    dataset: reader.name,
    context,
    fingerprint: reader.fingerprint,
    rows: parts[context].length,
    classShares: data.target.classes.map((_, index) => parts[context].filter((label) => label === index).length / parts[context].length),
    targetMean:
      data.target.task === 'regression' ? parts[context].reduce((sum, value) => sum + value, 0) / parts[context].length : undefined,
    missing: data.missing[context],
  }));
}
