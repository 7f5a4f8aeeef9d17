"""Reads files of every format as a user of pandas would, and asks the models that were trained from them for predictions.

Usage: check_files.py <listing>, a JSON list of {"folder", "file", "byMlflow"}; MLflow itself refuses times with a zone and times
that do not fit into nanoseconds, so such frames go to the model's loader.
"""

import json
import logging
import os
import sys

import mlflow
import numpy as np
import pandas


def main(listing):
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    with open(listing, encoding="utf-8") as file:
        cases = json.load(file)
    failures = []
    for case in cases:
        try:
            check(**case)
        except Exception as error:
            failures.append({"folder": os.path.basename(case["folder"]), "error": f"{type(error).__name__}: {error}"[-500:]})
    print(json.dumps({"models": len(cases), "failures": failures}))


def check(folder, file, byMlflow):
    model = mlflow.pyfunc.load_model(os.path.join(folder, "model"))
    types = {column.name: column.type.name for column in model.metadata.get_input_schema().inputs}
    frame = read(os.path.join(folder, file), types)
    ours = pandas.read_parquet(os.path.join(folder, "ours.parquet"))
    for ask in [model._model_impl.predict, *([model.predict] if byMlflow else [])]:
        compare(ask(frame), ours)


def read(path, types):
    if path.endswith(".parquet"):
        return pandas.read_parquet(path)
    times = [name for name, kind in types.items() if kind == "datetime"]
    if path.endswith(".jsonl"):
        return pandas.read_json(path, lines=True, dtype=False, convert_dates=times, precise_float=True)
    dtypes = {name: {"double": "float64", "long": "int64", "boolean": "boolean"}.get(kind, str) for name, kind in types.items()}
    missing = {name: ["", "nan"] if kind == "double" else [""] for name, kind in types.items()}
    frame = pandas.read_csv(path, dtype=dtypes, keep_default_na=False, na_values=missing, float_precision="round_trip")
    return frame.assign(**{name: pandas.to_datetime(frame[name], format="ISO8601") for name in times})


def compare(theirs, ours):
    if list(theirs.columns) != list(ours.columns) or len(theirs) != len(ours):
        raise AssertionError(f"{len(theirs)} rows of {list(theirs.columns)}")
    spread = 0.0
    for name in ours.columns:
        if ours[name].dtype.kind != "f":
            if list(map(str, theirs[name])) != list(map(str, ours[name])):
                raise AssertionError("labels differ")
            continue
        difference = np.abs(theirs[name].to_numpy(dtype="float64") - ours[name].to_numpy(dtype="float64"))
        if not difference.max() <= 1e-6:
            raise AssertionError(f"{name} differs by {difference.max()} in the rows {np.nonzero(difference > 1e-6)[0][:5]}")
        spread = max(spread, float(ours[name].std()))
    if spread < 0.05:
        raise AssertionError(f"the model hardly tells the rows apart: {spread}")


main(*sys.argv[1:])
