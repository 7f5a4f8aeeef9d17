/**
 * Where scikit-learn 1.9.1 warns that a metric is not defined there is none; elsewhere it is scikit-learn's.
 * `undefinedMetrics.golden.json` was written by this program (null: it warned): python generate.py undefinedMetrics.golden.json
 *
 * import json, sys, warnings, numpy as np
 * from sklearn import metrics as m
 * import sklearn
 * rng = np.random.default_rng(8)
 * def value(f, truth):
 *     with warnings.catch_warnings(record=True) as seen:
 *         warnings.simplefilter("always")
 *         try: v = float(f())
 *         except ValueError: return None
 *     seen = [w for w in seen if 'contains classes not in' not in str(w.message) or len(truth) < 2]
 *     return None if seen or not np.isfinite(v) else v
 * def case(name, y, p, t=0.5):
 *     y, p = np.asarray(y), np.asarray(p, dtype=float); d = (p >= t).astype(int)
 *     fs = {"roc_auc": lambda: m.roc_auc_score(y, p), "precision_recall_auc": lambda: m.average_precision_score(y, p),
 *           "log_loss": lambda: m.log_loss(y, p, labels=[0, 1]), "brier_score": lambda: m.brier_score_loss(y, p),
 *           "f1_score": lambda: m.f1_score(y, d), "precision_score": lambda: m.precision_score(y, d), "recall_score": lambda: m.recall_score(y, d),
 *           "accuracy_score": lambda: m.accuracy_score(y, d), "balanced_accuracy_score": lambda: m.balanced_accuracy_score(y, d),
 *           "matthews_corrcoef": lambda: m.matthews_corrcoef(y, d)}
 *     return {"name": name, "truth": y.tolist(), "scores": p.tolist(), "threshold": t, "metrics": {k: value(f, set(y.tolist())) for k, f in fs.items()}}
 * def multi(name, y, P):
 *     y, P = np.asarray(y), np.asarray(P, dtype=float); d = P.argmax(1); L = list(range(P.shape[1]))
 *     a = lambda f, avg: lambda: f(y, d, labels=L, average=avg, zero_division=0)
 *     fs = {"f1_score": a(m.f1_score, "weighted"), "precision_score": a(m.precision_score, "weighted"), "recall_score": a(m.recall_score, "weighted"),
 *           "accuracy_score": lambda: m.accuracy_score(y, d), "balanced_accuracy_score": lambda: m.balanced_accuracy_score(y, d),
 *           "matthews_corrcoef": lambda: m.matthews_corrcoef(y, d),
 *           "roc_auc_macro": lambda: m.roc_auc_score(y, P, multi_class="ovr", average="macro", labels=L),
 *           "log_loss": lambda: m.log_loss(y, P, labels=L)}
 *     return {"name": name, "classes": P.shape[1], "truth": y.tolist(), "scores": P.ravel().tolist(), "metrics": {k: value(f, set(y.tolist())) for k, f in fs.items()}}
 * n = 6
 * half = [0, 1, 0, 1, 0, 1]
 * out = [
 *   case("no positive, none decided", [0]*n, [.1, .2, .3, .4, .1, .2]), case("no positive, some decided", [0]*n, [.1, .9, .3, .4, .1, .2]),
 *   case("no positive, all decided", [0]*n, [.6, .9, .7, .8, .6, .9]), case("all positive, none decided", [1]*n, [.1, .2, .3, .4, .1, .2]),
 *   case("all positive, some decided", [1]*n, [.1, .9, .3, .8, .1, .2]), case("all positive, all decided", [1]*n, [.6, .9, .7, .8, .6, .9]),
 *   case("both, none decided", half, [.1, .2, .3, .4, .1, .2]), case("both, all decided", half, [.6, .9, .7, .8, .6, .9]),
 *   case("both, all right", half, [.1, .9, .2, .8, .3, .7]), case("both, all wrong", half, [.9, .1, .8, .2, .7, .3]),
 *   case("both, all tied", half, [.5]*n), case("one positive", [0, 0, 0, 0, 0, 1], [.1, .9, .3, .4, .1, .2]),
 *   case("one negative", [0, 1, 1, 1, 1, 1], [.1, .9, .3, .4, .1, .2]), case("one row, positive", [1], [.7]), case("one row, negative", [0], [.7]),
 *   case("two rows", [0, 1], [.4, .3]), case("probabilities 0 and 1", half, [0, 1, 0, 1, 1, 0]), case("threshold 0", half, [.1, .9, .2, .8, .3, .7], 0.0),
 *   case("threshold above all", half, [.1, .9, .2, .8, .3, .7], 1.1),
 * ]
 * for k in range(8):
 *     y = (rng.random(12) < rng.choice([.1, .5, .9])).astype(int)
 *     out.append(case(f"drawn {k}", y, np.round(rng.random(12), 2), float(rng.choice([.2, .5, .8]))))
 * eye = lambda d, K: np.eye(K)[d]*0.7 + 0.3/K
 * out += [
 *   multi("three classes, one absent", [0, 0, 1, 1, 0], eye([0, 1, 1, 1, 0], 3)), multi("three classes, one never decided", [0, 1, 2, 0, 1], eye([0, 1, 1, 0, 0], 3)),
 *   multi("three classes, absent but decided", [0, 0, 1, 1, 0], eye([0, 2, 1, 1, 0], 3)), multi("three classes, one only", [1, 1, 1], eye([1, 1, 0], 3)),
 *   multi("three classes, one decided for all", [0, 1, 2, 1], eye([1, 1, 1, 1], 3)), multi("four classes, all right", [0, 1, 2, 3], eye([0, 1, 2, 3], 4)),
 * ]
 * json.dump({"scikit-learn": sklearn.__version__, "cases": out}, open(sys.argv[1], "w"), separators=(",", ":"))
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkGates } from '../../../src/engine/evaluation/report/gates.ts';
import { measure } from '../../../src/engine/evaluation/report/measure.ts';
import type { Predictions } from '../../../src/engine/evaluation/metrics/predictions.ts';
import { scoreOnce } from '../../../src/engine/evaluation/metrics/measuresOf.ts';
import { whyNone } from '../../../src/engine/evaluation/report/whyNone.ts';
import { spreadOf } from '../../../src/engine/training/fit/heldOut.ts';
import type { MetricKey } from '../../../src/protocol/tables/metrics.ts';

interface GoldenCase {
  readonly name: string;
  readonly truth: readonly number[];
  readonly scores: readonly number[];
  readonly threshold?: number;
  readonly classes?: number;
  readonly metrics: Readonly<Partial<Record<MetricKey, number | null>>>;
}

const golden = JSON.parse(readFileSync(new URL('undefinedMetrics.golden.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly GoldenCase[];
};

function predictionsOf({ truth, scores, threshold = 0.5, classes }: GoldenCase): Predictions {
  return classes === undefined
    ? { task: 'binary', truth: Uint8Array.from(truth), scores: Float64Array.from(scores), threshold }
    : { task: 'multiclass', truth: Int32Array.from(truth), scores: Float64Array.from(scores), classes };
}

test.each(golden.cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  const metrics = Object.keys(each.metrics) as MetricKey[];
  const found = scoreOnce<MetricKey>(predictionsOf(each), metrics);
  for (const metric of metrics) {
    // scikit-learn calls it 0 where one class occurs and both are decided for; there is nothing to correlate with all the same.
    const isLone = metric === 'matthews_corrcoef' && new Set(each.truth).size === 1;
    const expected = isLone ? null : (each.metrics[metric] ?? null);
    if (expected === null) expect(found[metric], metric).toBeNaN();
    else expect(found[metric], metric).toBeCloseTo(expected, 12);
  }
});

test('a mean over folds leaves out what one of them does not have', () => {
  const folds = golden.cases.slice(0, 12).map((each) => {
    const found = scoreOnce(predictionsOf(each), ['balanced_accuracy_score', 'accuracy_score']);
    return Object.fromEntries(Object.entries(found).filter(([, value]) => Number.isFinite(value)));
  });
  const { figures, incomplete } = spreadOf(folds);
  expect(Object.keys(figures)).toEqual(['accuracy_score', 'accuracy_score_std']);
  expect(incomplete).toEqual(['balanced_accuracy_score']);
});

const absent: Predictions = {
  task: 'multiclass',
  classes: 3,
  truth: Int32Array.of(0, 1, 0, 1),
  scores: Float64Array.of(0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.6, 0.3, 0.1, 0.3, 0.6, 0.1),
};
const never: Predictions = {
  task: 'binary',
  truth: Uint8Array.of(0, 1, 0, 1),
  scores: Float64Array.of(0.1, 0.3, 0.2, 0.4),
  threshold: 0.5,
};

test('a limit on a metric that cannot be measured says so, and does not pass', () => {
  const gated = (predictions: Predictions, classes: readonly string[]) => (metric: MetricKey) => ({
    figures: scoreOnce<MetricKey>(predictions, [metric]),
    champions: {},
    whyNone: (each: MetricKey): string => whyNone(each, predictions, { classes }, 'te'),
  });
  expect(checkGates({ roc_auc_macro: { max: 0.99 } }, gated(absent, ['a', 'b', 'c'])('roc_auc_macro'))).toEqual([
    { metric: 'roc_auc_macro', passed: false, isMeasured: false, message: 'roc_auc_macro cannot be measured on te: no row is of class c.' },
  ]);
  expect(checkGates({ precision_score: { min: 0.1, max: 0.9 } }, gated(never, ['no', 'yes'])('precision_score'))).toEqual([
    expect.objectContaining({ passed: false, message: 'precision_score cannot be measured on te: no row is decided for the class yes.' }),
  ]);
});

test('a limit is shown as it is written: rounded it could seem to be reached', () => {
  const [result] = checkGates({ r2_score: { min: 0.99999 } }, { figures: { r2_score: 0.9713 }, champions: {}, whyNone: () => '' });
  expect(result?.message).toBe('r2_score is 0.9713, below the smallest value allowed, 0.99999.');
});

test('a percentage error where the truth is 0 is none, and says how many rows that are', () => {
  const predictions: Predictions = { task: 'regression', truth: Float64Array.of(0, 2, 0, 4), scores: Float64Array.of(1, 2, 3, 5) };
  const metric = 'mean_absolute_percentage_error';
  expect(scoreOnce<MetricKey>(predictions, [metric, 'mean_absolute_error'])).toEqual({ [metric]: NaN, mean_absolute_error: 1.25 });
  expect(whyNone(metric, predictions, { classes: [] }, 'te')).toBe(
    'mean_absolute_percentage_error cannot be measured on te: its target is 0 in 2 rows, and there is no percentage of 0.',
  );
  expect(scoreOnce<MetricKey>({ ...predictions, truth: Float64Array.of(1, 2, 3, 4) }, [metric])).toEqual({ [metric]: 0.0625 });
});

test('a champion without the metric is nothing to beat', () => {
  const [result] = checkGates(
    { precision_score: { beats: 'm@champion' } },
    { figures: { precision_score: 0.5 }, champions: { 'm@champion': { precision_score: NaN } }, whyNone: () => '' },
  );
  expect(result).toMatchObject({
    passed: true,
    message: expect.stringContaining('m@champion has no precision_score on these rows') as string,
  });
});

test('a report leaves such metrics out with a note, and so the baseline’s', async () => {
  const report = await measure(
    {
      predictions: never,
      description: { task: 'binary', target: 'late', classes: ['no', 'yes'], threshold: 0.5 },
      metrics: ['roc_auc', 'precision_score', 'recall_score'],
      baseline: { kind: 'majority', name: 'majority' },
      others: new Map(),
      segments: [],
      gate: {},
      seed: 1,
      dataset: 'te',
    },
    { signal: new AbortController().signal, budget: { threads: 1, memoryBytes: 2 ** 30 }, log: () => undefined, progress: () => undefined },
  );
  expect(report.metrics.map(({ metric }) => metric)).toEqual(['roc_auc', 'recall_score']);
  expect(report.notes).toEqual(['precision_score cannot be measured on te: no row is decided for the class yes.']);
  expect(report.classResults[1]).toMatchObject({ name: 'yes', precision: undefined, recall: 0 });
  expect(JSON.stringify(report)).not.toContain('null');
});
