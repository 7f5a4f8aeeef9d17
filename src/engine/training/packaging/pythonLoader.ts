/** The Python module that MLflow loads our models with: dates, texts and missing values from pandas, the same columns out as from us. */
import { missingText } from '../../data/columns.ts';

/** The module's name inside the model's `code` folder. */
export const loaderModule = 'millwright_model';

export const loaderSource = `"""Loads a Millwright model for MLflow's python_function flavor: raw columns in, predictions out."""

import datetime
import hashlib
import json
import os
import uuid

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
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(object)
    try:
        if column["tensor"] == "double":
            values = _numbers(series)
        elif column["tensor"] == "int64":
            values = _times(series)
        else:
            values = _texts(series, column.get("storedAs", "VARCHAR"))
    except (TypeError, ValueError) as error:
        raise ValueError(f"the column {name!r} ({series.dtype}) does not fit the model: {error}") from error
    return values.reshape(-1, 1)


def _numbers(series):
    if series.dtype.kind in "mM":
        raise TypeError("numbers are needed, not times")
    if series.dtype == object:
        return np.array([np.nan if pd.isna(value) else float(value) for value in series], dtype="float64")
    return series.to_numpy(dtype="float64", na_value=np.nan)


def _times(series):
    """Microseconds since 1970 UTC; times without a zone are UTC; a missing one is the smallest int64, as in NumPy."""
    if series.dtype.kind in "biuf" and not series.isna().all():
        raise TypeError("timestamps are needed, not numbers")
    times = pd.to_datetime(series, utc=True).dt.tz_localize(None)
    return times.to_numpy(dtype="datetime64[us]", na_value=np.datetime64("NaT")).astype("int64")


def _texts(series, stored):
    as_text = _float_text(stored) if stored in ("DOUBLE", "FLOAT") else _text
    return np.array([MISSING_TEXT if pd.isna(value) else as_text(value) for value in series], dtype=object)


def _float_text(stored):
    """Numbers with a fraction as levels: 1.0 is the level "1.0"."""
    number = np.float32 if stored == "FLOAT" else np.float64
    return lambda value: value if isinstance(value, str) else str(number(value))


def _text(value):
    if isinstance(value, bytes):
        return str(uuid.UUID(bytes=value))  # how Parquet holds a UUID
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        return str(int(value)) if float(value).is_integer() else str(value)  # pandas makes floats of integers beside a missing one
    if isinstance(value, datetime.time):
        return _without_zeros(str(value))
    if isinstance(value, datetime.date):
        return _without_zeros(str(pd.Timestamp(value)))
    return str(value)


def _without_zeros(text):
    """DuckDB's spelling of fractions of a second."""
    return text.rstrip("0").rstrip(".") if "." in text else text
`;
