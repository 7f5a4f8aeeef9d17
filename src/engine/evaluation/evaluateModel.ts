/** The front door: measures a model on a data set and compares it with a baseline. */
import { relative } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { formatCount, formatShare } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import type { EvaluationReport } from '../../protocol/evaluation.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import { openDataset } from '../data/openDataset.ts';
import type { Model } from '../inference/model.ts';
import { openModel } from '../inference/openModel.ts';
import type { Project } from '../project/definitions/project.ts';
import type { EvaluateStage, MetricName } from '../project/definitions/stage.ts';
import { collectPredictions } from './collectPredictions.ts';
import { gateEntries } from './gates.ts';
import { metricDefinitions, usualMetrics } from './metricDefinitions.ts';
import { measure, type Baseline, type Measured } from './measure.ts';

export interface EvaluateOptions {
  readonly project: Project;
  readonly stage: EvaluateStage;
  readonly stageName: string;
  readonly modelFolder: string;
  /** The folder of the registered model that `stage.baseline` names; undefined where it names none or none exists yet. */
  readonly baselineFolder?: string;
  /** The folders of the registered models that gates name under `beats`; one that does not exist yet is absent. */
  readonly championFolders?: Readonly<Record<string, string>>;
  readonly asOf: Date;
  /** The tracked run that the evaluation is logged to. */
  readonly runId?: string;
}

/** The registered models that a stage compares with, as written: the baseline (unless majority or mean) and what gates must beat. */
export function comparedModels(stage: EvaluateStage): readonly string[] {
  const beats = gateEntries(stage.gate ?? {}).flatMap(([, limits]) => limits.beats ?? []);
  return [...new Set([registeredBaseline(stage) ?? [], ...beats].flat())];
}

/**
 * Reads every row once. Gates are checked and reported; whether a failed one stops the pipeline is not decided here.
 * @throws AppError `evaluation.metricNotForTask`, `evaluation.oneClass`, `evaluation.baselineNotForTask`, what
 * {@link collectPredictions} throws, and what opening the data set or a model throws; CancelledError
 */
export async function evaluateModel(options: EvaluateOptions, ctx: StageContext): Promise<EvaluationReport> {
  const { project, stage } = options;
  await using opened = new AsyncDisposableStack();
  const open = async (folder: string): Promise<Model> => opened.use(await openModel(folder, { threads: ctx.budget.threads }));
  const model = await open(options.modelFolder);
  const metrics = metricsOf(stage, model);
  const baseline = baselineOf(options, model);
  const reader = opened.use(await openDataset(project, stage.dataset, { asOf: options.asOf, budget: ctx.budget, signal: ctx.signal }));
  const references: string[] = [];
  const others: Model[] = [];
  for (const [reference, folder] of comparedFolders(options, baseline)) {
    references.push(reference);
    others.push(await open(folder));
  }
  const collected = await collectPredictions(
    { reader, models: [model, ...others], segments: stage.segments ?? [], onRows: reportRows(ctx) },
    ctx,
  );
  const measured = await measure(
    {
      predictions: collected.predictions[0],
      description: model.description,
      metrics,
      baseline,
      others: new Map(collected.predictions.slice(1).map((its, index) => [references[index] ?? '', its])),
      segments: collected.segments,
      gate: stage.gate ?? {},
      seed: project.seed,
      dataset: stage.dataset,
    },
    { ...ctx, progress: reportIntervals(ctx) },
  );
  logData(measured, stage.dataset, ctx);
  return reportOf(options, model, reader.fingerprint.digest, measured);
}

/** Scoring takes about this share of the time, intervals the rest. */
const readingShare = 0.6;

function reportRows(ctx: StageContext): (read: number, rows: number) => void {
  return (read, rows) => {
    const args = { read: formatCount(read), rows: formatCount(rows) };
    ctx.progress({ message: t('{read} of {rows} rows scored', args), fraction: (read / rows) * readingShare });
  };
}

