"""Computes features with scikit-learn on the rows of a JSON file and compares them with the columns found there."""

import json
import sys

import numpy as np
import sklearn
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler


def main(path):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    known = {name: column(values) for name, values in data["known"].items()}
    fresh = {name: column(values) for name, values in data["fresh"].items()}
    levels = [sorted({value for value in data["known"]["c"] if value is not None})]
    features = {
        "bare": ("x", StandardScaler()),
        "mean": ("x", SimpleImputer(strategy="mean")),
        "median": ("x", SimpleImputer(strategy="median", add_indicator=True)),
        "mode": ("k", SimpleImputer(strategy="most_frequent")),
        "constant": ("x", SimpleImputer(strategy="constant", fill_value=-7.5)),
        "scaled": ("x", make_pipeline(SimpleImputer(strategy="mean"), StandardScaler())),
        "scaled_mode": ("k", make_pipeline(SimpleImputer(strategy="most_frequent"), StandardScaler())),
        "hot": ("c", OneHotEncoder(categories=levels, handle_unknown="ignore", sparse_output=False)),
        "place": ("c", OrdinalEncoder(categories=levels, handle_unknown="use_encoded_value", unknown_value=-1)),
    }
    print(
        json.dumps(
            {
                "version": sklearn.__version__,
                "features": {
                    name: compare(transformer.fit(known[source]).transform(fresh[source]), data["features"][name])
                    for name, (source, transformer) in features.items()
                },
            }
        )
    )


def column(values):
    texts = any(isinstance(value, str) for value in values)
    array = np.array([np.nan if value is None and not texts else value for value in values], dtype=object if texts else "float64")
    return array.reshape(-1, 1)


def compare(theirs, ours):
    """The largest difference in units of the value; -1 where the shapes or the missing values differ."""
    theirs = np.asarray(theirs, dtype="float64")
    ours = np.array([[np.nan if value is None else value for value in row] for row in ours], dtype="float64")
    if theirs.shape != ours.shape or not np.array_equal(np.isnan(theirs), np.isnan(ours)):
        return {"columns": ours.shape[1], "difference": -1.0}
    difference = np.abs(theirs - ours) / np.maximum(1.0, np.abs(theirs))
    return {"columns": ours.shape[1], "difference": float(np.nanmax(difference))}


main(*sys.argv[1:])
