"""Error and time of layers: the arithmetic, and what a compilation reports of a real network."""

import json
import subprocess

import numpy as np
import pytest
from conftest import DIGITS, quantize_again, save_onnx
from onnx import helper

import nnq
from nnq import layers, pipelines
from nnq.artifacts import compile_to_measure
from nnq.extension import load_compiler
from nnq.parts import Distances, Parts
from nnq.progress import Quiet


def distance(*pairs):
    result = layers.Distance()
    for reference, found in pairs:
        result.add(np.float32(reference), np.float32(found))
    return result.sqnr_db


def test_signal_and_noise_add_up_over_samples():
    assert distance(([3, 4], [3, 3]), ([10], [10])) == pytest.approx(10 * np.log10(125), abs=1e-3)


def test_equal_tensors_have_a_number_that_json_can_hold():
    assert distance(([1, 2], [1, 2])) == layers.EQUAL_DB
    assert distance(([0, 0], [1, 2])) is None


def by_name(model):
    return {layer["name"]: layer for layer in model.manifest["layers"]}


def test_each_layer_of_digits_has_an_error(digits_int8):
    found = by_name(digits_int8)
    assert found["image"]["input"] == "f32" and found["image"]["result"] == "u8" and found["image"]["sqnr_db"] > 80
    assert all(25 < layer["sqnr_db"] < 70 for name, layer in found.items() if name not in ("image", "pool"))
    assert "sqnr_db" not in found["pool"]  # it moves values


def test_a_layer_bears_the_name_of_the_activation_that_is_fused_into_it(digits_int8):
    found = by_name(digits_int8)
    assert (found["conv1"]["observation"], found["block.add"]["observation"]) == ("relu1", "block.relu2")
    assert found["image"]["op"] == "requantize" and found["image"]["observation"] == "image"


def test_the_error_of_a_layer_is_the_distance_of_its_tensors(tmp_path, gemm, gemm_weights, gemm_samples):
    """The network's output is the layer's: what the compiled model returns gives the same figure."""
    model = nnq.compile(gemm, calibration=gemm_samples)
    expected = np.maximum(gemm_samples[:8] @ gemm_weights["w"].T + gemm_weights["b"], 0)
    found = np.concatenate([model(x[None]) for x in gemm_samples[:8]])
    sqnr = 10 * np.log10((expected**2).sum() / ((expected - found) ** 2).sum())
    assert model.manifest["outputs"][0]["sqnr_db"] == pytest.approx(sqnr, abs=0.01)
    assert model.manifest["layers"][-1]["sqnr_db"] == pytest.approx(sqnr, abs=0.01)
    assert model.manifest["compared_samples"] == 8


def test_a_layer_that_stays_in_float_says_why(gemm, gemm_samples):
    model = nnq.compile(gemm, calibration=gemm_samples, quantization=nnq.Int8(keep_float=[".*"]))
    layer = next(layer for layer in model.manifest["layers"] if layer["op"] == "fully_connected")
    assert layer["weights"] == "f32" and "keep" in layer["stays_float"]
    assert model.manifest["layers"][-1]["sqnr_db"] == layers.EQUAL_DB


def compile_digits(tmp_path, digits_int8, change, **options):
    """A variant of the int8 digits network, made from the statistics that its compilation left."""
    module = nnq.Module.import_onnx(str(DIGITS / "digits.onnx"))
    quantize_again(module, digits_int8.folder)
    if change:
        module.run_pipeline(change)
    return compile_to_measure(module, tmp_path / "variant", load_compiler().target("native"), **options)


def test_exposing_layers_keeps_the_bits_of_the_output(tmp_path, digits, digits_int8):
    exposed = compile_digits(tmp_path, digits_int8, pipelines.EXPOSE_LAYERS)
    assert len(exposed.outputs) == 1 and len(exposed.observed) == 11
    for image in digits[1][:20]:
        np.testing.assert_array_equal(exposed.run([image[None]])[0], digits_int8(image[None]))


def test_an_observed_model_tells_of_each_tensor_and_keeps_none(tmp_path, digits, digits_int8):
    exposed = compile_digits(tmp_path, digits_int8, pipelines.EXPOSE_LAYERS)
    seen = []
    (logits,) = exposed.observe([digits[1][:1]], lambda name, values: seen.append((name, values.shape, values.copy())))
    assert sorted((name, shape) for name, shape, _ in seen) == sorted((t.name, t.shape) for t in exposed.observed)
    np.testing.assert_array_equal({name: values for name, _, values in seen}[exposed.observed[-1].name], logits)
    assert exposed.manifest["arena_bytes"] < sum(values.nbytes for *_, values in seen)


