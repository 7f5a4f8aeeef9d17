/** What the evaluation of a model and of a file of predictions have in common: the way from collected predictions to a report. */
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { DataStatistics, TargetFigures } from '../../../protocol/dataStatistics.ts';
import type { DecisionCosts, EvaluationReport } from '../../../protocol/evaluation.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import { describeStatistics, type Observation } from '../../data/statistics/dataStatistics.ts';
import type { Project } from '../../project/definitions/project.ts';
import type { EvaluateStage } from '../../project/definitions/stages/evaluateStage.ts';
import { notCompared, type PromotedAlias, type ScoredChampion } from './champion.ts';
import type { ChosenMetrics } from './chooseMetrics.ts';
import type { ComparedFolders } from './comparison.ts';
import { objectionTo } from './headline.ts';
import { measure, type Baseline, type Measured } from './measure.ts';
import type { Predictions } from '../metrics/predictions.ts';
import type { SegmentColumn } from '../readings/segmentColumn.ts';
import type { Subject } from '../readings/subject.ts';
import { tooGoodNotes } from './tooGood.ts';

/** What of a project an evaluation needs. */
export type EvaluatedProject = Pick<Project, 'root' | 'seed' | 'datasets'>;

export interface EvaluateOptions extends ComparedFolders {
  readonly project: EvaluatedProject;
  readonly stage: EvaluateStage;
  readonly stageName: string;
  readonly asOf: Date;
  /** Where a registration of the model moves an alias. */
  readonly promoted?: PromotedAlias | undefined;
  /** The tracked run that the evaluation is logged to. */
  readonly runId?: string;
}

/** Predictions with all that a report needs to know of them. */
export interface Evaluated {
  readonly subject: Subject;
  readonly predictions: Predictions;
  readonly segments: readonly SegmentColumn[];
  readonly chosen: ChosenMetrics;
  readonly baseline: Baseline;
  readonly others: ReadonlyMap<string, Predictions>;
  readonly observation: Observation;
  readonly champion?: ScoredChampion | undefined;
}

/** The parts of a report that follow from where predictions come from. */
export type Origin = Pick<EvaluationReport, 'importance' | 'leakage' | 'leakageChecks' | 'notes' | 'model' | 'predictionColumns'>;

/** @throws AppError as {@link measure}; CancelledError */
export async function reportOn(
  evaluated: Evaluated,
  origin: Origin,
  options: EvaluateOptions,
  ctx: StageContext,
): Promise<EvaluationReport> {
  const { project, stage, stageName, runId } = options;
  const { subject, predictions, segments, chosen, baseline, others, observation, champion } = evaluated;
  const measured = await measure(
    {
      ...{ predictions, segments, baseline, others },
      champion: champion?.predictions === undefined ? undefined : { name: champion.name, predictions: champion.predictions },
      description: subject,
      metrics: chosen.metrics,
      gate: stage.gate ?? {},
      group: stage.group,
      seed: project.seed,
      dataset: stage.dataset,
    },
    { ...ctx, progress: reportIntervals(ctx) },
  );
  const data = statisticsOf(evaluated, stage.dataset);
  ctx.log('info', describeStatistics(data));
  const notes = [...origin.notes, ...chosen.notes, ...measured.notes, ...championNotes(options, champion), ...tooGood(measured, origin)];
  for (const note of notes) ctx.log('info', note);
  return {
    version: 2,
    task: subject.task,
    stage: stageName,
    dataset: stage.dataset,
    datasetDigest: observation.reader.fingerprint.digest,
    target: subject.target,
    classes: subject.classes,
    threshold: subject.scale === 'decision' ? undefined : subject.threshold,
    thresholdChoice: subject.thresholdChoice,
    sampleWeight: stage.sample_weight,
    ...measured,
    promotion: promotionOf(options, measured, champion),
    data,
    runId,
    ...origin,
    notes,
  };
}

function tooGood({ metrics, rows }: Pick<EvaluationReport, 'metrics' | 'rows'>, { importance }: Origin): string[] {
  const values = Object.fromEntries(metrics.map(({ metric, model }) => [metric, model.value]));
  return tooGoodNotes({ metrics: values, rows, importance });
}

function championNotes({ promoted }: EvaluateOptions, champion: ScoredChampion | undefined): string[] {
  const problem = promoted?.problem === undefined ? undefined : notCompared(promoted.alias, promoted.problem);
  return [problem, champion?.note].filter((note) => note !== undefined);
}

function promotionOf(
  { promoted }: EvaluateOptions,
  measured: Measured,
  champion: ScoredChampion | undefined,
): EvaluationReport['promotion'] {
  if (promoted === undefined) return undefined;
  const { alias, allowWorse } = promoted;
  const other = champion?.isOtherQuestion === true ? champion.note : undefined;
  return { alias, allowWorse, objection: objectionTo(measured, measured.champion?.headline) ?? other };
}

/** The costs of the stage, in the words of the report. */
export function costsOf({ cost }: EvaluateStage): DecisionCosts | undefined {
  return cost === undefined ? undefined : { falsePositive: cost.false_positive, falseNegative: cost.false_negative };
}

function statisticsOf({ observation, subject, predictions }: Evaluated, dataset: string): DataStatistics {
  const rows = predictions.truth.length;
  const target: TargetFigures =
    predictions.task === 'regression'
      ? { kind: 'number', name: subject.target, mean: predictions.truth.reduce((sum, value) => sum + value, 0) / rows }
      : { kind: 'classes', name: subject.target, shares: sharesOf(predictions, subject) };
  return { dataset, context: 'evaluation', rows, missing: observation.missing(), target };
}

/** Of the rows, whatever they weigh. */
function sharesOf({ truth }: Predictions, { classes }: Subject): { value: string; share: number }[] {
  const counts = new Float64Array(classes.length);
  for (const code of truth) counts[code] = (counts[code] ?? 0) + 1;
  return classes.map((value, code) => ({ value, share: (counts[code] ?? 0) / truth.length }));
}

/** Scoring takes about this share of the time, intervals the rest. */
const readingShare = 0.6;

export function reportRows(ctx: StageContext): (read: number, rows: number) => void {
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
