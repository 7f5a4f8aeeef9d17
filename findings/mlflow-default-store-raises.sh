#!/usr/bin/env bash
# Surprise:  in a folder with a current mlflow.db, one old file mlruns/0/meta.yaml is enough for MLflow to choose the file store as
#            its default and then refuse to open the store that it has just chosen: every call raises.
# Package:   mlflow-skinny 3.17.2 from PyPI (with sqlalchemy 2.1.9 and alembic 1.20.1), nothing configured.
# Observed:  before the file: get_tracking_uri() is sqlite:///.../mlflow.db and the run in it is found. After it: file:///.../mlruns,
#            and search_runs raises MlflowException "The filesystem tracking backend ... is in maintenance mode".
# My guess:  that a folder's database, which MLflow wrote there by default, stays its store; or that a default which cannot be used
#            is not chosen.
# It hurt:   mlruns is never cleaned up and comes along in old projects, so the documented way to look at runs ("mlflow ui", no flag)
#            fails after an upgrade, and the message tells to migrate the old runs, not that the new ones are there.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
  mlflow-skinny==3.17.2 sqlalchemy==2.1.9 alembic==1.20.1 numpy==2.4.6 pandas==3.1.1
unset MLFLOW_TRACKING_URI MLFLOW_ALLOW_FILE_STORE
mkdir "$work/project"
cd "$work/project"
export GIT_PYTHON_REFRESH=quiet
cat >"$work/ask.py" <<'PY'
import logging
import sys

import mlflow

logging.disable(logging.WARNING)
if sys.argv[1] == "write":
    print("mlflow", mlflow.__version__)
    with mlflow.start_run(run_name="new"):
        mlflow.log_metric("loss", 0.25)
uri = mlflow.get_tracking_uri()
print("default store:", uri.split(":")[0], uri.rsplit("/", 1)[1])
try:
    print("runs:", [run.info.run_name for run in mlflow.search_runs(output_format="list")])
except mlflow.MlflowException as error:
    print("raised:", str(error)[:95])
PY
"$work/venv/bin/python" "$work/ask.py" write >"$work/before"
mkdir -p mlruns/0
printf '%s\n' 'artifact_location: mlruns/0' "experiment_id: '0'" 'lifecycle_stage: active' 'name: Default' >mlruns/0/meta.yaml
"$work/venv/bin/python" "$work/ask.py" read >"$work/after"
echo '- mlflow.db alone'
cat "$work/before"
echo '- mlflow.db and mlruns/0/meta.yaml'
cat "$work/after"
if ! grep -q "^runs: \['new'\]" "$work/before" || ! grep -q '^default store: file mlruns' "$work/after" ||
  ! grep -q '^raised: .*maintenance mode' "$work/after"; then
  echo 'The behaviour changed.' >&2
  exit 1
fi
