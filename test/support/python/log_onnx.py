"""Logs and registers an ONNX classifier through MLflow, with a signature of columns, and a scikit-learn model, which is a pickle."""

import json
import sys

import mlflow
import numpy as np
import onnx
import pandas
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression


def main(path):
    frame = pandas.read_csv(path)
    features = frame[["a", "b"]]
    fitted = LogisticRegression().fit(features, frame["kind"])
    weights = np.concatenate([-fitted.coef_, fitted.coef_]).astype("float32")
    intercepts = np.concatenate([-fitted.intercept_, fitted.intercept_]).astype("float32")
    tensor = onnx.TensorProto
    node = onnx.helper.make_node(
        "LinearClassifier",
        ["X"],
        ["label", "probabilities"],
        domain="ai.onnx.ml",
        coefficients=weights.reshape(-1).tolist(),
        intercepts=intercepts.tolist(),
        classlabels_strings=[str(name) for name in fitted.classes_],
        post_transform="LOGISTIC",
    )
    graph = onnx.helper.make_graph(
        [node],
        "logistic",
        [onnx.helper.make_tensor_value_info("X", tensor.FLOAT, [None, 2])],
        [
            onnx.helper.make_tensor_value_info("label", tensor.STRING, [None]),
            onnx.helper.make_tensor_value_info("probabilities", tensor.FLOAT, [None, 2]),
        ],
    )
    opsets = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid("ai.onnx.ml", 3)]
    model = onnx.helper.make_model(graph, producer_name="hand", producer_version="1", opset_imports=opsets, ir_version=8)
    mlflow.set_experiment("other tools")
    signature = infer_signature(features, fitted.predict(features))
    by_name = "name" if int(mlflow.__version__.split(".")[0]) > 2 else "artifact_path"
    with mlflow.start_run():
        mlflow.onnx.log_model(model, **{by_name: "logistic"}, signature=signature, registered_model_name="by-mlflow")
        mlflow.sklearn.log_model(fitted, **{by_name: "pickled"}, registered_model_name="pickled")
    client = mlflow.MlflowClient()
    for name in ("by-mlflow", "pickled"):
        client.set_registered_model_alias(name, "champion", 1)
    print(json.dumps({"probabilities": fitted.predict_proba(features)[:, 1].tolist()}))


main(*sys.argv[1:])
