"""The fuzzer of float graphs: it repeats itself, and finds wrong values, noise that no range justifies, and what was written."""

import subprocess
import sys

import numpy as np
import onnx
import pytest
from conftest import ROOT
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(ROOT / "fuzz"))

from common.choices import Choices  # noqa: E402
from common.peer import PeerRefuses  # noqa: E402
from common.verdict import FAILED, OK  # noqa: E402
from floats import runner, variants  # noqa: E402
from floats.generate import generate  # noqa: E402
from floats.graph import CALIBRATED, JUDGED, FloatGraph, Marks  # noqa: E402
from nnq import pipelines  # noqa: E402
from nnq.loaded import import_prepared  # noqa: E402


def run_fuzzer(*arguments):
    command = [sys.executable, ROOT / "fuzz" / "float_graphs.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def samples(*shape, scale=1.0):
    return (np.random.default_rng(3).standard_normal((CALIBRATED + JUDGED, *shape)) * scale).astype(np.float32)


def judged(graph, peer=None):
    return runner.Runner(peer or runner.Reference()).run(graph.model().SerializeToString(), graph.feeds())


def small_graph():
    """A product, a Relu, and a second product."""
    g, random = FloatGraph(13), np.random.default_rng(1)
    x = g.new_input((4, 16), samples(4, 16), 4.0)
    h = g.compute("MatMul", [x, g.weight(random.standard_normal((16, 16)) / 4, 1)], (4, 16), 4.0)
    r = g.exact("Relu", [h], (4, 16), 4.0)
    g.compute("MatMul", [r, g.weight(random.standard_normal((16, 8)) / 4, 1)], (4, 8), 4.0)
    return g


@pytest.mark.parametrize("arguments", [("--seed", 1, "--count", 50), ("--seed", 2, "--count", 30, "--float")])
def test_graphs_are_right(tmp_path, arguments):
    result = run_fuzzer(*arguments, "--output", tmp_path, "--reduce", 0)
    assert result.returncode == 0, result.stdout + result.stderr
    assert " 0 failed" in result.stdout


#
# Graphs
#


def test_a_seed_is_a_graph():
    for seed in range(60):
        first, second = Choices(seed), Choices(seed)
        model = generate(first).model().SerializeToString()
        assert model == generate(second).model().SerializeToString()
        assert model == generate(Choices(given=first.taken)).model().SerializeToString()


def test_graphs_are_valid_models():
    for seed in range(60):
        model = generate(Choices(seed)).model()
        if max(opset.version for opset in model.opset_import) <= onnx.defs.onnx_opset_version():
            onnx.checker.check_model(model)


def test_no_decisions_make_the_simplest_graph():
    assert len(generate(Choices(given=[])).nodes) <= 2


@pytest.mark.parametrize("is_read", [False, True])
def test_the_inside_of_a_spelling_is_rounded_for_others_alone(is_read):
    g = FloatGraph(13)
    x = g.new_input((4,), samples(4), 4.0)
    with g.spelling():
        e = g.compute("Exp", [x], (4,), 4.0)
        y = g.compute("Log", [e], (4,), 4.0)
    if is_read:
        g.exact("Neg", [e], (4,), 4.0)
    marks, data, step = Marks.of(g.model()), g.data["x0"][0], 64 / 255
    assert set(marks.rounded) >= {x.name, e.name, y.name} and marks.inexact == [e.name, y.name]
    rounded = variants.rounded(g.model(), {e.name: (0.0, 64.0)}, {}, marks.spellings)
    assert np.allclose(evaluated(rounded, data), data, atol=1e-5)
    if is_read:
        found = evaluated(rounded, data, output=1)
        assert np.allclose(found / step, np.rint(found / step), atol=1e-3) and not np.allclose(found, -np.exp(data), atol=1e-3)


def test_samples_do_not_narrow_ranges_by_definition():
    g = FloatGraph(13)
    s = g.compute("Sigmoid", [g.new_input((4,), samples(4), 4.0)], (4,), 1.0)
    assert Marks.of(g.model()).defined == {s.name: [0.0, 1.0]}


@pytest.mark.parametrize("is_read", [False, True])
def test_a_concatenation_is_rounded_where_something_computes_with_it(is_read):
    g = FloatGraph(13)
    x = g.new_input((2, 4), samples(2, 4), 4.0)
    both = g.concat([x, g.exact("Neg", [x], (2, 4), 4.0)], 1)
    if is_read:
        g.exact("Relu", [g.transpose(both, [1, 0])], (8, 2), 4.0)
    assert (both.name in Marks.of(g.model()).rounded) == is_read


#
# What rounding does
#


def evaluated(model, array, output=0):
    return import_prepared(model.SerializeToString(), "m.onnx").interpret([array])[output]


def test_a_rounded_model_has_the_steps_of_its_ranges():
    g = FloatGraph(13)
    x = g.new_input((4, 16), samples(4, 16), 4.0)
    g.exact("Relu", [x], (4, 16), 4.0)
    found = evaluated(variants.rounded(g.model(), {x.name: (-4.0, 4.0)}, {}, []), g.data[x.name][0])
    step = np.float32(8 / 255)
    assert np.allclose(found / step, np.rint(found / step), atol=1e-3) and len(np.unique(found)) > 16


def test_weights_are_rounded_with_a_scale_for_each_channel():
    weights = np.random.default_rng(2).standard_normal((6, 5)).astype(np.float32) * np.float32([1, 100, 1e-3, 1, 1])
    found = variants.rounded_weights(weights, 1)
    step = np.abs(weights).max(0) / 127
    assert (np.abs(found - weights) <= step * 0.5001).all() and not np.array_equal(found, weights)


def test_a_shaken_model_differs_by_rounding_errors():
    g = small_graph()
    model, x = g.model(), g.data["x0"][0]
    for sign in (1, -1):
        moved = evaluated(variants.shaken(model, Marks.of(model).inexact, variants.shapes_of(model), sign), x)
        difference = np.abs(moved - evaluated(model, x)).max()
        assert 1e-8 < difference < 1e-4


def test_what_cancels_in_a_normalization_is_shaken():
    g = FloatGraph(13)
    x = g.new_input((1, 2, 3), np.ones((12, 1, 2, 3)), 1.0)
    constants = [g.constant(np.full(2, value, np.float32)) for value in (1, 0, 1, 1)]
    g.compute("BatchNormalization", [x, *constants], x.shape, 4.0)
    model = g.model()
    moved = evaluated(variants.shaken(model, Marks.of(model).inexact, variants.shapes_of(model), 1), g.data["x0"][0])
    assert 2**-22 < np.abs(moved - evaluated(model, g.data["x0"][0])).max() < 2**-18


#
# Verdicts
#


def test_a_graph_is_right():
    assert judged(small_graph()).kind == OK


class OtherPeer(runner.Reference):
    """Says what the reference says, but for the outputs."""

    def __init__(self, change):
        self.change = change

    def run_all(self, model, runs, mode=None):
        return [{name: self.change(array) for name, array in run.items()} for run in super().run_all(model, runs)]


def test_a_wrong_value_is_found():
    def change(array):
        result = array.copy()
        result.flat[3] += 1e-3
        return result

    verdict = judged(small_graph(), OtherPeer(change))
    assert (verdict.kind, verdict.stage) == (FAILED, "float") and "4 of 128 elements differ by more than" in verdict.text


def test_noise_that_no_range_justifies_is_found(monkeypatch):
    """Stands for a compiler that gives a tensor the range of another: all ranges are a hundred times too wide."""
    observe = runner.load_compiler().Calibration.observe

    class Wide(runner.load_compiler().Calibration):
        def observe(self, name, values, index):
            observe(self, name, np.ascontiguousarray(values * 100), index)

    class Compiler:
        Calibration = Wide

    monkeypatch.setattr(runner, "load_compiler", lambda: Compiler)
    verdict = judged(small_graph())
    assert (verdict.kind, verdict.stage) == (FAILED, "int8, far below") and "and the floor is" in verdict.text


def test_an_error_behind_the_importer_is_found(monkeypatch):
    monkeypatch.setattr(pipelines, "quantize", lambda *_: pipelines.Step(lambda module: module.run_pipeline("nnq-no-such-pass"), ""))
    verdict = judged(small_graph())
    assert (verdict.kind, verdict.stage) == (FAILED, "quantize") and "nnq-no-such-pass" in verdict.text


def test_what_the_peer_refuses_is_counted():
    class Refusing(runner.Reference):
        def run_all(self, model, runs, mode=None):
            raise PeerRefuses("no kernel")

    verdict = judged(small_graph(), Refusing())
    assert (verdict.kind, verdict.stage, verdict.peer) == (OK, "not judged", "no kernel")


def test_a_file_is_judged_like_its_graph(tmp_path):
    g = small_graph()
    path = tmp_path / "g.onnx"
    onnx.save(g.model(), str(path))
    np.savez(path.with_suffix(".npz"), **g.feeds())
    result = run_fuzzer("--replay", path)
    assert (result.returncode, result.stdout) == (0, f"{path}: ok\n"), result.stderr


def test_a_model_without_marks_is_judged_in_float(tmp_path):
    tensors = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 4]) for name in ("x", "y")]
    weights = [numpy_helper.from_array(np.ones((1, 4), np.float32), "w")]
    graph = helper.make_graph([helper.make_node("Mul", ["x", "w"], ["y"])], "g", tensors[:1], tensors[1:], weights)
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)])
    assert runner.Runner(runner.Reference()).run(model.SerializeToString(), {"x": samples(1, 4)}).kind == OK
