#!/usr/bin/env bash
# Surprise:  ONNX Runtime's float32 Sigmoid is exactly 0 for every score below about -18, and on the way there it is more than twice what
#            it should be and falls where the score rises. Softmax over (0, score), the same formula, stays right to 5 digits or more.
# Package:   onnxruntime 1.32.0 from PyPI (onnx 1.23.2 writes the graphs).
# Observed:  Sigmoid(-17) 8.9e-08 where 4.1e-08 is right, Sigmoid(-20.4) 0 where 1.4e-09 is right; of 100,000 steps between -20 and -10
#            about a quarter fall. numpy's 1 / (1 + exp(-x)) in float32 is right to 5 digits or more at all of them.
# My guess:  a relative error of about 1e-6, as float32 has room for (it goes down to 1e-38), and an order that is kept.
# It hurt:   rare events all get the probability 0, so log loss is infinite and rankings tie or turn; tests that compare by an
#            absolute tolerance (1e-6) between Python and the exported model cannot see it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

onnxruntime.set_default_logger_severity(3)


def run(operator, x, shape):
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph([helper.make_node(operator, ["x"], ["y"])], "g", [value("x")], [value("y")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]


print("onnxruntime", onnxruntime.__version__, "numpy", np.__version__)
scores = np.array([-10, -13.7, -15, -17, -18.5, -20.4, -30], np.float32)
sigmoid = run("Sigmoid", scores, ["n"])
softmax = run("Softmax", np.stack([np.zeros_like(scores), scores], axis=1), ["n", 2])[:, 1]
plain = 1 / (1 + np.exp(-scores))
right = 1 / (1 + np.exp(-scores.astype(np.float64)))
print("score      Sigmoid    Softmax      numpy    float64")
for row in zip(scores, sigmoid, softmax, plain, right):
    print(f"{row[0]:5.1f}" + "".join(f"{value:11.3e}" for value in row[1:]))

rising = np.linspace(-20, -10, 100_001).astype(np.float32)
falls = int((np.diff(run("Sigmoid", rising, ["n"])) < 0).sum())
print("steps from -20 to -10 at which Sigmoid falls:", falls, "of 100000")

worst = lambda values: float(np.max(np.abs(values / right - 1)))
same = (sigmoid[-3:] == 0).all() and worst(softmax) < 1e-5 and worst(plain) < 1e-5 and falls > 0
sys.exit(0 if same else "The behaviour changed.")
PY
