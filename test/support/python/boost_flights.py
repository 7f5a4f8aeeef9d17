"""scikit-learn's or LightGBM's boosting on the winter flights, with the features of our bench: seconds to prepare and to fit, CPU seconds, ROC AUC on March and April, peak memory."""

import json
import resource
import sys
import time

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

start = time.perf_counter()
flights = pd.read_parquet(sys.argv[1])
seed = int(sys.argv[2])
peer, threads = sys.argv[3], int(sys.argv[4])
places = ("origin", "destination")
winter = flights[flights.date < "2001-03-01"]
codes = {name: {level: code for code, level in enumerate(sorted(winter[name].astype(str).unique()))} for name in places}


def columns(frame):
    hour = (frame.date.dt.hour + frame.date.dt.minute / 60).to_numpy() * 2 * np.pi / 24
    weekday = ((frame.date.dt.day_of_week + 1) % 7).to_numpy() * 2 * np.pi / 7
    levels = [frame[name].astype(str).map(codes[name]).to_numpy() for name in places]
    return np.c_[frame.distance, np.sin(hour), np.cos(hour), np.sin(weekday), np.cos(weekday), *levels]


def used():
    return resource.getrusage(resource.RUSAGE_SELF)


def scikit_learn():
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=100,
        max_leaf_nodes=31,
        learning_rate=0.1,
        early_stopping=False,
        random_state=seed,
        categorical_features=[5, 6],
    )


def light_gbm():
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        n_estimators=100,
        num_leaves=31,
        learning_rate=0.1,
        max_bin=255,
        random_state=seed,
        n_jobs=threads,
        verbose=-1,
        categorical_feature=[5, 6],
    )


x, y = columns(winter), winter.delay > 15
preparing = time.perf_counter() - start
spring = flights[(flights.date >= "2001-03-01") & (flights.date < "2001-05-01")]
model = scikit_learn() if peer == "scikit-learn" else light_gbm()
cpu, began = used().ru_utime, time.perf_counter()
model.fit(x, y)
seconds, cpu_seconds = time.perf_counter() - began, used().ru_utime - cpu
auc = roc_auc_score(spring.delay > 15, model.predict_proba(columns(spring))[:, 1])
print(json.dumps({"preparing": preparing, "seconds": seconds, "cpuSeconds": cpu_seconds, "auc": auc, "peak": used().ru_maxrss / 1024}))
