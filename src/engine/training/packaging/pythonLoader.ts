/** The Python module that MLflow loads our models with: dates, texts and missing values from pandas, the same columns out as from us. */
import { missingText } from '../../data/columns.ts';

/** The module's name inside the model's `code` folder. */
export const loaderModule = 'millwright_model';

export const loaderSource = `"""Loads a Millwright model for MLflow's python_function flavor: raw columns in, predictions out."""

import hashlib
import json
import os

import numpy as np
import onnxruntime
import pandas as pd

MISSING_TEXT = "${missingText}"


def _load_pyfunc(path):
    return MillwrightModel(path if os.path.isdir(path) else os.path.dirname(path))


class MillwrightModel:
    def __init__(self, folder):
        with open(os.path.join(folder, "millwright.json"), encoding="utf-8") as file:
            self.description = json.load(file)
        with open(os.path.join(folder, "model.onnx"), "rb") as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != self.description["digest"]:
            raise ValueError("model.onnx is not the file that was trained: its SHA-256 differs")
        self.session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])

    def predict(self, data, params=None):
        """One row of predictions per row of data: prediction, and the probability of the class or classes."""
        frame = data if isinstance(data, pd.DataFrame) else pd.DataFrame(data)
        feeds = {column["name"]: _tensor(frame, column) for column in self.description["inputs"]}
        results = self.session.run(None, feeds)
        if self.description["task"] == "regression":
            return pd.DataFrame({"prediction": results[0].reshape(-1)}, index=frame.index)
        labels, probabilities = results
        columns = {"prediction": labels}
        if self.description["task"] == "binary":
            columns["probability"] = probabilities[:, 1]
        else:
            for index, name in enumerate(self.description["classes"]):
                columns["probability_" + name] = probabilities[:, index]
        return pd.DataFrame(columns, index=frame.index)


def _tensor(frame, column):
    name = column["name"]
    if name not in frame.columns:
        raise ValueError(f"the model needs the column {name!r}; the data has {list(frame.columns)}")
    series = frame[name]
    convert = {"double": _numbers, "int64": _times, "string": _texts}[column["tensor"]]
    return convert(series).reshape(-1, 1)


def _numbers(series):
    if series.dtype == object:
        return np.array([np.nan if pd.isna(value) else float(value) for value in series], dtype="float64")
    return series.to_numpy(dtype="float64", na_value=np.nan)


def _times(series):
    """Microseconds since 1970 UTC; times without a zone are UTC; NaT is the smallest int64."""
    times = pd.to_datetime(series, utc=True).dt.tz_localize(None)
    return times.to_numpy().astype("datetime64[us]").astype("int64")


def _texts(series):
    return np.array([_text(value) for value in series], dtype=object)


def _text(value):
    if pd.isna(value):
        return MISSING_TEXT
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)
`;
