"""
Recomputes, with scikit-learn, folds that move forward in time, everything learned from each fold's training rows alone.
Arguments: the CSV file, its time column, its target, its numeric columns (comma-separated), the number of folds, alpha.
"""

import json
import sys

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

path, time, target, columns, folds, alpha = sys.argv[1:]
folds = int(folds)
frame = pd.read_csv(path, parse_dates=[time])
for column in columns.split(","):
    frame.loc[frame[column] < 4, column] = np.nan  # as the features say, so that there is something to impute
times = np.sort(frame[time].to_numpy())
borders = [times[len(frame) * (fold + 1) // (folds + 1)] for fold in range(folds)]

measured = []
for fold, border in enumerate(borders):
    end = borders[fold + 1] if fold + 1 < folds else None
    training = frame[frame[time] < border]
    held_out = frame[(frame[time] >= border) & ((frame[time] < end) if end is not None else True)]
    names = columns.split(",")
    model = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), Ridge(alpha=float(alpha), solver="cholesky"))
    model.fit(training[names], training[target])
    predicted = model.predict(held_out[names])
    truth = held_out[target]
    measured.append(
        {
            "root_mean_squared_error": root_mean_squared_error(truth, predicted),
            "mean_absolute_error": mean_absolute_error(truth, predicted),
            "r2_score": r2_score(truth, predicted),
        }
    )

table = pd.DataFrame(measured)
print(json.dumps({"folds": measured, "mean": table.mean().to_dict(), "std": table.std(ddof=1).to_dict()}))
