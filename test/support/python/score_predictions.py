"""Makes predictions of every kind and measures them with scikit-learn.

Usage: score_predictions.py <cases>
Writes cases.json (columns and expected metrics of every case) and, of every tenth case of a kind, a file as any tool would write it.
Prints the number of cases.
"""

import json
import sys
import warnings

import numpy as np
import pandas as pd
from sklearn import metrics as m

from metric_functions import measured, of_classes, of_decisions, of_values, orders, probabilities

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20261121)


def tied(scores):
    """As they are, rounded so that many tie, as float32, or with certain ones among them."""
    kind = rng.integers(4)
    if kind == 1:
        return np.round(scores, 1)
    if kind == 2:
        return scores.astype(np.float32).astype(np.float64)
    if kind == 3:
        scores = scores.copy()
        scores[rng.random(len(scores)) < 0.1] = 0.0
        scores[rng.random(len(scores)) < 0.1] = 1.0
    return scores


def weights(n):
    kind = rng.integers(3)
    if kind == 0:
        return None
    w = rng.random(n) * 10 if kind == 1 else rng.integers(0, 4, n).astype(float)
    return w


def decided(y, d, w, **average):
    k = dict(sample_weight=w, zero_division=0 if average else np.nan, **average)
    figures = measured(of_classes, y, d, **k)
    return {name: None if np.isnan(value) else value for name, value in figures.items()}  # None: not defined


def suffixed(figures, suffix):
    return {f"{name}_{suffix}": value for name, value in figures.items()}


def common(y, d, w):
    # A row that weighs nothing makes its class no class that occurs; to scikit-learn's plain means it does.
    rows = slice(None) if w is None else w > 0
    return {
        **suffixed(decided(y[rows], d[rows], None if w is None else w[rows], average="macro"), "macro"),
        **suffixed(decided(y, d, w, average="micro"), "micro"),
        **measured(of_decisions, y, d, sample_weight=w),
    }


def occur(y, w, classes):
    return all((w[y == k].sum() if w is not None else (y == k).sum()) > 0 for k in range(classes))


def binary():
    while True:
        n = int(rng.integers(2, 300))
        y = (rng.random(n) < rng.choice([0.05, 0.3, 0.5, 0.9])).astype(int)
        w = weights(n)
        if occur(y, w, 2):
            break
    p = tied(np.clip(rng.random(n) * 0.8 + 0.2 * y * rng.random(), 0, 1))
    threshold = float(rng.choice([0.1, 0.3, 0.5, 0.9]))
    d = (p >= threshold).astype(int)
    k = dict(sample_weight=w)
    expected = {
        **measured(orders, y, p, **k),
        **measured(probabilities, y, p, labels=[0, 1], **k),
        **decided(y, d, w),
        **common(y, d, w),
    }
    return {"task": "binary", "threshold": threshold, "columns": {"target": y, "score": p}, "weights": w, "expected": expected}


def multiclass():
    classes = int(rng.integers(3, 6))
    while True:
        n = int(rng.integers(classes, 300))
        y = rng.choice(classes, n, p=rng.dirichlet(np.full(classes, 2.0)))
        w = weights(n)
        if occur(y, w, classes) or rng.random() < 0.2:
            break
    z = rng.normal(size=(n, classes))
    z[np.arange(n), y] += rng.random() * 3
    if rng.random() < 0.3:
        z = np.round(z)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    d = p.argmax(1)
    labels = list(range(classes))
    one_hot = np.eye(classes)[y]
    expected = {
        **measured(probabilities, y, p, labels=labels, sample_weight=w),
        **decided(y, d, w, average="weighted"),
        **common(y, d, w),
    }
    if occur(y, w, classes):
        for average, suffix in [("weighted", ""), ("macro", "_macro"), ("micro", "_micro")]:
            expected[f"roc_auc{suffix}"] = orders["roc_auc"](y, p, multi_class="ovr", average=average, labels=labels, sample_weight=w)
            expected[f"precision_recall_auc{suffix}"] = orders["precision_recall_auc"](one_hot, p, average=average, sample_weight=w)
    columns = {"target": y, **{f"p{k}": p[:, k] for k in labels}}
    return {"task": "multiclass", "classes": classes, "columns": columns, "weights": w, "expected": expected}


def regression():
    n = int(rng.integers(2, 300))
    y = rng.normal(rng.choice([0, 10, 1e6]), rng.choice([0.5, 3]), n)
    if rng.random() < 0.3:
        y[rng.random(n) < 0.2] = 0.0
    p = y + rng.normal(0, 1, n)
    while True:
        w = weights(n)
        if w is None or (w > 0).sum() > 1:
            break
    occurs_zero = bool((y[(w > 0) if w is not None else slice(None)] == 0).any())
    expected = measured(of_values, y, p, sample_weight=w)
    if occurs_zero:  # scikit-learn divides by 2^-52 then; Millwright has none
        expected["mean_absolute_percentage_error"] = None
    return {"task": "regression", "columns": {"target": y, "prediction": p}, "weights": w, "expected": expected}


def ranking():
    """NDCG with ties and grades; MAP, which scikit-learn has for whole lists only, without ties."""
    groups = int(rng.integers(1, 30))
    sizes = rng.integers(2, 20, groups)
    group = np.repeat(np.arange(groups), sizes)
    order = rng.permutation(len(group))
    group = group[order]
    n = len(group)
    has_ties = rng.random() < 0.5
    relevance = rng.integers(0, 4 if has_ties else 2, n).astype(float)
    score = np.round(rng.normal(size=n), 0 if has_ties else 12)
    k = int(rng.integers(1, 25))
    each = [(relevance[group == g], score[group == g]) for g in range(groups)]
    expected = {f"ndcg_at_{k}": float(np.mean([m.ndcg_score([r], [s], k=k) for r, s in each]))}
    if not has_ties:
        expected[f"map_at_{k}"] = float(np.mean([average_precision_at(k, r, s) for r, s in each]))
        expected["map_at_100"] = float(np.mean([m.average_precision_score(r, s) if r.any() else 0.0 for r, s in each]))
    return {"task": "regression", "group": group, "columns": {"target": relevance, "prediction": score}, "weights": None, "expected": expected}


def average_precision_at(k, relevance, score):
    """map_cut of trec_eval."""
    ranked = relevance[np.argsort(-score)]
    precisions = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return float((precisions * ranked)[:k].sum() / ranked.sum()) if ranked.any() else 0.0


def write_file(index, case):
    frame = pd.DataFrame(case["columns"])
    if case["task"] == "multiclass":
        frame["target"] = frame["target"].map(lambda k: f"class {k}")
    if case["weights"] is not None:
        frame["w"] = case["weights"]
    if "group" in case:
        frame["group"] = case["group"]
    name = f"case-{index}.{'parquet' if index % 80 < 4 else 'csv'}"
    frame.to_parquet(name) if name.endswith("parquet") else frame.to_csv(name, index=False)
    return name


def main():
    kinds = [binary, multiclass, regression, ranking]
    cases = []
    for index in range(int(sys.argv[1])):
        case = kinds[index % len(kinds)]()
        if (index // len(kinds)) % 10 == 0:
            case["file"] = write_file(index, case)
        cases.append({key: to_json(value) for key, value in case.items()})
    with open("cases.json", "w") as out:
        json.dump(cases, out)
    print(json.dumps(len(cases)))


def to_json(value):
    if isinstance(value, dict):
        return {key: to_json(each) for key, each in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value


main()
