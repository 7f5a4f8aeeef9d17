/** Training, from a stage of the project to a model folder that has passed the parity gate. */
import { sha256 } from '../../base/hash.ts';
import { t } from '../../base/localize.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import { describeStatistics } from '../data/statistics/dataStatistics.ts';
import { assertUnchanged } from '../data/dataset/fingerprint.ts';
import { openDataset } from '../data/dataset/openDataset.ts';
import { formatInstant } from '../data/rows/instants.ts';
import { planDataset } from '../data/dataset/planDataset.ts';
import { spanOf } from '../data/dataset/timeSpan.ts';
import { inputElement } from '../features/compileFeatures.ts';
import { isMissingLevel } from '../features/fitFeatures.ts';
import { encodeOnnx } from '../features/onnx/onnxModel.ts';
import type { ModelDescription, TrainedOn } from '../inference/scoring/model.ts';
import type { Project } from '../project/definitions/project.ts';
import { trainDefaults, type TrainStage } from '../project/definitions/stages/trainStage.ts';
import type { Checkpoints } from './trainer/checkpoints.ts';
import { thresholdChoice } from './fit/chooseThreshold.ts';
import { exportModel, type ExportedModel } from './export/exportModel.ts';
import { incompleteNote, type Training } from './fit/fit.ts';
import { tooGoodNotes } from '../evaluation/report/tooGood.ts';
import { spreadOf } from './fit/heldOut.ts';
import { learn, plannedFits, type Learned } from './fit/learn.ts';
import { writeModelFolder } from './packaging/modelFolder.ts';
import { checkParity } from './export/parity.ts';
import { weightColumn } from './rows/stageInputs.ts';
import {
  unrecordedRun,
  type FitRecord,
  type FitRun,
  type TrainedModel,
  type TrainingInput,
  type TrainingRound,
} from './fit/trainedModel.ts';
import { TrainingProgress } from './fit/trainingProgress.ts';
import { readTrainingSource, type TrainingSource } from './rows/trainingSource.ts';
import { targetNotes } from './rows/trainingTarget.ts';

export interface TrainModelOptions {
  readonly project: Project;
  readonly stage: TrainStage;
  /** What windows relative to now count back from. */
  readonly asOf: Date;
  /** Is filled with the model's files; made where it is missing. */
  readonly outputFolder: string;
  /** Told of the rounds of the fit whose run is not nested: the kept model's, unless it was trained with several seeds. */
  readonly onRound: (round: TrainingRound) => void;
  /** Opens a run nested in the training's; default: none is recorded. */
  readonly nested?: FitRun['nested'];
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
  ctx.progress({ message: t('Reading {dataset}', { dataset: stage.dataset }) });
  await using reader = await openDataset(project, stage.dataset, { asOf, budget, signal });
  const source = await readTrainingSource(project, stage, reader, ctx);
  const seeds = seedsOf(project, stage);
  const progress = new TrainingProgress(plannedOver(source, seeds), ctx);
  const training: Training = { source, checkpoints: options.checkpoints, progress, ctx };
  const run: FitRun = { ...unrecordedRun(options.onRound), ...(options.nested === undefined ? {} : { nested: options.nested }) };
  const { kept, record, figures, ...learned } = await learnWithSeeds(training, seeds, run);
  const notes = [
    ...readingNotes(source),
    ...targetNotes(source.targetPlan, source.target),
    ...learned.notes,
    ...idleThresholdNote(stage, kept),
    ...tooGoodNotes({ metrics: withoutPrefix(figures), rows: heldOutRows(kept), importance: kept.fit.importance }),
  ];
  for (const note of notes) ctx.log('warning', note);
  for (const input of record.inputs) ctx.log('info', describeStatistics(input));

  const model = { ...kept.fit.model, threshold: kept.threshold };
  const onnx = encodeOnnx(exportModel(model));
  ctx.progress({ message: t('Comparing the exported model with the trained one') });
  const { sample, targetScale, histories } = kept.fit;
  const parityError = await checkParity({ model, onnx, sample, scale: targetScale, signal });
  await assertUnchanged(project.root, reader.fingerprint, signal);
  const digest = sha256(onnx);
  const description = describe(source, { model, kept, digest }, planDataset(project, stage.dataset, asOf).columns);
  await writeModelFolder(options.outputFolder, { description, onnx, missing: columnsWithMissing(record.inputs), example: sample });
  const parameters = { ...record.parameters, ...stageParameters(source, project.seed) };
  return { folder: options.outputFolder, digest, description, figures, histories, ...record, parameters, parityError, notes };
}

/** The figures of held-out rows, by the names of their metrics. */
function withoutPrefix(figures: Learned['figures']): Record<string, number> {
  const prefix = 'validation_';
  return Object.fromEntries(
    Object.entries(figures).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [])),
  );
}

function heldOutRows({ fit, refit }: Learned): number {
  return refit?.rows ?? fit.inputs.find(({ context }) => context === 'validation')?.rows ?? 0;
}

function seedsOf({ seed }: Project, { seeds = trainDefaults.seeds }: TrainStage): number[] {
  return Array.from({ length: seeds }, (_, index) => seed + index);
}

function plannedOver(source: TrainingSource, seeds: readonly number[]): ReturnType<typeof plannedFits> {
  return seeds.flatMap((_seed, index) => {
    const label = (own: string | undefined): string | undefined => {
      if (seeds.length === 1) return own;
      const name = t('Seed {place} of {seeds}', { place: index + 1, seeds: seeds.length });
      return own === undefined ? name : `${name} · ${own}`;
    };
    return plannedFits(source, index === 0, label);
  });
}

