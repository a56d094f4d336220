"""Operators as the ONNX standard's own test cases compute them, in numpy: compiled in float, run, and compared."""

import importlib
import re

import numpy as np
import pytest

from nnq.loaded import Loaded, import_prepared

THEMES = ("gru", "loop", "lstm", "pad", "rnn", "scan", "slice")
ACTIVATIONS = {"X", "initial_h", "initial_c", "x", "y", "initial"}
"""What stays an input; weights, pads, bounds and counts become constants."""
UNSUPPORTED = r"loop13_seq|loop16_seq_none|scan_sum|start_out_of_bounds"
"""Sequences of tensors, Scan of opset 8, an empty result."""


def node_cases():
    for name in ("bool", "float", "int", "object"):  # which the package still expects of numpy
        if name not in np.__dict__:
            setattr(np, name, getattr(__import__("builtins"), name))
    package = "onnx.backend.test.case.node"
    for theme in THEMES:
        importlib.import_module(f"{package}.{theme}")
    return [case for case in importlib.import_module(package)._NodeTestCases if not re.search(UNSUPPORTED, case.name)]


@pytest.mark.parametrize("case", node_cases(), ids=lambda case: case.name)
def test_the_standards_case(case):
    inputs = dict(zip((v.name for v in case.model.graph.input), case.data_sets[0][0]))
    constants = {name: np.asarray(array) for name, array in inputs.items() if name not in ACTIVATIONS}
    loaded = Loaded(import_prepared(case.model.SerializeToString(), case.name, constants).compile("native"))
    results = loaded.run([inputs[t.name] for t in loaded.inputs])
    for result, wanted in zip(results, case.data_sets[0][1]):
        np.testing.assert_allclose(result, wanted, rtol=1e-5, atol=1e-6)