def test_what_an_observer_raises_reaches_the_caller(tmp_path, digits, digits_int8):
    exposed, called = compile_digits(tmp_path, digits_int8, pipelines.EXPOSE_LAYERS), []

    def record(name, values):
        called.append(name)
        raise nnq.DataError(name)

    with pytest.raises(nnq.DataError) as raised:
        exposed.observe([digits[1][:1]], record)
    assert called == [str(raised.value)]
    exposed.run([digits[1][:1]])


def test_errors_of_layers_do_not_depend_on_how_many_are_kept_at_once(tmp_path, digits, digits_int8, monkeypatch):
    module = nnq.Module.import_onnx(str(DIGITS / "digits.onnx"))
    module.run_pipeline(pipelines.PREPARE)
    parts = Parts(module)
    module.run_pipeline(pipelines.OBSERVE)
    in_float = compile_to_measure(module, tmp_path / "float", load_compiler().target("native"))
    quantized = compile_digits(tmp_path, digits_int8, pipelines.EXPOSE_LAYERS)
    samples = [[image[None]] for image in digits[1][:4]]

    def errors():
        distances = Distances(parts)
        return layers.errors(in_float, quantized, samples, 4, distances, Quiet()), distances.output_db(0)

    at_once = errors()
    monkeypatch.setattr(layers, "KEPT_BYTES", 1)
    assert errors() == at_once
    assert len(at_once[0]) == 11 and 20 < at_once[1] < 100


def test_a_timed_model_counts_ticks_of_each_kernel_and_keeps_the_bits(tmp_path, digits, digits_int8):
    timed = compile_digits(tmp_path, digits_int8, None, time_kernels=True)
    image = digits[1][0][None]
    logits, ticks = timed.run([image])
    np.testing.assert_array_equal(logits, digits_int8(image))
    kernels = timed.manifest["kernels"]
    assert timed.outputs[-1].name == "ticks" and len(kernels) == len(ticks) and (ticks >= 0).all() and ticks.sum() > 0
    assert {kernel["name"] for kernel in kernels} >= {"conv1", "pool", "dense1"}


def test_times_of_layers_add_up_to_the_whole(tmp_path, digits_int8):
    timed = compile_digits(tmp_path, digits_int8, None, time_kernels=True)
    names = [layer["name"] for layer in timed.manifest["layers"]]
    each, other = layers.times(timed, len(names), 2.0)
    assert sum(value for value in each if value is not None) + other == pytest.approx(2.0)
    assert each[names.index("block.add")] is None  # computed in the loop of the convolution
    assert each[names.index("conv2")] > each[names.index("logits")]  # 1000 times the work


def test_layers_of_one_name_are_told_apart(tmp_path):
    """Two layers without names of their own: each has its own time."""
    weights = {"v": np.eye(4, dtype=np.float32), "w": np.eye(64, 4, dtype=np.float32)}
    nodes = [helper.make_node("MatMul", ["x", "v"], ["h"], name="same"), helper.make_node("MatMul", ["w", "h"], ["y"], name="same")]
    path = save_onnx(tmp_path / "m.onnx", nodes, {"x": [4, 4]}, {"y": [64, 4]}, weights)
    html = (nnq.compile(path, quantization=nnq.Float(), output=tmp_path / "out").folder / "report.html").read_text()
    assert html.count("class='time'") == 2


def test_the_shipped_object_is_free_of_measuring(digits_int8):
    manifest = json.loads((digits_int8.folder / "manifest.json").read_text())
    assert "kernels" not in manifest and [entry["name"] for entry in manifest["outputs"]] == ["logits"]
    assert "ticks" not in (digits_int8.folder / "model.h").read_text()
    listing = subprocess.run(["/usr/lib/llvm-22/bin/llvm-objdump", "-d", digits_int8.folder / "model.o"], capture_output=True, check=True)
    assert b"ret" in listing.stdout and b"rdtsc" not in listing.stdout


def test_a_model_for_another_machine_has_errors_but_no_times(tmp_path, gemm, gemm_samples):
    model = nnq.compile(gemm, calibration=gemm_samples, target="aarch64-neon-dotprod", output=tmp_path / "out")
    native = nnq.compile(gemm, calibration=gemm_samples)
    assert [layer.get("sqnr_db") for layer in model.manifest["layers"]] == [layer.get("sqnr_db") for layer in native.manifest["layers"]]
    if model.why_not_runnable:
        assert "Not timed: " in (tmp_path / "out" / "report.html").read_text()