interface LearnedWithSeeds {
  /** With the first seed. */
  readonly kept: Learned;
  readonly record: FitRecord;
  readonly figures: Learned['figures'];
  readonly notes: readonly string[];
}

/** Each of several seeds is a nested run; the first one's model is kept, and their figures are averaged. */
async function learnWithSeeds(training: Training, seeds: readonly number[], run: FitRun): Promise<LearnedWithSeeds> {
  const [first = 0, ...others] = seeds;
  if (others.length === 0) {
    const kept = await learn(training, { seed: first, prefix: '', isKept: true }, run);
    return { kept, record: kept.record, figures: kept.figures, notes: kept.notes };
  }
  const learnNested = async (seed: number): Promise<Learned> =>
    run.nested(`seed ${seed}`, async (nested) => {
      const isKept = seed === first;
      const learned = await learn(training, { seed, prefix: isKept ? '' : `seed-${seed}-`, isKept }, nested);
      await nested.log({ ...learned.record, parameters: { ...learned.record.parameters, seed: String(seed) } });
      return learned;
    });
  const kept = await learnNested(first);
  const all = [kept];
  for (const seed of others) all.push(await learnNested(seed));
  const spread = spreadOf(all.map(({ figures }) => heldOutFigures(figures)));
  const metrics = Object.entries(spread.figures).map(([name, value]) => ({ name, value, step: 0 }));
  const parameters = { ...kept.record.parameters, seeds: String(seeds.length) };
  const notes = [...kept.notes, ...incompleteNote(spread.incomplete), ...sameNote(spread.figures)];
  return { kept, record: { ...kept.record, parameters, metrics }, figures: spread.figures, notes };
}

/** The spread over the folds of one seed is left out: that over seeds takes its name. */
function heldOutFigures(figures: Learned['figures']): Learned['figures'] {
  return Object.fromEntries(Object.entries(figures).filter(([name]) => name.startsWith('validation_') && !name.endsWith('_std')));
}

function idleThresholdNote({ threshold }: TrainStage, kept: Learned): string[] {
  if (threshold === undefined || kept.threshold !== undefined) return [];
  return [t('"threshold" has no effect: only a model of two classes decides by one.')];
}

/** What is to be said of how the columns that matter were read. */
function readingNotes({ reader, plan, targetPlan, split }: TrainingSource): string[] {
  const used = new Set([...plan.inputs.map(({ name }) => name), targetPlan.name, reader.time, split.group]);
  return reader.notes
    .filter(({ kind, column }) => kind !== 'level' && used.has(column))
    .map(({ message, remedy }) => `${message} ${remedy}`);
}

function sameNote(figures: Learned['figures']): string[] {
  const spreads = Object.entries(figures).filter(([name]) => name.endsWith('_std'));
  if (spreads.some(([, spread]) => spread > 0)) return [];
  return [t('Every seed gave the same figures: nothing here is left to chance, neither the split nor a sampling of rows or columns.')];
}

function describe(
  source: TrainingSource,
  { model, kept, digest }: { model: ExportedModel; kept: Learned; digest: string },
  declared: ReturnType<typeof planDataset>['columns'],
): ModelDescription {
  return {
    version: 1,
    digest,
    task: model.task,
    target: source.targetPlan.name,
    targetExpression: source.targetPlan.expression,
    classes: model.classes,
    threshold: model.threshold,
    ...(model.threshold === undefined ? {} : { thresholdChoice: thresholdChoice(source.stage.threshold) }),
    inputs: model.plan.inputs.map(({ name, type, storedAs }) => ({
      name,
      type,
      tensor: inputElement(type),
      nullable: declared[name]?.nullable !== false,
      min: declared[name]?.min,
      max: declared[name]?.max,
      values: declared[name]?.values,
      levels: levelsOf(name, model),
      storedAs,
      format: source.reader.formats.get(name),
    })),
    ...(Object.keys(source.reader.read).length === 0 ? {} : { values: source.reader.read }),
    trainer: source.trainer,
    importance: kept.fit.importance,
    ...(kept.refit === undefined ? {} : { refit: kept.refit }),
    trainedOn: trainedOn(source),
  };
}

/** The values of a raw column that any feature has a code of its own for; undefined where none takes it as a category. */
function levelsOf(column: string, { plan, fitted }: ExportedModel): (string | number)[] | undefined {
  const learned = plan.features.flatMap((feature, index) => {
    const of = fitted[index];
    return feature.kind === 'categorical' && feature.column.name === column && of?.kind === 'categorical' ? [of.levels.values] : [];
  });
  return learned.length === 0 ? undefined : [...new Set(learned.flat())].filter((level) => !isMissingLevel(level));
}

/** Held-out rows too: rounds and threshold were chosen by them. */
function trainedOn({ reader, data: { times } }: TrainingSource): TrainedOn {
  const dataset = { dataset: reader.name, digest: reader.fingerprint.digest };
  const { first, last } = spanOf(times ?? new BigInt64Array(0));
  if (reader.time === undefined || first === undefined || last === undefined) return dataset;
  const time = { column: reader.time, first: formatInstant(first), last: formatInstant(last) };
  const isWithinCalendar = [time.first, time.last].every((moment) => /^\d{4}-/.test(moment)); // else it could not be read back
  return isWithinCalendar ? { ...dataset, time } : dataset;
}

function columnsWithMissing(inputs: readonly TrainingInput[]): ReadonlySet<string> {
  return new Set(inputs.flatMap(({ missing }) => Object.keys(missing)));
}

function stageParameters({ stage, trainer }: TrainingSource, seed: number): Record<string, string> {
  const weight = weightColumn(stage);
  return {
    trainer,
    dataset: stage.dataset,
    features: stage.features,
    seed: String(seed),
    ...(weight === undefined ? {} : { sample_weight: weight }),
  };
}
