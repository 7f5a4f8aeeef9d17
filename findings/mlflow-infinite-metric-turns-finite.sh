#!/usr/bin/env bash
# Surprise:  an infinite metric logged to MLflow's default store comes back as the finite number 1.7976931348623157e308, so isinf()
#            is False, while NaN in the same run comes back as NaN, and the file store gives infinity back.
# Package:   mlflow-skinny 3.17.2 from PyPI (with sqlalchemy 2.1.9 and alembic 1.20.1).
# Observed:  sqlite: inf -> 1.797e308, -inf -> -1.797e308, nan -> nan, in get_run and in get_metric_history; a run that logged the
#            largest double itself cannot be told from it. File store: inf, -inf, nan.
# My guess:  the column can hold it (SQLite stores infinities), and NaN has a mark of its own (is_nan), so that infinity has one, too.
# It hurt:   a diverged loss is a number: math.isfinite() lets it pass, the mean of two such runs is infinite though neither is,
#            and moving from the file store to the default store changes the answer of the same script.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
  mlflow-skinny==3.17.2 sqlalchemy==2.1.9 alembic==1.20.1 numpy==2.4.6 pandas==3.1.1
unset MLFLOW_TRACKING_URI
mkdir "$work/project"
cd "$work/project"
export GIT_PYTHON_REFRESH=quiet MLFLOW_ALLOW_FILE_STORE=true
"$work/venv/bin/python" - <<'PY'
import logging
import math
import sys

import mlflow

logging.disable(logging.WARNING)
logged = {"plus": math.inf, "minus": -math.inf, "none": math.nan}


def read_back(uri):
    client = mlflow.MlflowClient(uri)
    run = client.create_run(client.create_experiment("e")).info.run_id
    for name, value in logged.items():
        client.log_metric(run, name, value)
    latest = client.get_run(run).data.metrics
    history = {name: client.get_metric_history(run, name)[0].value for name in logged}
    assert repr(sorted(latest.items())) == repr(sorted(history.items()))
    return latest


print("mlflow", mlflow.__version__)
sql = read_back("sqlite:///mlflow.db")
files = read_back("files")
print("name    logged  sqlite                    file store")
for name, value in logged.items():
    print(f"{name:8}{value!r:8}{sql[name]!r:26}{files[name]!r}")
largest = sys.float_info.max
same = sql["plus"] == largest and sql["minus"] == -largest and math.isnan(sql["none"]) and files["plus"] == math.inf
sys.exit(0 if same else "The behaviour changed.")
PY
