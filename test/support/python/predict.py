"""Loads a registered model by its URI with mlflow.pyfunc and prints its predictions for the rows of a Parquet file."""

import json
import sys

import mlflow
import pandas


def main(uri, path):
    model = mlflow.pyfunc.load_model(uri)
    frame = pandas.read_parquet(path)
    output = model.predict(frame)
    columns = output if isinstance(output, dict) else {"output": output}
    print(json.dumps({str(name): getattr(values, "tolist", lambda: list(values))() for name, values in columns.items()}))


main(sys.argv[1], sys.argv[2])
