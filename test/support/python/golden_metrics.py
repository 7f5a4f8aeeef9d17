"""Writes metrics and curves of fixed predictions, with every row once and with whole-number weights.

Usage: golden_metrics.py <scikitLearn.golden.json>
Prints scikit-learn's version.
"""

import json
import sys

import numpy as np
import sklearn
from sklearn import metrics as m

from metric_functions import measured, of_classes, of_decisions, of_values, orders, probabilities

rng = np.random.default_rng(20261121)
cases = []


def f32(values):
    return np.asarray(values, dtype=np.float32)


def both_weights(n):
    return [np.ones(n, int), rng.poisson(1.0, n)]


def binary(name, y, p, threshold):
    p = f32(p).astype(np.float64)
    d = (p >= threshold).astype(int)
    case = {"name": name, "task": "binary", "truth": y.tolist(), "scores": p.tolist(), "threshold": threshold, "expected": []}
    for w in both_weights(len(y)):
        k = dict(sample_weight=w)
        of_positive = measured(of_classes, y, d, zero_division=0, **k)
        if not (d * w).any():
            of_positive["precision_score"] = None  # not defined
        figures = {
            **measured(orders, y, p, **k),
            **measured(probabilities, y, p, labels=[0, 1], **k),
            **of_positive,
            **measured(of_decisions, y, d, **k),
        }
        case["expected"].append({"weights": w.tolist(), "metrics": figures})
    case["confusion"] = m.confusion_matrix(y, d, labels=[0, 1]).tolist()
    fpr, tpr, _ = m.roc_curve(y, p, drop_intermediate=False)
    precision, recall, thresholds = m.precision_recall_curve(y, p)
    case["roc"] = {"x": fpr.tolist(), "y": tpr.tolist()}
    case["precisionRecall"] = {
        "x": recall[:-1][::-1].tolist(),
        "y": precision[:-1][::-1].tolist(),
        "thresholds": thresholds[::-1].tolist(),
    }
    cases.append(case)


def multiclass(name, y, p):
    p = f32(p).astype(np.float64)
    d = p.argmax(1)
    labels = list(range(p.shape[1]))
    one_hot = np.eye(len(labels))[y]
    case = {"name": name, "task": "multiclass", "classes": len(labels), "truth": y.tolist(), "scores": p.ravel().tolist(), "expected": []}
    for w in both_weights(len(y)):
        k = dict(sample_weight=w)
        shares = p / p.sum(1, keepdims=True)
        # scikit-learn has no weighted form of it
        roc_auc = orders["roc_auc"](y, shares, multi_class="ovr", average="weighted", labels=labels) if (w == 1).all() else None
        figures = {
            "roc_auc": roc_auc,
            "precision_recall_auc": orders["precision_recall_auc"](one_hot, p, average="weighted", **k),
            **measured(probabilities, y, p, labels=labels, **k),
            **measured(of_classes, y, d, average="weighted", labels=labels, zero_division=0, **k),
            **measured(of_decisions, y, d, **k),
        }
        case["expected"].append({"weights": w.tolist(), "metrics": figures})
    case["confusion"] = m.confusion_matrix(y, d, labels=labels).tolist()
    cases.append(case)


def regression(name, y, p):
    p = f32(p).astype(np.float64)
    case = {"name": name, "task": "regression", "truth": y.tolist(), "scores": p.tolist(), "expected": []}
    for w in both_weights(len(y)):
        figures = measured(of_values, y, p, sample_weight=w)
        if (y[w > 0] == 0).any():
            del figures["mean_absolute_percentage_error"]
        case["expected"].append({"weights": w.tolist(), "metrics": figures})
    cases.append(case)


def softmax(z):
    return np.exp(z) / np.exp(z).sum(1, keepdims=True)


def main():
    n = 240
    y = (rng.random(n) < 0.25).astype(int)
    binary("imbalanced, distinct scores", y, np.clip(rng.beta(2, 5, n) + 0.2 * y, 0, 1), 0.4)
    y = (rng.random(n) < 0.5).astype(int)
    binary("many ties", y, np.round(np.clip(rng.random(n) * 0.7 + 0.3 * y, 0, 1), 1), 0.5)
    y = (rng.random(60) < 0.4).astype(int)
    p = rng.random(60)
    p[:6] = [0, 1, 0, 1, 0, 1]
    binary("certain scores", y, p, 0.5)
    y = (rng.random(60) < 0.3).astype(int)
    binary("nothing flagged", y, rng.random(60) * 0.2, 0.9)
    y = rng.integers(0, 4, 200)
    z = rng.normal(size=(200, 4))
    z[np.arange(200), y] += 1.0
    multiclass("four classes", y, softmax(z))
    y = rng.choice(3, 150, p=[0.8, 0.15, 0.05])
    z = rng.normal(size=(150, 3))
    z[np.arange(150), y] += 0.5
    multiclass("rare class", y, softmax(z))
    y = rng.normal(10, 3, 200)
    regression("near ten", y, y + rng.normal(0, 1, 200))
    y = rng.normal(1e6, 2, 200)
    regression("far from zero", y, y + rng.normal(0, 1, 200))
    y = np.r_[0.0, 0.0, rng.normal(0, 1, 100)]
    regression("zeros", y, y + rng.normal(0, 1, 102))
    with open(sys.argv[1], "w") as out:
        json.dump({"scikit-learn": sklearn.__version__, "cases": cases}, out, separators=(",", ":"))
    print(json.dumps(sklearn.__version__))


main()
