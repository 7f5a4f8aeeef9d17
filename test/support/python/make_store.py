"""Fills mlflow.db of the present folder with what projects of MLflow hold besides plain runs. Prints what MLflow says of it."""
import json
import os
import warnings

warnings.simplefilter("ignore")
import logging

logging.disable(logging.WARNING)
import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.data.meta_dataset import MetaDataset

newest = not mlflow.__version__.startswith("2.")
if newest:
    os.environ["MLFLOW_ENABLE_WORKSPACES"] = "true"
    mlflow.set_workspace("default")
mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("exp")
client = MlflowClient()
frame = pd.DataFrame({"x": [1.0, 2.0]})
found = {}

with mlflow.start_run(run_name="whole") as run:
    found["whole"] = run.info.run_id
    mlflow.log_metrics({"acc": 0.9, "nan": float("nan"), "inf": float("inf"), "ninf": float("-inf"), "accuracy_score_X": 1.0})
    mlflow.log_input(mlflow.data.from_pandas(frame, name="code"), context="training", tags={"role": "main"})
    mlflow.log_input(mlflow.data.from_pandas(frame, name="local", source="d.csv"), context="eval")
    mlflow.log_input(mlflow.data.from_pandas(frame, name="http", source="https://example.com/d.csv"))
    mlflow.log_input(mlflow.data.from_pandas(frame, name="s3", source="s3://bucket/d.csv"))
    from mlflow.data.delta_dataset_source import DeltaDatasetSource
    from mlflow.data.huggingface_dataset_source import HuggingFaceDatasetSource
    from mlflow.data.spark_dataset_source import SparkDatasetSource

    for name, source in {
        "hf": HuggingFaceDatasetSource(path="imdb", split="train", config_name="plain"),
        "sql": SparkDatasetSource(sql="SELECT *\n  FROM t"),
        "table": SparkDatasetSource(table_name="db.t"),
        "delta": DeltaDatasetSource(path="/delta/t"),
    }.items():
        mlflow.log_input(MetaDataset(source, name=name))
    if newest:
        from mlflow.entities import LoggedModelInput, LoggedModelOutput

        made = mlflow.initialize_logged_model(name="clf", source_run_id=run.info.run_id, params={"C": "1"})
        mlflow.finalize_logged_model(made.model_id, "READY")
        broken = mlflow.initialize_logged_model(name="broken", source_run_id=run.info.run_id)
        mlflow.finalize_logged_model(broken.model_id, "FAILED")
        read = mlflow.initialize_logged_model(name="base")
        mlflow.finalize_logged_model(read.model_id, "READY")
        client.log_outputs(run.info.run_id, [LoggedModelOutput(each.model_id, step=0) for each in (made, broken)])
        client.log_inputs(run.info.run_id, models=[LoggedModelInput(read.model_id)])
        mlflow.log_metric("f1", 0.8, model_id=made.model_id)
        mlflow.log_metric("bad", float("nan"), model_id=made.model_id)
        found["made"] = made.model_id
    else:
        mlflow.pyfunc.log_model("clf", python_model=lambda model_input: model_input, pip_requirements=[])

with mlflow.start_run(run_name="parent"), mlflow.start_run(run_name="child", nested=True):
    pass
with mlflow.start_run(run_name="dead") as dead:
    found["dead"] = dead.info.run_id
client.delete_run(dead.info.run_id)

client.create_registered_model("mod")
for _ in range(4):
    client.create_model_version("mod", f"{os.getcwd()}/nowhere", run.info.run_id)
client.set_registered_model_alias("mod", "champion", 1)
for version, stage in ((1, "Production"), (2, "Staging"), (3, "Archived")):
    client.transition_model_version_stage("mod", version, stage)
client.create_registered_model("empty")
if newest:
    mlflow.genai.register_prompt(name="greet", template="Hello {{name}}")
    mlflow.create_workspace(name="team-b")
    mlflow.set_workspace("team-b")
    mlflow.set_experiment("exp")
    with mlflow.start_run(run_name="in-team-b"):
        pass
    MlflowClient().create_registered_model("other")
print(json.dumps(found))
