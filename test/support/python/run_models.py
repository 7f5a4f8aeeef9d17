"""Runs models of Millwright's on the tensors that lie beside them, and prints what they say."""

import json
import os
import sys

import numpy as np
import onnxruntime


def main(listing):
    with open(listing, encoding="utf-8") as file:
        folders = json.load(file)
    print(json.dumps({folder: run(folder) for folder in folders}))


def run(folder):
    session = onnxruntime.InferenceSession(os.path.join(folder, "model.onnx"), providers=["CPUExecutionProvider"])
    with open(os.path.join(folder, "feeds.json"), encoding="utf-8") as file:
        feeds = {name: tensor(**described) for name, described in json.load(file).items()}
    outputs = zip(session.get_outputs(), session.run(None, feeds))
    return [{"name": output.name, "isText": values.dtype == object, "values": plain(values)} for output, values in outputs]


def tensor(type, values):
    if type == "string":
        return np.array(values, dtype=object).reshape(-1, 1)
    if type == "int64":
        return np.array([int(value) for value in values], dtype="int64").reshape(-1, 1)
    return np.array([float(value) for value in values], dtype="float64").reshape(-1, 1)


def plain(values):
    if values.dtype == object or values.dtype == np.int64:
        return [str(value) for value in values.reshape(-1)]
    numbers = values.reshape(-1).tolist()
    return [value if np.isfinite(value) else str(value).replace("inf", "Infinity").replace("nan", "NaN") for value in numbers]


main(*sys.argv[1:])
