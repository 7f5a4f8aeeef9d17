"""Loads the versions of a registered model, which Millwright made of a command's ONNX file, by mlflow.onnx and mlflow.pyfunc."""

import hashlib
import json
import sys

import mlflow
import numpy as np
import onnxruntime
import pandas


def main(name, alias):
    frame = pandas.DataFrame({"a": [0.1, 0.4, 0.9], "b": [0.2, 0.3, 0.1]})
    rows = frame.to_numpy(dtype="float32")
    versions = {}
    for version in mlflow.MlflowClient().search_model_versions(f"name = '{name}'"):
        onnx_model = mlflow.onnx.load_model(f"models:/{name}/{version.version}")
        content = onnx_model.SerializeToString()
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        direct = session.run(None, {session.get_inputs()[0].name: rows})[0]
        path = mlflow.artifacts.download_artifacts(f"models:/{name}/{version.version}")
        with open(f"{path}/model.onnx", "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        versions[str(version.version)] = {"numbers": direct.reshape(-1).tolist(), "digest": digest}
    loaded = mlflow.pyfunc.load_model(f"models:/{name}@{alias}")
    predicted = next(iter(loaded.predict(rows).values())) if isinstance(loaded.predict(rows), dict) else loaded.predict(rows)
    of_frame = loaded.predict(frame.astype("float32"))  # the signature asks for what the graph takes
    of_frame = next(iter(of_frame.values())) if isinstance(of_frame, dict) else of_frame
    print(
        json.dumps(
            {
                "versions": versions,
                "predicted": np.asarray(predicted).reshape(-1).tolist(),
                "of_frame": np.asarray(of_frame).reshape(-1).tolist(),
            }
        )
    )


main(*sys.argv[1:])
