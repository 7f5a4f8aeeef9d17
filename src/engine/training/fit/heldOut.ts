/** What a fit is worth on the rows it has not learned from, by the mathematics of evaluation; and the same over several fits. */
import { metricDefinitions, usualMetrics, type MetricName } from '../../../protocol/tables/metrics.ts';
import { scoreOnce } from '../../evaluation/metrics/measuresOf.ts';
import type { Predictions } from '../../evaluation/metrics/predictions.ts';
import { chooseThreshold } from './chooseThreshold.ts';
import { linkScores } from '../export/exportModel.ts';
import type { Estimator } from '../trainer/trainerContract.ts';
import type { TrainingData } from '../rows/prepareTables.ts';

/** Metrics by the name they are logged under. */
export type Figures = Readonly<Record<string, number>>;

/** Whether a metric of two classes depends on the threshold. */
function isDecision(name: MetricName): boolean {
  return metricDefinitions[name].needs === 'decision';
}

/** The trainer's own predictions of the held-out rows; for two classes with a threshold of 0.5. */
export function predictHeldOut(data: TrainingData, estimator: Estimator): Predictions {
  const { task, classes } = data.target;
  const width = data.columns.length;
  const heldOut = data.matrix.subarray(data.rows.trainingRows * width);
  const labels = new Float64Array(data.tables.target).subarray(data.rows.trainingRows);
  const raw = estimator.score(heldOut, width);
  switch (task) {
    case 'regression':
      return { task, truth: labels, scores: raw };
    case 'binary': {
      const probabilities = linkScores(task, raw, 1);
      const scores = Float32Array.from(labels, (_, row) => probabilities[2 * row + 1] ?? NaN);
      return { task, truth: Uint8Array.from(labels), scores, threshold: 0.5 };
    }
    case 'multiclass':
      return {
        task,
        truth: Int32Array.from(labels),
        scores: Float32Array.from(linkScores(task, raw, classes.length)),
        classes: classes.length,
      };
  }
}

/** The metrics usual for the task that depend on no threshold. */
export function measureScores(predictions: Predictions): Figures {
  return measured(predictions, (name) => predictions.task !== 'binary' || !isDecision(name));
}

/** The metrics that depend on the threshold of two classes; none for other tasks. */
export function measureDecisions(predictions: Predictions, threshold: number | undefined): Figures {
  if (predictions.task !== 'binary' || threshold === undefined) return {};
  return measured({ ...predictions, threshold }, isDecision);
}

/** The usual metrics that the held-out rows do not define; none where there are no such rows. */
export function unmeasured(predictions: Predictions | undefined, figures: Figures): string[] {
  if (predictions === undefined) return [];
  return usualMetrics(predictions.task)
    .map((name) => `validation_${name}`)
    .filter((name) => figures[name] === undefined);
}

/** A metric that these rows cannot have (they are all of one class) is left out. */
function measured(predictions: Predictions, isWanted: (name: MetricName) => boolean): Figures {
  const names = usualMetrics(predictions.task).filter(isWanted);
  const entries = Object.entries(scoreOnce(predictions, names)).map(([name, value]) => [`validation_${name}`, value] as const);
  return Object.fromEntries(entries.filter(([, value]) => Number.isFinite(value)));
}

/** The threshold that is best on the predictions of several parts of the rows; undefined for other tasks than two classes. */
export function thresholdOf(spec: Parameters<typeof chooseThreshold>[0], parts: readonly Predictions[]): number | undefined {
  const binary = parts.filter((part) => part.task === 'binary');
  if (binary.length === 0) return undefined;
  const rows = binary.reduce((sum, { truth }) => sum + truth.length, 0);
  const probabilities = new Float32Array(rows);
  const labels = new Uint8Array(rows);
  let from = 0;
  for (const { scores, truth } of binary) {
    probabilities.set(scores, from);
    labels.set(truth, from);
    from += truth.length;
  }
  return chooseThreshold(spec, { probabilities, labels });
}

/** Mean and spread of metrics over several fits. */
export interface Spread {
  /** `<metric>`: the mean; `<metric>_std`: the sample's standard deviation (n − 1). */
  readonly figures: Figures;
  /** Metrics that not every fit has, so that they have no mean. */
  readonly incomplete: readonly string[];
}

export function spreadOf(fits: readonly Figures[]): Spread {
  const names = [...new Set(fits.flatMap((figures) => Object.keys(figures)))];
  const figures: Record<string, number> = {};
  const incomplete: string[] = [];
  for (const name of names) {
    const values = fits.flatMap((fit) => fit[name] ?? []);
    if (values.length < fits.length) {
      incomplete.push(name);
      continue;
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    figures[name] = mean;
    if (values.length < 2) continue;
    figures[`${name}_std`] = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  }
  return { figures, incomplete };
}
