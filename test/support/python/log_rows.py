"""One of several writers at once: logs runs with metrics, parameters, tags and a model version, and prints the runs' ids."""

import json
import sys

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException


def experiment_of(client, name):
    found = client.get_experiment_by_name(name)
    if found is not None:
        return found.experiment_id
    try:
        return client.create_experiment(name)
    except MlflowException:
        return client.get_experiment_by_name(name).experiment_id  # another writer was faster


def main(writer, runs, steps):
    client = MlflowClient()
    experiment = experiment_of(client, "shared")
    try:
        client.create_registered_model("shared")
    except MlflowException:
        pass  # another writer was faster
    ids = []
    for number in range(runs):
        run = client.create_run(experiment, run_name=f"{writer}-{number}").info.run_id
        for step in range(steps):
            client.log_batch(run, metrics=[Metric("loss", number + step / 10, step, step)])
        client.log_batch(run, params=[Param("writer", writer)], tags=[RunTag("writer", writer)])
        client.create_model_version("shared", source=f"runs:/{run}/model", run_id=run)
        client.set_terminated(run)
        ids.append(run)
    print(json.dumps(ids))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
