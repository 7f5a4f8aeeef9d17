"""The checks of a validate stage with pandas, on one file: python check_data.py FILE SPEC, where SPEC is JSON:
{"target": expression for DataFrame.eval, "ranges": {column: [min, max]}, "values": {column: [...]}, "deviations": 3}.
Prints the figures as JSON, with the seconds that reading and checking took and the peak memory."""
import json
import resource
import sys
import time

import numpy as np
import pandas as pd

path, spec = sys.argv[1], json.loads(sys.argv[2])
began = time.perf_counter()
reader = {"parquet": pd.read_parquet, "csv": pd.read_csv, "json": pd.read_json}[path.rsplit(".", 1)[1]]
frame = reader(path)
deviations = spec.get("deviations", 3)


def describe(column):
    missing = int(column.isna().sum())
    figures = {"type": str(column.dtype), "missing": missing}
    try:
        figures["distinct"] = int(column.nunique())
    except TypeError:  # lists and the like
        return figures
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return figures
    mean, deviation = column.mean(), column.std()  # ddof=1
    return {
        **figures,
        "min": float(column.min()),
        "max": float(column.max()),
        "mean": float(mean),
        "standardDeviation": float(deviation),
        "outliers": int(((column - mean).abs() > deviations * deviation).sum()),
        "infinite": int(np.isinf(column.to_numpy(dtype=float, na_value=np.nan)).sum()),
    }


figures = {
    "rows": len(frame),
    "columns": {name: describe(frame[name]) for name in frame.columns},
    "outOfRange": {name: int(((frame[name] < low) | (frame[name] > high)).sum()) for name, (low, high) in spec.get("ranges", {}).items()},
    "notAllowed": {name: int((~frame[name].isin(allowed) & frame[name].notna()).sum()) for name, allowed in spec.get("values", {}).items()},
}
if "target" in spec:
    shares = frame.eval(spec["target"]).value_counts(normalize=True)
    # a condition has the classes 0 and 1
    figures["classes"] = {
        str(int(value)) if isinstance(value, (bool, np.bool_)) else str(value).lower(): float(share) for value, share in shares.items()
    }
figures["duplicates"] = int(frame.duplicated().sum())
figures["seconds"] = time.perf_counter() - began
figures["peakMegabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(figures))
