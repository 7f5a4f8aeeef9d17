/** Everything a report says about collected predictions: figures with intervals, curves, tables, segments, gates, headline. */
import { AppError } from '../../../base/errors.ts';
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { EvaluationReport, MetricResult, RankingResult } from '../../../protocol/evaluation.ts';
import { definitionOf, kOf, type MetricKey } from '../../../protocol/tables/metrics.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import {
  bootstrap,
  confidence,
  differenceOf,
  drawCompact,
  drawGroups,
  drawRows,
  estimateOf,
  pairedTest,
  replicatesFor,
  type Draws,
  type Replicates,
} from '../intervals/bootstrap.ts';
import { classCountOf, type ClassPredictions } from '../metrics/classSource.ts';
import { classTable } from './classTable.ts';
import { compactRows } from '../intervals/compactRows.ts';
import { checkGates, type Gate, type GatedFigures } from './gates.ts';
import { headlineOf, weighed, type Comparison } from './headline.ts';
import type { Predictions, RegressionPredictions } from '../metrics/predictions.ts';
import { reportCurves } from './reportCurves.ts';
import { weightsOf } from '../metrics/rowWeights.ts';
import { whyNone } from './whyNone.ts';
import { createPriorScorer, createScorer, scoreOnce, type Scorer } from '../metrics/measuresOf.ts';
import { measureSegments } from './measureSegments.ts';
import type { SegmentColumn } from '../readings/segmentColumn.ts';
import type { Subject } from '../readings/subject.ts';

/** What the model is compared with: the class shares of the data, their mean, or another model. `name` is how it is shown. */
export interface Baseline {
  readonly kind: 'majority' | 'mean' | 'model';
  readonly name: string;
}

export interface MeasureOptions {
  readonly predictions: Predictions;
  readonly description: Subject;
  readonly metrics: readonly MetricKey[];
  readonly baseline: Baseline;
  /** Other models' predictions of the same rows, by reference: the baseline's, and those that gates must beat. */
  readonly others: ReadonlyMap<string, Predictions>;
  /** The predictions of the version that an alias named before, with its name. */
  readonly champion?: { readonly name: string; readonly predictions: Predictions } | undefined;
  readonly segments: readonly SegmentColumn[];
  readonly gate: Gate;
  /** The column of the groups, where `predictions` has groups. */
  readonly group?: string | undefined;
  readonly seed: number;
  readonly dataset: string;
}

/** The part of a report that follows from predictions alone. */
export type Measured = Pick<
  EvaluationReport,
  | 'rows'
  | 'classShares'
  | 'baseline'
  | 'baselineKind'
  | 'headline'
  | 'champion'
  | 'intervalMethod'
  | 'metrics'
  | 'gates'
  | 'curves'
  | 'confusion'
  | 'classResults'
  | 'classAverages'
  | 'ranking'
  | 'notes'
  | 'segments'
  | 'omittedSegments'
>;

/**
 * Metrics that the rows do not define are left out with a note: none is better than one by convention.
 * @throws AppError `evaluation.oneClass`, `evaluation.negativeRelevance`, `evaluation.nothingMeasured`; CancelledError
 */
export async function measure(all: MeasureOptions, ctx: StageContext): Promise<Measured> {
  const { predictions, description, baseline, dataset } = all;
  const shares = predictions.task === 'regression' ? [] : classSharesOf(predictions);
  checkClasses(shares, description, dataset);
  checkRelevance(all);
  const exact = scoreOnce<MetricKey>(predictions, all.metrics);
  const metrics = all.metrics.filter((metric) => !Number.isNaN(exact[metric] ?? NaN));
  const explain = (metric: MetricKey): string => whyNone(metric, predictions, description, dataset);
  const missing = all.metrics.filter((metric) => !metrics.includes(metric)).map(explain);
  if (metrics.length === 0) throw nothingMeasured(missing, dataset);
  const options = { ...all, metrics };
  const half = options.champion === undefined ? 1 : 0.5;
  const { own, its, method } = await resample(options, shares, withPart(ctx, 0, half));
  const champion = await againstChampion(options, shares, withPart(ctx, half, 1 - half));
  const segments = measureSegments(predictions, options.segments, metrics);
  const table = isDecided(predictions, description) ? classTable(predictions, description) : undefined;
  return {
    rows: predictions.truth.length,
    classShares: shares,
    baseline: baseline.name,
    baselineKind: baseline.kind,
    headline: compare(options, own, its),
    champion,
    intervalMethod: method,
    metrics: metrics.map((metric, index) => metricResult(metric, index, own, its)),
    gates: checkGates(options.gate, { figures: exact, champions: championFigures(options), whyNone: explain }),
    notes: missing,
    curves: reportCurves(predictions, description),
    confusion: table?.confusion,
    classResults: table?.classResults ?? [],
    classAverages: table?.classAverages ?? [],
    ranking: rankingOf(options),
    segments: segments.segments,
    omittedSegments: segments.omitted,
  };
}

