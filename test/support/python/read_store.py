"""Prints, as JSON, everything that the MLflow client finds in its store: what Millwright wrote must come back field by field."""

import json
import math

from mlflow import MlflowClient
from mlflow.entities import ViewType


def number(value):
    if math.isnan(value):
        return "NaN"
    return value


def read_run(client, run):
    return {
        "id": run.info.run_id,
        "name": run.info.run_name,
        "experiment": run.info.experiment_id,
        "status": run.info.status,
        "start": run.info.start_time,
        "end": run.info.end_time,
        "lifecycle": run.info.lifecycle_stage,
        "artifact_uri": run.info.artifact_uri,
        "user": run.info.user_id,
        "params": run.data.params,
        "metrics": {key: number(value) for key, value in run.data.metrics.items()},
        "tags": run.data.tags,
        "histories": {
            key: sorted(
                ([point.step, point.timestamp, number(point.value)] for point in client.get_metric_history(run.info.run_id, key)),
                key=lambda point: point[:2],
            )
            for key in run.data.metrics
        },
        "inputs": [
            {
                "name": entry.dataset.name,
                "digest": entry.dataset.digest,
                "source_type": entry.dataset.source_type,
                "source": entry.dataset.source,
                "schema": entry.dataset.schema,
                "profile": entry.dataset.profile,
                "tags": {tag.key: tag.value for tag in entry.tags},
            }
            for entry in run.inputs.dataset_inputs
        ],
        "artifacts": sorted(item.path for item in client.list_artifacts(run.info.run_id)),
    }


def read_model(client, model):
    versions = client.search_model_versions(f"name='{model.name}'")
    return {
        "name": model.name,
        "aliases": {alias: str(version) for alias, version in model.aliases.items()},
        "tags": model.tags,
        "versions": [
            {
                "version": str(version.version),
                "source": version.source,
                "download": client.get_model_version_download_uri(model.name, version.version),
                "run_id": version.run_id,
                "description": version.description,
                "status": version.status,
                "created": version.creation_timestamp,
                "tags": version.tags,
                "aliases": list(client.get_model_version(model.name, version.version).aliases),
            }
            for version in sorted(versions, key=lambda version: int(version.version))
        ],
    }


def main():
    client = MlflowClient()
    experiments = client.search_experiments(view_type=ViewType.ALL)
    runs = client.search_runs([experiment.experiment_id for experiment in experiments], run_view_type=ViewType.ALL, max_results=1000)
    print(
        json.dumps(
            {
                "experiments": {
                    experiment.experiment_id: [experiment.name, experiment.artifact_location, experiment.lifecycle_stage]
                    for experiment in experiments
                },
                "runs": {run.info.run_id: read_run(client, run) for run in runs},
                "models": {model.name: read_model(client, model) for model in client.search_registered_models()},
            }
        )
    )


main()
