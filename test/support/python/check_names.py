"""Prints which of the given names the MLflow client accepts, and the schema of the database that it makes itself."""

import json
import sys

from mlflow.utils.validation import _validate_metric_name, _validate_param, _validate_tag_name


def accepted(check, name):
    try:
        check(name)
        return True
    except Exception:
        return False


def main(path):
    with open(path, encoding="utf-8") as file:
        names = json.load(file)
    checks = [_validate_metric_name, _validate_tag_name, lambda name: _validate_param(name, "x")]
    print(json.dumps([[accepted(check, name) for check in checks] for name in names]))


main(sys.argv[1])