/** Two classes are decided for by a threshold. */
function isDecided(predictions: Predictions, { threshold, scale }: Subject): predictions is ClassPredictions {
  return predictions.task === 'multiclass' || (predictions.task === 'binary' && (scale !== 'score' || threshold !== undefined));
}

/** Progress of a part of the work, as that of the whole. */
function withPart(ctx: StageContext, done: number, share: number): StageContext {
  const progress: StageContext['progress'] = ({ fraction = 0, ...rest }) => {
    ctx.progress({ ...rest, fraction: done + share * fraction });
  };
  return { ...ctx, progress };
}

function nothingMeasured(reasons: readonly string[], dataset: string): AppError {
  const args = { dataset, reasons: reasons.join(' ') };
  return new AppError('evaluation.nothingMeasured', t('Nothing can be measured on {dataset}. {reasons}', args), {
    args,
    remedy: t('Evaluate on rows that have every class, or ask for other metrics.'),
  });
}

interface Resampled {
  readonly own: Replicates;
  readonly its: Replicates;
  /** How, in words. */
  readonly method: string;
}

async function resample(options: MeasureOptions, shares: readonly number[], ctx: StageContext): Promise<Resampled> {
  const { predictions, metrics, baseline } = options;
  const other = baselinePredictions(options);
  const scorersOf = (own: Predictions, its: Predictions | undefined): [Scorer, Scorer] => [
    createScorer(own, metrics),
    its !== undefined || own.task === 'regression' ? createScorer(its ?? own, metrics) : createPriorScorer(own, shares, metrics),
  ];
  const compact = compactRows(other === undefined ? [predictions] : [predictions, other]);
  const [first = predictions, second = other] = compact?.predictions ?? [];
  const width = predictions.task === 'multiclass' ? predictions.classes : 1;
  const replicates = replicatesFor(predictions.truth.length * width * (baseline.kind === 'model' ? 2 : 1));
  const scorers = scorersOf(first, second);
  const replicated = await bootstrap(scorers, {
    draws: compact === undefined ? drawsOf(predictions) : drawCompact(compact.sizes),
    replicates,
    seed: options.seed,
    signal: ctx.signal,
    onReplicate: (done) => {
      ctx.progress({ message: t('Interval replicate {done} of {replicates}', { done, replicates }), fraction: done / replicates });
    },
  });
  const weights = weightsOf(predictions);
  const exact = scorersOf(predictions, other).map((scorer) => scorer(weights));
  const [own, its] = exact.map((values, index): Replicates => {
    const drawn = replicated[index] ?? [];
    const sizes = compact === undefined ? undefined : Float64Array.from(compact.sizes);
    return { values, replicates: sizes === undefined ? drawn : centred(drawn, values, scorers[index]?.(sizes)) };
  });
  if (own === undefined || its === undefined) throw new Error('the bootstrap lost a scorer');
  return { own, its, method: methodOf(options, replicates) };
}

/** Replicates of compact rows, moved by what telling all rows apart adds to the figures. */
function centred(replicates: readonly Float64Array[], values: Float64Array, compact: Float64Array | undefined): Float64Array[] {
  return replicates.map((replicate) => replicate.map((figure, metric) => figure + (values[metric] ?? NaN) - (compact?.[metric] ?? NaN)));
}

function drawsOf({ truth, groups, weights }: Predictions): Draws {
  return groups === undefined ? drawRows(truth.length, weights) : drawGroups(groups, weights);
}

function methodOf({ group, seed }: MeasureOptions, replicates: number): string {
  const args = { confidence: confidence * 100, replicates: formatCount(replicates), seed, group: group ?? '' };
  return group === undefined
    ? t(
        '{confidence} % percentile interval of a Poisson bootstrap over rows, {replicates} replicates, seed {seed}; paired test against the baseline',
        args,
      )
    : t(
        '{confidence} % percentile interval of a Poisson bootstrap over the groups of {group}, {replicates} replicates, seed {seed}; paired test against the baseline',
        args,
      );
}

function metricResult(metric: MetricKey, index: number, own: Replicates, its: Replicates): MetricResult {
  const test = pairedTest(own, its, index);
  return {
    metric,
    higherIsBetter: definitionOf(metric).higherIsBetter,
    model: estimateOf(own, index),
    baseline: Number.isNaN(its.values[index] ?? NaN) ? undefined : estimateOf(its, index),
    pValue: test?.pValue,
    pValueFloor: test?.floor,
  };
}

type Compared = Pick<MeasureOptions, 'metrics' | 'baseline'>;

function compare({ metrics, baseline }: Compared, own: Replicates, its: Replicates): Measured['headline'] {
  const [lead, ...others] = weighed(metrics);
  if (lead === undefined) throw new Error('an evaluation without metrics');
  const comparison = (metric: MetricKey): Comparison => {
    const index = metrics.indexOf(metric);
    return { metric, model: estimateOf(own, index), baseline: estimateOf(its, index), difference: differenceOf(own, its, index) };
  };
  const names = { majority: t('always predicting the most frequent class'), mean: t('always predicting the mean'), model: baseline.name };
  const name = baseline.kind !== 'model' && kOf(lead) !== undefined ? t('an order by chance') : names[baseline.kind];
  return headlineOf([comparison(lead), ...others.map(comparison)], name);
}

