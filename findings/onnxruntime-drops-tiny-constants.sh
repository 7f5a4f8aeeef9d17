#!/usr/bin/env bash
# Surprise:  ONNX Runtime's graph optimization removes Add, Sub, Mul and Div nodes of float64 tensors whose constant is 0 or 1
#            only after rounding to float32, so the guard in log(relu(x) + 1e-50) is gone and log(0) is -inf.
# Package:   onnxruntime 1.32.0 from PyPI (onnx 1.23.2 writes the graphs).
# Observed:  with the default optimizations, Relu-Add(1e-50)-Log of 0 is -inf where -115.129 is right, and the optimized graph has no
#            Add; Abs-Mul(1 + 1e-9)-Neg of 1e9 is -1000000000 instead of -1000000001. Both are right with ORT_DISABLE_ALL.
# My guess:  that float64 constants are compared as float64, and that only an exact 0 or 1 makes a node neutral. Optimizations are
#            said to keep what a graph means.
# It hurt:   models computed in float64 for their last digits gave other answers than their own formula, without a word; the
#            optimized graph had to be saved and read to see that nodes were missing.
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


def answer(before, operator, constant, after, x, level):
    """The graph after(operator(before(x), constant)) at one x, and the operators that were left of it."""
    values = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, ["n"]) for name in ("x", "y")]
    nodes = [
        helper.make_node(before, ["x"], ["a"]),
        helper.make_node(operator, ["a", "c"], ["b"]),
        helper.make_node(after, ["b"], ["y"]),
    ]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], [helper.make_tensor("c", TensorProto.DOUBLE, [], [constant])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    options.optimized_model_filepath = "optimized.onnx"
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    (y,) = session.run(None, {"x": np.array([x])})
    return float(y[0]), "-".join(node.op_type for node in onnx.load("optimized.onnx").graph.node)


levels = onnxruntime.GraphOptimizationLevel
print("onnxruntime", onnxruntime.__version__)
changed = False
for case in (("Relu", "Add", 1e-50, "Log", 0.0), ("Abs", "Mul", 1 + 1e-9, "Neg", 1e9), ("Abs", "Div", 1 + 1e-9, "Neg", 1e9)):
    default, plain = (answer(*case, level) for level in (levels.ORT_ENABLE_ALL, levels.ORT_DISABLE_ALL))
    print(f"{case[0]}-{case[1]}({case[2]!r})-{case[3]} of {case[4]!r}: optimized {default}, not optimized {plain}")
    changed |= case[1] in default[1] or default[0] == plain[0] or case[1] not in plain[1]
sys.exit("The behaviour changed." if changed else 0)
PY
