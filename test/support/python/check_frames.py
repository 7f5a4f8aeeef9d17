"""Asks a model of Millwright's in every way pandas and MLflow may hold the same rows, and compares with Millwright's predictions."""

import json
import logging
import os
import sys
import uuid

import mlflow
import numpy as np
import pandas
from mlflow.pyfunc import scoring_server


def main(folder):
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    ours = pandas.read_parquet(os.path.join(folder, "ours.parquet"))["probability"].to_numpy()
    path = os.path.join(folder, "rows.parquet")
    frame = pandas.read_parquet(path)
    model = mlflow.pyfunc.load_model(os.path.join(folder, "model"))
    schema = model.metadata.get_input_schema()
    loader = model._model_impl
    # What MLflow has no type for: it refuses unsigned 64-bit integers and times with a zone wherever a type is declared.
    plain = frame.assign(unsigned=frame["unsigned"].astype("int64"), zoned=frame["zoned"].dt.tz_convert(None))

    def by_mlflow(data):
        return difference(model.predict(data), ours)

    def by_loader(data):
        return difference(loader.predict(data), ours)

    def ask_server(rows):
        response = scoring_server.invocations('{"dataframe_split": %s}' % rows, "application/json", model, schema)
        return pandas.DataFrame(json.loads(response.response)["predictions"])

    def served(rows):
        return difference(ask_server(rows), ours[: len(json.loads(rows)["data"])])

    times = ["stamp", "gap stamp"]
    with open(os.path.join(folder, "model", "input_example.json"), encoding="utf-8") as file:
        example = json.load(file)
    head = plain.head(20)  # JSON has neither UUIDs nor times of day
    head = head.assign(uuid=[str(uuid.UUID(bytes=value)) for value in head["uuid"]], time=[str(value).rstrip("0") for value in head["time"]])
    # Where the signature says double, MLflow takes neither 64-bit integers nor truth values that pandas made of rows without gaps.
    whole = plain.notna().all(axis=1).to_numpy()
    gaps = ["gap flag", "gap long", "gap short", "gap level"]
    results = {
        "frame": by_mlflow(plain),
        "nothing missing": difference(model.predict(plain[whole].astype({name: float for name in gaps})), ours[whole]),
        "other order, more columns": by_mlflow(plain[plain.columns[::-1]].assign(further=1)),
        "other index": by_mlflow(plain.set_index(pandas.Index(range(1000, 1000 + len(plain))))),
        "milliseconds": by_mlflow(plain.assign(**{name: plain[name].astype("datetime64[ms]") for name in times})),
        "nanoseconds": by_mlflow(plain.assign(**{name: plain[name].astype("datetime64[ns]") for name in times})),
        "one row": difference(model.predict(plain.head(1)), ours[:1]),
        "rows as JSON": served(head.to_json(orient="split", date_format="iso", date_unit="us")),
        "loader: frame": by_loader(frame),
        "loader: nothing missing": difference(loader.predict(frame[whole].astype({"gap flag": bool, "gap long": int})), ours[whole]),
        "loader: nullable types": by_loader(frame.convert_dtypes()),
        "loader: pyarrow": by_loader(pandas.read_parquet(path, dtype_backend="pyarrow")),
        "loader: categories": by_loader(frame.astype({name: "category" for name in schema.input_names()})),
        "loader: objects": by_loader(frame.astype(object)),
        "loader: zone": by_loader(frame.assign(stamp=frame["stamp"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"))),
    }
    print(
        json.dumps(
            {
                "results": results,
                "rows of no rows": len(model.predict(plain.head(0))),
                "signature": {column.name: column.type.name for column in schema.inputs},
                "flavors": sorted(model.metadata.flavors),
                "onnx flavor": [value.name for value in mlflow.onnx.load_model(os.path.join(folder, "model")).graph.input],
                "served": len(ask_server(json.dumps(example))),
                "errors": {
                    "missing column": error(lambda: model.predict(plain.drop(columns=["text"]))),
                    "numbers for times": error(lambda: loader.predict(frame.assign(stamp=range(len(frame))))),
                    "text for numbers": error(lambda: loader.predict(frame.assign(double="x"))),
                },
            }
        )
    )


def difference(theirs, ours):
    if len(theirs) != len(ours):
        return -1.0
    return float(np.abs(theirs["probability"].to_numpy(dtype="float64") - ours).max())


def error(ask):
    try:
        ask()
    except Exception as problem:
        return str(problem)[-300:]
    return None


main(*sys.argv[1:])
