/** What every fit of a training shares: the opened data set, the planned features, the target and levels of every row. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import { defaultTrainer, trainers } from '../../../protocol/tables/trainers.ts';
import type { DatasetReader } from '../../data/dataset/datasetReader.ts';
import { countEqualRows, type EqualRows } from '../../data/rows/equalRows.ts';
import { readRowHashes } from '../../data/dataset/rowHashes.ts';
import { learnerDefaults, planFeatures, type FeaturePlan } from '../../features/planFeatures.ts';
import type { FeaturesSpec } from '../../project/definitions/feature.ts';
import type { Project } from '../../project/definitions/project.ts';
import type { TrainStage } from '../../project/definitions/stages/trainStage.ts';
import { checkMonotonic } from './monotonic.ts';
import { requireNumbers } from './readableColumns.ts';
import { dividesRows, planSplit, type SplitPlan } from './splitRows.ts';
import { featuresOf, weightColumn } from './stageInputs.ts';
import { readTrainingRows, type TrainingRows } from './trainingRows.ts';
import type { TrainingTarget } from '../trainer/trainerContract.ts';
import { planTarget, readTrainingTarget, type TargetPlan } from './trainingTarget.ts';

export interface TrainingSource {
  readonly stage: TrainStage;
  readonly trainer: NonNullable<TrainStage['trainer']>;
  readonly reader: DatasetReader;
  readonly plan: FeaturePlan;
  readonly split: SplitPlan;
  readonly targetPlan: TargetPlan;
  readonly target: TrainingTarget;
  readonly data: TrainingRows;
  /** Which rows are equal in all that the model reads; undefined where the split does not ask. */
  readonly equal: EqualRows | undefined;
}

/** ONNX Runtime loads a graph in time with the square of its inputs: half a minute at 2,000, minutes at this limit. */
const mostInputs = 4096;

/** @throws AppError `training.tooManyInputs`, `training.monotonicFeature`, and as planning and reading do; CancelledError */
export async function readTrainingSource(
  project: Pick<Project, 'features'>,
  stage: TrainStage,
  reader: DatasetReader,
  { signal }: Pick<StageContext, 'signal'>,
): Promise<TrainingSource> {
  const trainer = stage.trainer ?? defaultTrainer;
  const spec = featuresOf(project, stage.features);
  const targetPlan = await planTypedTarget(spec.target, reader);
  await requireNumbers(reader, spec, targetPlan);
  const plan = planFeatures(spec, reader.columns, learnerDefaults[trainers[trainer].learner]);
  if (plan.inputs.length > mostInputs) throw tooManyInputs(stage.features, plan.inputs.length);
  checkMonotonic(stage.params?.monotonic_cst, plan);
  const split = planSplit(stage.validation, reader.time);
  const categories = plan.features.filter((feature) => feature.kind === 'categorical');
  const time = split.time ?? reader.columns.find(({ name, type }) => name === reader.time && type === 'timestamp')?.name;
  const data = await readTrainingRows(
    reader,
    { target: targetPlan, categories, time, group: split.group, weight: weightColumn(stage) },
    signal,
  );
  const target = readTrainingTarget(targetPlan, data.target, trainer);
  const equal = dividesRows(split) ? countEqualRows(await readRowHashes(reader, { columns: plan.inputs, signal })) : undefined;
  return { stage, trainer, reader, plan, split, targetPlan, target, data, equal };
}

async function planTypedTarget(target: FeaturesSpec['target'], reader: DatasetReader): Promise<TargetPlan> {
  const plan = planTarget(target, reader.columns);
  const type = plan.expression === undefined ? plan.column?.type : await reader.expressionType(plan.expression);
  return { ...plan, isTruth: type === 'boolean' };
}

function tooManyInputs(features: string, inputs: number): AppError {
  return new AppError(
    'training.tooManyInputs',
    t('The features "{features}" read {inputs} columns; a model may read {most}.', { features, inputs, most: mostInputs }),
    { args: { features, inputs, most: mostInputs }, remedy: t('Leave out columns, or make fewer of them with a query.') },
  );
}