function reportIntervals(ctx: StageContext): StageContext['progress'] {
  return (progress) => {
    ctx.progress({ ...progress, fraction: readingShare + (1 - readingShare) * (progress.fraction ?? 0) });
  };
}

function reportOf(options: EvaluateOptions, model: Model, datasetDigest: string, measured: Measured): EvaluationReport {
  const { project, stage, stageName, runId } = options;
  const { task, target, classes, threshold, importance } = model.description;
  return {
    version: 2,
    task,
    stage: stageName,
    dataset: stage.dataset,
    datasetDigest,
    target,
    classes,
    threshold: task === 'binary' ? (threshold ?? 0.5) : undefined,
    thresholdChoice: undefined,
    sampleWeight: undefined,
    ...measured,
    importance,
    data: undefined,
    leakage: [],
    notes: [],
    runId,
    model: { path: relative(project.root, model.folder).replaceAll('\\', '/'), digest: model.digest },
    predictionColumns: [],
  };
}

function logData({ rows, classShares }: Measured, dataset: string, ctx: StageContext): void {
  const shares = classShares.map(formatShare).join(' / ');
  ctx.log(
    'info',
    classShares.length === 0
      ? t('{dataset}: {rows} rows, no missing target.', { dataset, rows: formatCount(rows) })
      : t('{dataset}: {rows} rows, no missing target, class shares {shares}.', { dataset, rows: formatCount(rows), shares }),
  );
}

/** What the stage names (or what is usual), and what its gates need besides. */
function metricsOf(stage: EvaluateStage, { description }: Model): readonly MetricName[] {
  const { task } = description;
  const metrics = [...new Set([...(stage.metrics ?? usualMetrics(task)), ...gateEntries(stage.gate ?? {}).map(([metric]) => metric)])];
  const wrong = metrics.find((metric) => !metricDefinitions[metric].tasks.includes(task));
  if (wrong === undefined) return metrics;
  const args = { metric: wrong, task, usual: usualMetrics(task).join(', ') };
  throw new AppError('evaluation.metricNotForTask', t('{metric} is no metric of a {task} model.', args), {
    args,
    remedy: t('Metrics of this task: {usual}.', args),
  });
}

/** The registered model that a baseline names, or undefined. */
function registeredBaseline({ baseline }: EvaluateStage): string | undefined {
  return baseline === 'majority' || baseline === 'mean' ? undefined : baseline;
}

function baselineOf({ stage, baselineFolder }: EvaluateOptions, { description }: Model): Baseline {
  const simple = description.task === 'regression' ? 'mean' : 'majority';
  const baseline = registeredBaseline(stage);
  if (baseline !== undefined) {
    return baselineFolder === undefined
      ? { kind: simple, name: t('{simple} ({baseline} does not exist yet)', { simple, baseline }) }
      : { kind: 'model', name: baseline };
  }
  if (stage.baseline !== undefined && stage.baseline !== simple) {
    const args = { baseline: stage.baseline, task: description.task, simple };
    throw new AppError('evaluation.baselineNotForTask', t('"{baseline}" is no baseline for a {task} model.', args), {
      args,
      remedy: t('Write "{simple}", or a registered model as name@alias.', args),
    });
  }
  return { kind: simple, name: simple };
}

/** Folders by reference, each opened once although it may be baseline and champion. */
function comparedFolders({ stage, baselineFolder, championFolders }: EvaluateOptions, baseline: Baseline): ReadonlyMap<string, string> {
  const folders = new Map(Object.entries(championFolders ?? {}));
  if (baseline.kind === 'model' && stage.baseline !== undefined && baselineFolder !== undefined)
    folders.set(stage.baseline, baselineFolder);
  return new Map(
    comparedModels(stage).flatMap((reference) => {
      const folder = folders.get(reference);
      return folder === undefined ? [] : [[reference, folder] as const];
    }),
  );
}
