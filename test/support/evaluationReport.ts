/** Evaluation reports for page tests: measured by the engine on predictions that are made here. */
import { createRandom } from '../../src/base/random.ts';
import { measure } from '../../src/engine/evaluation/report/measure.ts';
import type { Predictions } from '../../src/engine/evaluation/metrics/predictions.ts';
import { SegmentColumn } from '../../src/engine/evaluation/readings/segmentColumn.ts';
import type { EvaluationReport, Task } from '../../src/protocol/evaluation.ts';
import { metricKeys, usualMetrics } from '../../src/protocol/tables/metrics.ts';
import { hostile } from './validationReport.ts';

export const reportRows = 400;

export interface ReportOptions {
  readonly task: Task;
  /** Of a multiclass report; the last has a hostile name. Default: 3. */
  readonly classCount?: number;
  /** Default: 40. */
  readonly segmentValues?: number;
  /** Whether the rows are lists to be ranked. */
  readonly isRanked?: boolean;
  /** What a report holds besides its measurements. */
  readonly changes?: Partial<EvaluationReport>;
}

/** A report with everything that a task can have. */
export async function anEvaluationReport(options: ReportOptions): Promise<EvaluationReport> {
  const { task, changes } = options;
  const classes = classesOf(options);
  const threshold = task === 'binary' ? 0.5 : undefined;
  const target = `late ${hostile}`;
  const measured = await measure(
    {
      predictions: predictionsOf(options, classes.length),
      description: { task, target, classes, threshold, costs: { falsePositive: 1, falseNegative: 5 } },
      metrics: [...usualMetrics(task), ...(options.isRanked === true ? metricKeys(['ndcg_at_k', 'map_at_k'], [1, 5, 10]) : [])],
      baseline: task === 'regression' ? { kind: 'mean', name: 'mean' } : { kind: 'majority', name: 'majority' },
      others: new Map(),
      segments: [segmentsOf(options)],
      gate: task === 'binary' ? { roc_auc: { min: 0.5 } } : {},
      ...(options.isRanked === true ? { group: 'query' } : {}),
      seed: 1,
      dataset: 'spring',
    },
    {
      signal: new AbortController().signal,
      budget: { threads: 1, memoryBytes: 2 ** 30 },
      log: () => undefined,
      progress: () => undefined,
    },
  );
  const notes = ['MAPE is left out: the target is 0 in some rows.'];
  return { ...surroundings(task), target, classes, threshold, ...measured, notes, ...changes };
}

/** What a report says beside its measurements. */
function surroundings(task: Task): Omit<EvaluationReport, keyof Awaited<ReturnType<typeof measure>> | 'target' | 'classes' | 'threshold'> {
  return {
    version: 2,
    task,
    stage: 'evaluate',
    dataset: 'spring',
    datasetDigest: 'cd'.repeat(32),
    thresholdChoice: task === 'binary' ? { by: 'maximize', metric: 'f1_score' } : undefined,
    sampleWeight: undefined,
    importance: [
      { feature: hostile, share: 0.7 },
      { feature: 'hour', share: 0.3 },
    ],
    data: {
      dataset: 'spring',
      context: 'evaluation',
      rows: reportRows,
      missing: { wind: 12, hour: 1 },
      target: { kind: 'number', name: 'late', mean: 0.5 },
    },
    leakage: [
      { kind: 'sharedRows', severity: 'error', message: '0.4 % of the rows are also rows that the model learned from.', column: undefined },
      { kind: 'target', severity: 'warn', message: 'The feature delay nearly determines the target.', column: 'delay' },
    ],
    leakageChecks: [
      { kind: 'time', outcome: 'clear', message: 'All 400 rows of spring are later than the last row the model learned from.' },
    ],
    runId: 'ef'.repeat(16),
    model: { path: 'models/late', digest: 'ab'.repeat(32) },
    predictionColumns: [],
  };
}

function classesOf({ task, classCount = 3 }: ReportOptions): readonly string[] {
  if (task === 'regression') return [];
  if (task === 'binary') return ['no', hostile];
  return Array.from({ length: classCount }, (_, index) => (index === classCount - 1 ? hostile : `class ${String(index + 1)}`));
}

function predictionsOf({ task, isRanked }: ReportOptions, classes: number): Predictions {
  const random = createRandom(3);
  const scores = Float32Array.from({ length: reportRows }, () => random.nextFloat());
  const groups = isRanked === true ? { codes: Uint32Array.from(scores, (_, row) => row % 20), count: 20 } : undefined;
  switch (task) {
    case 'binary':
      return { task, scores, groups, truth: Uint8Array.from(scores, (score) => Number(random.nextFloat() < score)), threshold: 0.5 };
    case 'regression':
      return { task, scores, groups, truth: Float64Array.from(scores, (score) => score + random.nextFloat()) };
    case 'multiclass': {
      const truth = Int32Array.from(scores, (score) => Math.floor(score * classes));
      return { task, classes, truth, scores: likelyScores(truth, classes) };
    }
  }
}

/** Probabilities that favour the truth without being sure of it. */
function likelyScores(truth: Int32Array, classes: number): Float32Array {
  const random = createRandom(5);
  const scores = new Float32Array(truth.length * classes);
  truth.forEach((actual, row) => {
    const raw = Array.from({ length: classes }, (_, k) => random.nextFloat() + (k === actual ? 0.6 : 0));
    const sum = raw.reduce((total, value) => total + value, 0);
    scores.set(
      raw.map((value) => value / sum),
      row * classes,
    );
  });
  return scores;
}

function segmentsOf({ segmentValues = 40 }: ReportOptions): SegmentColumn {
  const segment = new SegmentColumn(`origin ${hostile}`, reportRows);
  const values = Array.from({ length: reportRows }, (_, row) =>
    row % segmentValues === 0 ? hostile : `airport ${String(row % segmentValues)}`,
  );
  segment.append({ kind: 'text', values }, 0);
  return segment;
}
