"""Loads a registered model by its URI with mlflow.pyfunc and compares its predictions with those in a Parquet file of Millwright's."""

import json
import sys

import mlflow
import numpy as np
import pandas


def main(uri, path, columns):
    model = mlflow.pyfunc.load_model(uri)
    ours = pandas.read_parquet(path)
    theirs = model.predict(ours[columns.split(",")])
    print(
        json.dumps(
            {
                "rows": len(ours),
                "columns": list(theirs.columns),
                "our_columns": list(ours.columns),
                "labels_differ": int((theirs["prediction"].astype(str).to_numpy() != ours["prediction"].astype(str).to_numpy()).sum()),
                "largest_difference": float(np.abs(theirs["probability"].to_numpy() - ours["probability"].to_numpy()).max()),
                "spread": float(theirs["probability"].max() - theirs["probability"].min()),
                "signature": [column.name for column in model.metadata.get_input_schema()],
                "run_id": model.metadata.run_id,
            }
        )
    )


main(*sys.argv[1:])
