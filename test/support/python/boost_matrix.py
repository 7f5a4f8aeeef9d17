"""scikit-learn's or LightGBM's boosting on the matrix and the target in the folder: seconds, CPU seconds, loss on the rows learned from."""

import json
import resource
import sys
import time

import numpy as np
from sklearn.metrics import log_loss, mean_squared_error

shape, peer = json.loads(sys.argv[1]), sys.argv[2]
x = np.fromfile("matrix").reshape(shape["rows"], shape["columns"])
y = np.fromfile("target")
regression = shape["classes"] == 0
if not regression:
    y = y.astype(np.int64)


def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def scikit_learn():
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
    return kind(max_iter=shape["rounds"], max_leaf_nodes=shape["leaves"], learning_rate=0.1, early_stopping=False, random_state=42)


def light_gbm():
    from lightgbm import LGBMClassifier, LGBMRegressor

    kind = LGBMRegressor if regression else LGBMClassifier
    return kind(
        n_estimators=shape["rounds"],
        num_leaves=shape["leaves"],
        learning_rate=0.1,
        max_bin=255,
        random_state=42,
        n_jobs=shape["threads"],
        verbose=-1,
    )


model = scikit_learn() if peer == "scikit-learn" else light_gbm()
cpu, began = used(), time.perf_counter()
model.fit(x, y)
seconds, cpu_seconds = time.perf_counter() - began, used() - cpu
loss = mean_squared_error(y, model.predict(x)) if regression else log_loss(y, model.predict_proba(x))
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds, "loss": loss}))