/** Draws of their own: what the figures are does not depend on whether there is a champion. */
async function againstChampion(options: MeasureOptions, shares: readonly number[], ctx: StageContext): Promise<Measured['champion']> {
  if (options.champion === undefined) return undefined;
  const { name, predictions } = options.champion;
  const { metrics } = options;
  const baseline = { kind: 'model', name } as const;
  const { own, its } = await resample({ ...options, baseline, others: new Map([[name, predictions]]) }, shares, ctx);
  return {
    name,
    headline: compare({ metrics, baseline }, own, its),
    metrics: metrics.map((metric, index) => metricResult(metric, index, own, its)),
  };
}

/** Undefined for the class shares, which need no row of their own. */
function baselinePredictions({ predictions, baseline, others }: MeasureOptions): Predictions | undefined {
  if (baseline.kind === 'model') {
    const its = others.get(baseline.name);
    if (its === undefined) throw new Error(`no predictions of the baseline ${baseline.name}`);
    return its;
  }
  return predictions.task === 'regression' ? meanPredictions(predictions) : undefined;
}

/** scikit-learn's `DummyRegressor(strategy='mean')`, with the mean of the evaluated rows: the most favourable constant. */
function meanPredictions(predictions: RegressionPredictions): RegressionPredictions {
  const { truth } = predictions;
  const weights = weightsOf(predictions);
  let sum = 0;
  let total = 0;
  for (let row = 0; row < truth.length; row++) {
    sum += (weights[row] ?? 0) * (truth[row] ?? 0);
    total += weights[row] ?? 0;
  }
  return { ...predictions, scores: new Float64Array(truth.length).fill(sum / total) };
}

function championFigures({ gate, metrics, others }: MeasureOptions): GatedFigures['champions'] {
  const named = new Set(Object.values(gate).flatMap((limits) => limits.beats ?? []));
  return Object.fromEntries(
    [...others].filter(([reference]) => named.has(reference)).map(([reference, its]) => [reference, scoreOnce(its, metrics)]),
  );
}

function classSharesOf(predictions: ClassPredictions): number[] {
  const weights = weightsOf(predictions);
  const sums = new Array<number>(classCountOf(predictions)).fill(0);
  predictions.truth.forEach((code, row) => (sums[code] = (sums[code] ?? 0) + (weights[row] ?? 0)));
  const total = sums.reduce((sum, each) => sum + each, 0);
  return sums.map((sum) => sum / total);
}

function checkClasses(shares: readonly number[], { classes, target }: Subject, dataset: string): void {
  const present = shares.flatMap((share, k) => (share > 0 ? [k] : []));
  const [only] = present;
  if (only === undefined || present.length > 1) return;
  const args = { dataset, target, value: classes[only] ?? '' };
  throw new AppError(
    'evaluation.oneClass',
    t('Every row of {dataset} has the class "{value}" of {target}: there is nothing to tell apart.', args),
    {
      args,
      remedy: t('Evaluate on rows of at least two classes: widen the "during" window or the "where" condition of the data set.'),
    },
  );
}

function checkRelevance({ metrics, predictions, description, dataset }: MeasureOptions): void {
  if (!metrics.some((metric) => kOf(metric) !== undefined)) return;
  const row = predictions.truth.findIndex((relevance) => relevance < 0);
  if (row === -1) return;
  const args = { target: description.target, dataset, row: row + 1, value: predictions.truth[row] ?? 0 };
  throw new AppError(
    'evaluation.negativeRelevance',
    t('The target {target} is {value} in row {row} of {dataset}, but a ranking needs to know how relevant a row is: 0 or more.', args),
    { args, remedy: t('Rank by a target that is 0 for irrelevant rows, or measure the errors alone.') },
  );
}

function rankingOf({ predictions: { groups, truth }, metrics, group }: MeasureOptions): RankingResult | undefined {
  const ks = [...new Set(metrics.flatMap((metric) => kOf(metric) ?? []))];
  if (groups === undefined || group === undefined || ks.length === 0) return undefined;
  const sizes = new Uint32Array(groups.count);
  const relevant = new Uint8Array(groups.count);
  groups.codes.forEach((code, row) => {
    sizes[code] = (sizes[code] ?? 0) + 1;
    if ((truth[row] ?? 0) > 0) relevant[code] = 1;
  });
  return {
    group,
    k: ks,
    groups: groups.count,
    groupsWithoutRelevant: relevant.reduce((sum, has) => sum + 1 - has, 0),
    largestGroup: sizes.reduce((most, size) => Math.max(most, size), 0),
    smallestGroup: sizes.reduce((least, size) => Math.min(least, size), Infinity),
  };
}
