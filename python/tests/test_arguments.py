"""Whatever the public functions are given, what they can't take is nnq.Error in words."""

import json

import numpy as np
import onnx
import onnx.numpy_helper
import pytest
from conftest import save_onnx
from onnx import helper

import nnq
from nnq import evaluation

NOTHING = object()
ODD = [None, 0, -1, 1.5, True, "", "\0", "\udcff", b"bytes", (), [], {}, set(), {1}, {1: 2}, np.array([]), np.float32(1), NOTHING, float("nan"), int]


def refused(function, *arguments, **options):
    """Fails unless the call succeeds or raises nnq.Error with words."""
    try:
        return function(*arguments, **options)
    except nnq.Error as error:
        assert len(str(error).split()) >= 3, str(error)
        return error


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    nodes = [helper.make_node("Gemm", ["x", "w"], ["y"], name="layer")]
    return save_onnx(tmp_path_factory.mktemp("model") / "m.onnx", nodes, {"x": [1, 4]}, {"y": [1, 2]}, {"w": np.ones((4, 2), np.float32)})


@pytest.fixture(scope="module")
def samples():
    return np.random.default_rng(0).standard_normal((8, 1, 4)).astype(np.float32)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory, model):
    return nnq.compile(model, quantization=nnq.Float(), output=tmp_path_factory.mktemp("compiled") / "out")


@pytest.mark.parametrize("settings, names", [
    (nnq.Int8, "weight_granularity activations range_method percentile correction input_bits keep_float rules equalize"),
    (nnq.Int4, "wide rounding weight_block"),
    (nnq.Codebook, "entries levels weight_block"),
    (nnq.Mixed, "bit_widths budgets metric candidates sensitivity samples"),
])
def test_settings(settings, names):
    for name in names.split():
        for value in ODD:
            base = {"budgets": {"bytes": "75%"}} if settings is nnq.Mixed and name != "bit_widths" else {}
            refused(settings, **(base | {name: value}))
    assert "is no regular expression" in str(refused(nnq.Int4, wide=["("]))


@pytest.mark.parametrize("name", "statistics moments quantization target threads dims name profile constants".split())
def test_compile(tmp_path, model, samples, name):
    for value in ODD:
        refused(nnq.compile, model, samples, output=tmp_path / "out", **{name: value})


def test_compile_of_no_model_and_to_no_folder(model, samples, tmp_path):
    for value in ODD:
        assert isinstance(refused(nnq.compile, value, samples, output=tmp_path / "out"), nnq.Error)
        if value is not None:
            assert isinstance(refused(nnq.compile, model, samples, output=value), nnq.Error)


def test_samples_that_are_none(model, samples):
    odd = [*ODD, [[1, 2], [3]], {"x": [[1, 2], [3]]}, {"x": None}, {"x": "text"}, {"y": samples}, samples.astype(np.float64), samples.astype(object),
           samples[:0], samples.reshape(-1), samples[..., :3], {"x": samples, "y": samples}, np.full((2, 1, 4), np.nan, np.float32)]
    for value in odd:
        if value is not None:
            assert isinstance(refused(nnq.compile, model, value), nnq.Error), value


def test_runs_with_what_the_model_does_not_take(compiled):
    odd = [*ODD, [None], ["text"], {"x": None}, {"y": np.zeros((1, 4), np.float32)}, np.zeros((2, 4), np.float32), np.zeros((1, 4), np.int8), [[1, 2], [3]]]
    for value in odd:
        assert isinstance(refused(compiled, value), nnq.Error), value
        assert isinstance(refused(compiled.run, value), nnq.Error), value


def test_folders_that_hold_no_model(tmp_path):
    for value in [*ODD, tmp_path]:
        assert isinstance(refused(nnq.Model, value), nnq.Error)
    (tmp_path / "manifest.json").write_text("[]")
    assert isinstance(refused(nnq.Model, tmp_path), nnq.Error)


@pytest.mark.parametrize("name", "calibration output first_sample statistics quantization dims constants".split())
def test_calibrate(tmp_path, model, samples, name):
    for value in ODD:
        options = {"calibration": samples, "output": tmp_path / "s.json"} | {name: value}
        refused(nnq.calibrate, model, options.pop("calibration"), options.pop("output"), **options)


def test_merge(tmp_path, model, samples):
    for value in [*ODD, "file.json", [1], [None]]:
        assert isinstance(refused(nnq.merge, value, tmp_path / "out"), nnq.Error), value
    nnq.calibrate(model, samples, tmp_path / "a.json")
    text = json.loads((tmp_path / "a.json").read_text())
    text["tensors"]["other"] = text["tensors"].popitem()[1]
    (tmp_path / "b.json").write_text(json.dumps(text))
    error = refused(nnq.merge, [tmp_path / "a.json", tmp_path / "b.json"], tmp_path / "out")
    assert "b.json: has statistics of another network than" in str(error) and "is in one of them only" in str(error)
    assert not (tmp_path / "out").exists()


def test_statistics_of_other_weights_under_the_same_names(tmp_path, model, samples):
    network = onnx.load(model)
    for tensor in network.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT:
            values = onnx.numpy_helper.to_array(tensor)
            tensor.CopyFrom(onnx.numpy_helper.from_array(2 * values, tensor.name))
    onnx.save(network, tmp_path / "other.onnx")
    onnx.save(onnx.load(model), tmp_path / "same.onnx")  # another path and file, the same network
    for index, name in enumerate(("same", "other")):
        nnq.calibrate(tmp_path / f"{name}.onnx", samples, tmp_path / f"{name}.json", first_sample=100 * (index + 1))
    nnq.calibrate(model, samples, tmp_path / "a.json")
    nnq.merge([tmp_path / "a.json", tmp_path / "same.json"], tmp_path / "whole.json")
    error = refused(nnq.merge, [tmp_path / "a.json", tmp_path / "other.json"], tmp_path / "out")
    assert "other.json: statistics of two networks do not add up" in str(error) and not (tmp_path / "out").exists()


def test_evaluate(compiled, samples):
    for value in ODD:
        refused(evaluation.evaluate, compiled, value)
        refused(evaluation.evaluate, compiled, samples, labels=value)


def test_reports_of_figures_that_are_not_finite_are_json(tmp_path):
    """Infinite constants reach the outputs, and NaN where they are subtracted; the manifest says so in JSON."""
    weights = {"w": np.ones((4, 2), np.float32), "mask": np.float32([0, -np.inf])}
    nodes = [helper.make_node("Gemm", ["x", "w"], ["h"]), helper.make_node("Add", ["h", "mask"], ["y"]), helper.make_node("Sub", ["y", "y"], ["z"])]
    model = save_onnx(tmp_path / "m.onnx", nodes, {"x": [1, 4]}, {"y": [1, 2], "z": [1, 2]}, weights)
    compiled = refused(nnq.compile, model, np.ones((4, 1, 4), np.float32), output=tmp_path / "out")
    if not isinstance(compiled, nnq.Error):
        json.loads((tmp_path / "out" / "manifest.json").read_text(), parse_constant=pytest.fail)
