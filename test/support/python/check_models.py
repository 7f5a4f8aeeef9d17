"""Checks many models of Millwright's at once: onnx's checker, ONNX Runtime on raw columns and mlflow.pyfunc on a frame."""

import json
import logging
import os
import sys

import mlflow
import numpy as np
import onnx
import onnxruntime
import pandas
import pyarrow.parquet

MISSING_TEXT = "__millwright_missing__"
SMALLEST_INT64 = -(2**63)


def main(listing):
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    with open(listing, encoding="utf-8") as file:
        folders = json.load(file)
    failures = []
    for folder in folders:
        try:
            check(folder)
        except Exception as error:
            failures.append({"folder": os.path.basename(folder), "error": f"{type(error).__name__}: {error}"[:500]})
    print(json.dumps({"models": len(folders), "failures": failures}))


def check(folder):
    path = os.path.join(folder, "model", "model.onnx")
    onnx.checker.check_model(path, full_check=True)
    with open(os.path.join(folder, "model", "millwright.json"), encoding="utf-8") as file:
        description = json.load(file)
    with open(os.path.join(folder, "ours.json"), encoding="utf-8") as file:
        ours = pandas.DataFrame(json.load(file))
    check_file(os.path.join(folder, "ours.parquet"), ours)
    fresh = pyarrow.parquet.read_table(os.path.join(folder, "fresh.parquet"))
    require(len(ours) == fresh.num_rows, f"{len(ours)} of {fresh.num_rows} rows were predicted")
    check_onnx(path, description, fresh, ours)
    check_pyfunc(folder, description, ours)


def check_file(path, ours):
    """The file of some models' predictions has the same ones."""
    if os.path.exists(path):
        written = pandas.read_parquet(path)
        require(list(written.columns) == list(ours.columns), f"the file has {list(written.columns)}")
        require(all(list(written[name]) == list(ours[name]) for name in ours.columns), "the file has other predictions")


def check_onnx(path, description, table, ours):
    """The graph by itself, on tensors made here, in one batch and for a few rows one by one."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    feeds = {column["name"]: tensor(column, table.column(column["name"])) for column in description["inputs"]}
    batch = session.run(None, feeds)
    for row in (0, 1, len(ours) - 1):
        single = session.run(None, {name: values[row : row + 1] for name, values in feeds.items()})
        for whole, alone in zip(batch, single):
            if whole.dtype == object or whole.dtype == np.int64:
                require(whole[row] == alone[0], f"label of row {row} alone is {alone[0]}, in the batch {whole[row]}")
            else:
                require(np.allclose(whole[row], alone[0], rtol=0, atol=1e-6), f"row {row} differs alone")
    if description["task"] == "regression":
        return require_near(batch[0].reshape(-1), ours["prediction"])
    labels, probabilities = batch
    require(list(map(str, labels)) == list(map(str, ours["prediction"])), "labels differ")
    wanted = probabilities[:, 1:] if description["task"] == "binary" else probabilities
    for index in range(wanted.shape[1]):
        require_near(wanted[:, index], ours.iloc[:, index + 1])


def tensor(column, values):
    values = values.to_pylist()
    if column["tensor"] == "double":
        return np.array([[np.nan if value is None else float(value)] for value in values], dtype="float64")
    if column["tensor"] == "int64":
        return np.array([[micros(value)] for value in values], dtype="int64")
    return np.array([[text(column, value)] for value in values], dtype=object)


def micros(value):
    return SMALLEST_INT64 if value is None else int(np.datetime64(value, "us").astype("int64"))


def text(column, value):
    if value is None or value != value:
        return MISSING_TEXT
    if isinstance(value, bool):
        return "true" if value else "false"
    if column["storedAs"] == "DATE":
        return f"{value} 00:00:00"
    if column["storedAs"] == "TIME":
        return str(value).rstrip("0")
    if column["storedAs"] == "FLOAT":
        return repr(round(float(value), 6))  # of the generated levels: a digit or two
    return str(value)


def check_pyfunc(folder, description, ours):
    model = mlflow.pyfunc.load_model(os.path.join(folder, "model"))
    names = [column.name for column in model.metadata.get_input_schema()]
    require(names == [column["name"] for column in description["inputs"]], f"the signature has {names}")
    theirs = model.predict(pandas.read_parquet(os.path.join(folder, "fresh.parquet")))
    require(list(theirs.columns) == list(ours.columns), f"columns {list(theirs.columns)}")
    require(len(theirs) == len(ours), f"{len(theirs)} rows")
    if description["task"] != "regression":
        require(list(map(str, theirs["prediction"])) == list(map(str, ours["prediction"])), "labels differ")
    model.predict(model.input_example)
    for name in ours.columns:
        if description["task"] == "regression" or name != "prediction":
            require_near(theirs[name], ours[name])


def require_near(theirs, ours):
    """Equal to 1e-6: absolutely for probabilities, relative to the largest for numbers."""
    ours = np.asarray(ours, dtype="float64")
    difference = np.abs(np.asarray(theirs, dtype="float64") - ours)
    require(not np.isnan(difference).any(), "a prediction is NaN")
    require(difference.max() <= 1e-6 * max(1.0, np.abs(ours).max()), f"predictions differ by {difference.max()}")


def require(holds, problem):
    if not holds:
        raise AssertionError(problem)


main(*sys.argv[1:])
