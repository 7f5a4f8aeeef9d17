"""Prints the runs and models that MLflow sees in a workspace. Usage: read_workspace.py NAME"""
import json
import os
import sys

os.environ["MLFLOW_ENABLE_WORKSPACES"] = "true"
import mlflow
from mlflow import MlflowClient

mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_workspace(sys.argv[1])
client = MlflowClient()
experiments = client.search_experiments()
runs = client.search_runs([each.experiment_id for each in experiments])
models = client.search_registered_models()
print(
    json.dumps(
        {
            "runs": sorted(run.info.run_name for run in runs),
            "artifacts": sorted(run.info.artifact_uri for run in runs),
            "models": sorted(model.name for model in models),
            "aliases": {model.name: model.aliases for model in models},
        }
    )
)
