"""Prints what MLflow finds of a parent run and the runs nested in it, by its own search. Argument: the parent's id."""

import json
import sys

import mlflow
from mlflow import MlflowClient

parent_id = sys.argv[1]
client = MlflowClient()
parent = client.get_run(parent_id)
frame = mlflow.search_runs(
    experiment_ids=[parent.info.experiment_id],
    filter_string=f"tags.mlflow.parentRunId = '{parent_id}'",
    order_by=["attributes.start_time ASC"],
)
children = [client.get_run(run_id) for run_id in frame["run_id"]]


def describe(run):
    return {
        "name": run.info.run_name,
        "status": run.info.status,
        "params": run.data.params,
        "metrics": run.data.metrics,
        "rounds": len(client.get_metric_history(run.info.run_id, "training_log_loss")),
        "inputs": [
            {
                "context": {tag.key: tag.value for tag in entry.tags}["mlflow.data.context"],
                "profile": json.loads(entry.dataset.profile),
            }
            for entry in run.inputs.dataset_inputs
        ],
    }


top = mlflow.search_runs(experiment_ids=[parent.info.experiment_id])
print(json.dumps({"parent": describe(parent), "children": [describe(run) for run in children], "runs": len(top)}))
