/**
 * Metrics and curves against scikit-learn 1.9.1, also with whole-number row weights (a bootstrap replicate is nothing else).
 * `scikitLearn.golden.json` was written by this program: python generate.py scikitLearn.golden.json
 *
 * import json, sys, numpy as np
 * from sklearn import metrics as m
 * import sklearn
 * rng = np.random.default_rng(20261121)
 * def f32(a): return np.asarray(a, dtype=np.float32)
 * out = {"scikit-learn": sklearn.__version__, "cases": []}
 * def weights(n): return rng.poisson(1.0, n)
 * def binary(name, y, p, threshold):
 *     p = f32(p); p64 = p.astype(np.float64); case = {"name": name, "task": "binary", "truth": y.tolist(), "scores": p64.tolist(), "threshold": threshold, "expected": []}
 *     for w in [np.ones(len(y), int), weights(len(y))]:
 *         d = (p64 >= threshold).astype(int); k = dict(sample_weight=w)
 *         case["expected"].append({"weights": w.tolist(), "metrics": {
 *           "roc_auc": m.roc_auc_score(y, p64, **k), "precision_recall_auc": m.average_precision_score(y, p64, **k),
 *           "log_loss": m.log_loss(y, p64, labels=[0,1], **k), "brier_score": m.brier_score_loss(y, p64, **k),
 *           "f1_score": m.f1_score(y, d, zero_division=0, **k), "precision_score": m.precision_score(y, d, zero_division=np.nan, **k), "recall_score": m.recall_score(y, d, **k),
 *           "accuracy_score": m.accuracy_score(y, d, **k), "balanced_accuracy_score": m.balanced_accuracy_score(y, d, **k), "matthews_corrcoef": m.matthews_corrcoef(y, d, **k)}})
 *     case["confusion"] = m.confusion_matrix(y, d, labels=[0,1]).tolist()
 *     fpr, tpr, _ = m.roc_curve(y, p64, drop_intermediate=False); pr, rc, th = m.precision_recall_curve(y, p64)
 *     case["roc"] = {"x": fpr.tolist(), "y": tpr.tolist()}
 *     case["precisionRecall"] = {"x": rc[:-1][::-1].tolist(), "y": pr[:-1][::-1].tolist(), "thresholds": th[::-1].tolist()}
 *     out["cases"].append(case)
 * n = 240
 * y = (rng.random(n) < 0.25).astype(int); binary("imbalanced, distinct scores", y, np.clip(rng.beta(2, 5, n) + 0.2*y, 0, 1), 0.4)
 * y = (rng.random(n) < 0.5).astype(int); binary("many ties", y, np.round(np.clip(rng.random(n)*0.7 + 0.3*y, 0, 1), 1), 0.5)
 * y = (rng.random(60) < 0.4).astype(int); p = rng.random(60); p[:6] = [0,1,0,1,0,1]; binary("certain scores", y, p, 0.5)
 * y = (rng.random(60) < 0.3).astype(int); binary("nothing flagged", y, rng.random(60)*0.2, 0.9)
 * def multi(name, y, P):
 *     P = f32(P); P64 = P.astype(np.float64); K = P.shape[1]; L = list(range(K))
 *     case = {"name": name, "task": "multiclass", "classes": K, "truth": y.tolist(), "scores": P64.ravel().tolist(), "expected": []}
 *     for w in [np.ones(len(y), int), weights(len(y))]:
 *         d = P64.argmax(1); k = dict(sample_weight=w); Y = np.eye(K)[y]; avg = dict(average="weighted", labels=L, zero_division=0)
 *         case["expected"].append({"weights": w.tolist(), "metrics": {
 *           "roc_auc": m.roc_auc_score(y, P64/P64.sum(1, keepdims=True), multi_class="ovr", average="weighted", labels=L) if (w==1).all() else None,
 *           "precision_recall_auc": m.average_precision_score(Y, P64, average="weighted", **k),
 *           "log_loss": m.log_loss(y, P64, labels=L, **k), "brier_score": m.brier_score_loss(y, P64, labels=L, **k),
 *           "f1_score": m.f1_score(y, d, **avg, **k), "precision_score": m.precision_score(y, d, **avg, **k), "recall_score": m.recall_score(y, d, **avg, **k),
 *           "accuracy_score": m.accuracy_score(y, d, **k), "balanced_accuracy_score": m.balanced_accuracy_score(y, d, **k), "matthews_corrcoef": m.matthews_corrcoef(y, d, **k)}})
 *     case["confusion"] = m.confusion_matrix(y, d, labels=L).tolist()
 *     out["cases"].append(case)
 * y = rng.integers(0, 4, 200); Z = rng.normal(size=(200,4)); Z[np.arange(200), y] += 1.0
 * multi("four classes", y, np.exp(Z)/np.exp(Z).sum(1, keepdims=True))
 * y = rng.choice(3, 150, p=[.8,.15,.05]); Z = rng.normal(size=(150,3)); Z[np.arange(150), y] += 0.5
 * multi("rare class", y, np.exp(Z)/np.exp(Z).sum(1, keepdims=True))
 * def regression(name, y, p):
 *     p64 = f32(p).astype(np.float64); case = {"name": name, "task": "regression", "truth": y.tolist(), "scores": p64.tolist(), "expected": []}
 *     for w in [np.ones(len(y), int), weights(len(y))]:
 *         k = dict(sample_weight=w)
 *         case["expected"].append({"weights": w.tolist(), "metrics": {
 *           "mean_absolute_error": m.mean_absolute_error(y, p64, **k), "root_mean_squared_error": m.root_mean_squared_error(y, p64, **k), "mean_squared_error": m.mean_squared_error(y, p64, **k),
 *           "r2_score": m.r2_score(y, p64, **k), **({} if (y[w > 0] == 0).any() else {"mean_absolute_percentage_error": m.mean_absolute_percentage_error(y, p64, **k)})}})
 *     out["cases"].append(case)
 * y = rng.normal(10, 3, 200); regression("near ten", y, y + rng.normal(0, 1, 200))
 * y = rng.normal(1e6, 2, 200); regression("far from zero", y, y + rng.normal(0, 1, 200))
 * y = np.r_[0.0, 0.0, rng.normal(0, 1, 100)]; regression("zeros", y, y + rng.normal(0, 1, 102))
 * json.dump(out, open(sys.argv[1], "w"), separators=(",", ":"))
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { confusionCells, confusionOf } from '../../../src/engine/evaluation/metrics/confusionMetrics.ts';
import { stepsOf, thresholdCurves } from '../../../src/engine/evaluation/report/curves.ts';
import type { Predictions } from '../../../src/engine/evaluation/metrics/predictions.ts';
import { rank } from '../../../src/engine/evaluation/metrics/rankMetrics.ts';
import { equalWeights } from '../../../src/engine/evaluation/metrics/rowWeights.ts';
import { createScorer } from '../../../src/engine/evaluation/metrics/measuresOf.ts';
import { usualMetrics, type UsualMetric } from '../../../src/protocol/tables/metrics.ts';

const measured = [...usualMetrics('binary'), ...usualMetrics('regression')];

interface GoldenCase {
  readonly name: string;
  readonly task: 'binary' | 'multiclass' | 'regression';
  readonly truth: readonly number[];
  readonly scores: readonly number[];
  readonly threshold?: number;
  readonly classes?: number;
  readonly expected: readonly {
    readonly weights: readonly number[];
    readonly metrics: Readonly<Partial<Record<UsualMetric, number | null>>>;
  }[];
  readonly confusion?: readonly (readonly number[])[];
  readonly roc?: { readonly x: readonly number[]; readonly y: readonly number[] };
  readonly precisionRecall?: { readonly x: readonly number[]; readonly y: readonly number[]; readonly thresholds: readonly number[] };
}

const golden = JSON.parse(readFileSync(new URL('scikitLearn.golden.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly GoldenCase[];
};

function predictionsOf(golden: GoldenCase): Predictions {
  const scores = Float32Array.from(golden.scores);
  switch (golden.task) {
    case 'binary':
      return { task: 'binary', truth: Uint8Array.from(golden.truth), scores, threshold: golden.threshold ?? 0.5 };
    case 'multiclass':
      return { task: 'multiclass', truth: Int32Array.from(golden.truth), scores, classes: golden.classes ?? 0 };
    case 'regression':
      return { task: 'regression', truth: Float64Array.from(golden.truth), scores };
  }
}

describe.each(golden.cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  const predictions = predictionsOf(each);

  test.each(each.expected.map((expected, index) => [index === 0 ? 'every row once' : 'weighted rows', expected] as const))(
    'equals scikit-learn to 1e-9: %s',
    (_weights, { weights, metrics }) => {
      const values = createScorer(predictions, measured)(Float64Array.from(weights));
      for (const [index, metric] of measured.entries()) {
        const expected = metrics[metric];
        if (expected === null) continue; // scikit-learn has no weighted form of it, or it is not defined
        if (expected === undefined) expect(values[index], metric).toBeNaN();
        else expect(Math.abs((values[index] ?? NaN) - expected), metric).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
      }
    },
  );

  test('counts the same confusion table, where there are classes', () => {
    if (predictions.task === 'regression') return;
    const classes = each.confusion?.length ?? 0;
    const { counts } = confusionOf(confusionCells(predictions), classes, new Uint8Array(each.truth.length).fill(1));
    expect([...counts]).toEqual(each.confusion?.flat());
  });

  test('draws the same curves, where there are two classes', () => {
    if (predictions.task !== 'binary') return;
    const { roc, precisionRecall, threshold } = thresholdCurves(
      stepsOf(rank(predictions.scores, predictions.truth), predictions.scores, equalWeights(predictions.truth.length)),
    );
    if (roc.points > 201) return; // thinned: covered by its own test
    expectClose(roc.x, each.roc?.x ?? []);
    expectClose(roc.y, each.roc?.y ?? []);
    expectClose(precisionRecall.x, each.precisionRecall?.x ?? []);
    expectClose(precisionRecall.y, each.precisionRecall?.y ?? []);
    expectClose(threshold.thresholds, (each.precisionRecall?.thresholds ?? []).toReversed());
  });
});

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] ?? NaN, 5);
  });
}
