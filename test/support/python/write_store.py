"""Writes runs and models with the MLflow client, and prints what was written: Millwright must read it back."""

import json
import warnings

import mlflow
import pandas
from mlflow import MlflowClient

warnings.filterwarnings("ignore")


def main():
    client = MlflowClient()
    mlflow.set_experiment("experiment of mlflow")
    with mlflow.start_run(run_name="parent", tags={"team": "alpha/β"}) as parent:
        mlflow.log_params({"max_iter": 300, "learning rate": 0.1, "path/to": "x" * 6000})
        for step, value in enumerate([0.5, float("nan"), float("inf"), float("-inf"), 0.25]):
            mlflow.log_metric("validation_log_loss", value, step=step)
        mlflow.log_metric("late", 2.0, step=7)
        mlflow.log_metric("late", 1.0, step=3)
        mlflow.log_metric("nothing", float("nan"))
        frame = pandas.DataFrame({"distance": [1.5, 2.5], "origin": ["ABQ", "ABE"]})
        mlflow.log_input(mlflow.data.from_pandas(frame, source="data/flights.csv", name="flights"), context="training")
        mlflow.log_text("hello", "notes/hello.txt")
        with mlflow.start_run(run_name="child", nested=True) as child:
            mlflow.log_metric("validation_log_loss", 0.125)
    with mlflow.start_run(run_name="thrown away") as deleted:
        pass
    client.delete_run(deleted.info.run_id)
    client.create_registered_model("flights of mlflow", tags={"owner": "ops"}, description="a model")
    source = f"{parent.info.artifact_uri}/model"
    for number in range(3):
        client.create_model_version("flights of mlflow", source=source, run_id=parent.info.run_id, tags={"n": str(number)})
    client.set_registered_model_alias("flights of mlflow", "champion", 1)
    client.set_registered_model_alias("flights of mlflow", "challenger", 3)
    client.set_registered_model_alias("flights of mlflow", "gone", 2)
    client.delete_model_version("flights of mlflow", 2)
    register_prompt = getattr(mlflow.genai, "register_prompt", None) if hasattr(mlflow, "genai") else None
    (register_prompt or mlflow.register_prompt)(name="greeting", template="Hello {{name}}")
    print(json.dumps({"parent": parent.info.run_id, "child": child.info.run_id, "deleted": deleted.info.run_id}))


main()
