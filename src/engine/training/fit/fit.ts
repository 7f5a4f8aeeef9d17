/** One fit: the whole function, features and estimator, learned from the rows of one part and measured on those held out. */
import { throwIfCancelled } from '../../../base/abort.ts';
import { digestOf, sha256 } from '../../../base/hash.ts';
import { t } from '../../../base/localize.ts';
import type { TargetFigures } from '../../../protocol/dataStatistics.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import type { Predictions } from '../../evaluation/metrics/predictions.ts';
import type { ModelDescription } from '../../inference/scoring/model.ts';
import type { Checkpoints } from '../trainer/checkpoints.ts';
import type { ExportedModel } from '../export/exportModel.ts';
import { fitEstimator, type FittedEstimator } from './fitEstimator.ts';
import { measureScores, predictHeldOut, type Figures } from './heldOut.ts';
import { checkFeatures } from './leakage.ts';
import { prepareTables, type FitPart, type TrainingData } from '../rows/prepareTables.ts';
import type { FinalMetric, FitRun, TrainingInput } from './trainedModel.ts';
import type { TrainingProgress } from './trainingProgress.ts';
import type { TrainingSource } from '../rows/trainingSource.ts';

/** What the fits of a training share. */
export interface Training {
  readonly source: TrainingSource;
  readonly checkpoints: Checkpoints | undefined;
  readonly progress: TrainingProgress;
  readonly ctx: StageContext;
}

export interface FitRequest extends FitPart {
  /** A name within the training: `model`, `fold-2`. */
  readonly name: string;
  /** Exactly so many rounds; undefined: as the stage says. */
  readonly rounds?: number | undefined;
}

/** What was learned; without its tables, which are large. */
export interface Fit {
  readonly model: Omit<ExportedModel, 'threshold'>;
  readonly importance: ModelDescription['importance'];
  readonly histories: FittedEstimator['histories'];
  readonly parameters: FittedEstimator['parameters'];
  /** The rounds that the estimator is made of, and those it took to find them. */
  readonly rounds: { readonly kept: number; readonly run: number };
  /** Undefined where no rows are held out. */
  readonly heldOut: Predictions | undefined;
  /** The loss of the rounds kept, and the metrics of the held-out rows that depend on no threshold. */
  readonly figures: Figures;
  readonly inputs: readonly TrainingInput[];
  readonly sample: TrainingData['sample'];
  readonly targetScale: number;
  readonly notes: readonly string[];
}

/** @throws AppError as {@link prepareTables}, {@link checkFeatures} and {@link fitEstimator} do; CancelledError */
export async function fitFunction(training: Training, request: FitRequest, run: FitRun): Promise<Fit> {
  const { source, progress, ctx } = training;
  const { stage, trainer, plan } = source;
  const onRows = (share: number): void => {
    progress.features(share);
  };
  const data = await prepareTables(source, request, onRows, ctx);
  const warnings = checkFeatures(source, data);
  const checkpoint = training.checkpoints?.of(request.name);
  const { seed, rounds } = request;
  const fitted = await fitEstimator(data, { stage, trainer, seed, rounds, progress, onRound: run.onRound, checkpoint }, ctx);
  throwIfCancelled(ctx.signal);
  progress.next();
  const heldOut = data.rows.heldOutRows === 0 ? undefined : predictHeldOut(data, fitted.estimator);
  const { task, classes } = data.target;
  return {
    model: { plan, fitted: data.fitted, estimator: fitted.estimator, task, classes },
    importance: fitted.importance,
    histories: fitted.histories,
    parameters: fitted.parameters,
    rounds: { kept: fitted.rounds, run: Object.values(fitted.histories)[0]?.at(-1)?.step ?? 0 },
    heldOut,
    figures: { ...(heldOut === undefined ? {} : measureScores(heldOut)), ...lossesAt(fitted) },
    inputs: inputsOf(source, data, request),
    sample: data.sample,
    targetScale: data.targetScale,
    notes: [...warnings, ...data.notes],
  };
}

/** The losses of the last round kept: as the trainer knows them, with weights. */
function lossesAt({ histories, rounds }: FittedEstimator): Figures {
  const entries = Object.entries(histories).map(([name, points]) => [name, points[rounds - 1]?.value] as const);
  return Object.fromEntries(entries.flatMap(([name, value]) => (value !== undefined && Number.isFinite(value) ? [[name, value]] : [])));
}

/**
 * The figures as metrics of the fit's run. A metric with a curve has been logged by round; where the last round is not the one
 * kept, the kept one's value stands one step further, as MLflow's own integrations of boosting libraries log it.
 */
export function finalMetrics({ histories, rounds }: Fit, figures: Figures): FinalMetric[] {
  return Object.entries(figures).flatMap(([name, value]): FinalMetric[] => {
    if (!Object.hasOwn(histories, name)) return [{ name, value, step: rounds.kept }];
    return rounds.kept === rounds.run ? [] : [{ name, value, step: rounds.run + 1 }];
  });
}

function inputsOf(source: TrainingSource, data: TrainingData, { rows }: FitPart): TrainingInput[] {
  const { reader } = source;
  return (['training', 'validation'] as const)
    .filter((context) => rows[context].length > 0)
    .map((context) => ({
      dataset: reader.name,
      context,
      rows: rows[context].length,
      missing: data.missing[context],
      target: targetFigures(source, rows[context]),
      fingerprint: reader.fingerprint,
      digest: digestOfRows(source, rows[context]),
      columns: source.plan.inputs,
    }));
}

function digestOfRows({ reader, data }: TrainingSource, rows: Uint32Array): string {
  const { digest } = reader.fingerprint;
  if (rows.length === data.rows) return digest;
  return digestOf({ dataset: digest, rows: sha256(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)) });
}

function targetFigures({ target, targetPlan: { name } }: TrainingSource, rows: Uint32Array): TargetFigures {
  if (target.task === 'regression') {
    return { kind: 'number', name, mean: rows.reduce((sum, row) => sum + (target.values[row] ?? 0), 0) / rows.length };
  }
  const counts = new Float64Array(target.classes.length);
  for (const row of rows) counts[target.values[row] ?? 0] = (counts[target.values[row] ?? 0] ?? 0) + 1;
  return { kind: 'classes', name, shares: target.classes.map((value, index) => ({ value, share: (counts[index] ?? 0) / rows.length })) };
}

/** A note for metrics that have no mean over the fits. */
export function incompleteNote(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const args = { metrics: names.join(', ') };
  return [t('Not measured on all held-out rows: {metrics}. They are of one class, or none is decided for the positive one.', args)];
}
