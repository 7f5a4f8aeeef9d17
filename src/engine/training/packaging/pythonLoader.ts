/** The Python module that MLflow loads our models with: dates, texts and missing values from pandas, the same columns out as from us. */
import { missingText } from '../../data/rows/columns.ts';

/** The module's name inside the model's `code` folder. */
export const loaderModule = 'millwright_model';

export const loaderSource = `"""Loads a Millwright model for MLflow's python_function flavor: raw columns in, predictions out."""

import datetime
import decimal
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
            for index, name in enumerate(_probability_names(self.description["classes"])):
                columns[name] = probabilities[:, index]
        return pd.DataFrame(columns, index=frame.index)


def _probability_names(classes):
    """As Millwright names columns: of those that differ in upper and lower case only, the later ones end in _2, _3, ..."""
    taken = {}
    for name in classes:
        name = "probability_" + name.replace("\\0", " ")
        distinct, count = name, 1
        while distinct.lower() in taken:
            count += 1
            distinct = f"{name}_{count}"
        taken[distinct.lower()] = distinct
    return list(taken.values())


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
    missing = np.datetime64("NaT")
    if series.dtype == object and pd.api.types.infer_dtype(series, skipna=True) == "date":
        return np.array([missing if pd.isna(value) else value for value in series], dtype="datetime64[us]").astype("int64")
    times = pd.to_datetime(series, utc=True, format="ISO8601").dt.tz_localize(None)
    micros = times.to_numpy(dtype="datetime64[us]", na_value=missing)
    if "ns" in str(times.dtype):  # NumPy rounds down, Millwright towards 1970
        is_rounded = times.to_numpy(dtype="datetime64[ns]", na_value=missing) > micros
        micros = np.where(is_rounded & (micros < np.datetime64(0, "us")), micros + 1, micros)
    return micros.astype("int64")


def _texts(series, stored):
    if stored == "DATE" or stored.startswith("TIMESTAMP"):
        return _time_texts(series)
    spell = _spelling(stored)
    return np.array([MISSING_TEXT if pd.isna(value) else _as_text(value, spell) for value in series], dtype=object)


def _time_texts(series):
    texts = np.datetime_as_string(_times(series).view("datetime64[us]"))
    return np.array([MISSING_TEXT if text == "NaT" else _without_zeros(text.replace("T", " ")) for text in texts], dtype=object)


def _as_text(value, spell):
    return value if isinstance(value, str) else spell(value)


def _spelling(stored):
    """How DuckDB writes the values of a stored type, whatever pandas makes of them."""
    if stored in ("DOUBLE", "FLOAT"):
        return _float_spelling(np.float32 if stored == "FLOAT" else np.float64)
    if stored.startswith("DECIMAL"):
        digits = int(stored.rstrip(")").split(",")[1])
        return lambda value: f"{decimal.Decimal(str(value)):.{digits}f}"
    if stored == "BOOLEAN":
        return _truth_text
    return _text


def _float_spelling(number):
    """Numbers with a fraction as levels: 1.0 is the level "1.0"; the exponent appears below 0.0001 and from 1e+16 on."""

    def spell(value):
        value = number(value)
        if not np.isfinite(value):
            return str(value)
        if value == 0 or number(1e-4) <= abs(value) < number(1e16):
            return np.format_float_positional(value, trim="0")
        return np.format_float_scientific(value, trim="-", exp_digits=2)

    return spell


def _truth_text(value):
    return "true" if value else "false"


def _text(value):
    if isinstance(value, bytes):
        return str(uuid.UUID(bytes=value))  # how Parquet holds a UUID
    if isinstance(value, (bool, np.bool_)):
        return _truth_text(value)
    if isinstance(value, (float, np.floating)):
        return str(int(value)) if float(value).is_integer() else str(value)  # pandas makes floats of integers beside a missing one
    if isinstance(value, datetime.time):
        return _without_zeros(str(value))
    return str(value)


def _without_zeros(text):
    """DuckDB's spelling of fractions of a second."""
    return text.rstrip("0").rstrip(".") if "." in text else text
`;
