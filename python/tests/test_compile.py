"""From a model file to a function in Python: tiny networks and digits."""

import concurrent.futures
import json
import platform

import numpy as np
import pytest
from conftest import DIGITS, quantize_again, save_onnx
from onnx import helper

import nnq
from nnq.bench import bench
from nnq.evaluation import EQUAL_DB, evaluate


def gemm_reference(x, weights):
    return np.maximum(x @ weights["w"].T + weights["b"], 0)


def test_a_float_model_computes_the_network(gemm, gemm_weights, gemm_samples):
    model = nnq.compile(gemm, quantization=nnq.Float())
    for x in gemm_samples:
        np.testing.assert_allclose(model(x[None])[0], gemm_reference(x, gemm_weights), rtol=1e-5, atol=1e-6)


def test_an_int8_model_is_close_to_the_network(gemm, gemm_weights, gemm_samples):
    model = nnq.compile(gemm, calibration=gemm_samples)
    expected = gemm_reference(gemm_samples, gemm_weights)
    found = np.concatenate([model(x[None]) for x in gemm_samples])
    assert np.abs(found - expected).max() < 0.03 * np.abs(expected).max()
    assert [layer["weight_bits"] for layer in model.manifest["layers"] if "weights" in layer] == [8]


def test_several_inputs_and_outputs_go_by_name(two_by_two):
    model = nnq.compile(two_by_two, quantization=nnq.Float())
    a, b = np.float32([[1, 2, 3, 4]]), np.float32([[5, 6, 7, 8]])
    for result in (model({"b": b, "a": a}), model([a, b])):
        np.testing.assert_array_equal(result["total"], a + b)
        np.testing.assert_array_equal(result["product"], a * b)


@pytest.mark.parametrize(
    "x, message",
    [
        (np.zeros((1, 9), np.float32), "input 'x': expected shape 1x8, found 1x9"),
        (np.zeros((1, 8), np.int32), "expected float32, found int32"),
        ({"z": np.zeros((1, 8), np.float32)}, "takes the inputs x, not z"),
        ([], "takes 1 inputs"),
    ],
)
def test_an_input_that_does_not_fit_is_an_error(gemm, x, message):
    with pytest.raises(nnq.Error, match=message):
        nnq.compile(gemm, quantization=nnq.Float())(x)


def test_a_layer_kept_in_float_is_listed_with_the_reason(gemm, gemm_samples):
    model = nnq.compile(gemm, calibration=gemm_samples, quantization=nnq.Int8(keep_float=[".*"]))
    islands = model.manifest["float_islands"]
    assert islands and set(islands[0]) == {"name", "op", "reason"} and "keep" in islands[0]["reason"]


def test_the_same_model_is_the_same_bytes(tmp_path, gemm, gemm_samples):
    folders = [nnq.compile(gemm, calibration=gemm_samples, output=tmp_path / name).folder for name in ("one", "two")]
    for file in ("model.o", "model.h", "manifest.json", "calibration.json"):
        assert (folders[0] / file).read_bytes() == (folders[1] / file).read_bytes(), file


def test_a_model_compiled_again_into_its_folder_is_the_new_one(tmp_path, gemm, two_by_two):
    first = nnq.compile(gemm, quantization=nnq.Float(), output=tmp_path / "out")
    second = nnq.compile(two_by_two, quantization=nnq.Float(), output=tmp_path / "out")
    ones = np.ones((1, 4), np.float32)
    np.testing.assert_array_equal(second([ones, ones])["total"], 2 * ones)
    assert first(np.ones((1, 8), np.float32)).shape == (1, 3)


def test_a_model_for_another_machine_is_written_but_does_not_run(tmp_path, gemm, gemm_samples):
    target = "aarch64-neon-dotprod" if platform.machine() == "x86_64" else "x86-avx2"
    model = nnq.compile(gemm, calibration=gemm_samples, target=target, output=tmp_path / "out")
    assert (model.folder / "model.o").stat().st_size > 0
    with pytest.raises(nnq.Error, match=f"compiled for {target} and this machine is"):
        model(gemm_samples[:1])


def test_a_nan_that_arises_inside_the_network_is_named(tmp_path):
    path = save_onnx(tmp_path / "m.onnx", [helper.make_node("Div", ["x", "z"], ["y"], name="divide")], {"x": [1, 4]}, {"y": [1, 4]},
                     {"z": np.zeros(4, np.float32)})
    with pytest.raises(nnq.DataError, match="'divide' in sample 0"):
        nnq.compile(path, calibration=np.ones((2, 4), np.float32))


#
# digits
#


def test_digits_in_int8_are_as_right_as_in_float(digits, digits_float, digits_int8):
    _, images, labels = digits
    float_figures, _ = evaluate(digits_float, images, labels)
    figures, outputs = evaluate(digits_int8, images, labels, digits_float)
    assert figures["top1"] >= float_figures["top1"] - 0.005
    assert figures["sqnr_db"] > 25 and figures["agreement"] > 0.99 and figures["kl"] < 0.01
    assert outputs.shape == (500, 10) and figures["samples"] == 500


def test_a_model_equals_itself(digits, digits_int8):
    figures, _ = evaluate(digits_int8, digits[1][:20], reference=digits_int8)
    assert (figures["agreement"], figures["sqnr_db"], figures["kl"], figures["top1"]) == (1, EQUAL_DB, 0, None)


def test_compiled_digits_have_the_bits_of_the_reference(digits, digits_int8):
    """The module is made again from the statistics that the compilation left."""
    module = nnq.Module.import_onnx(str(DIGITS / "digits.onnx"))
    quantize_again(module, digits_int8.folder)
    for image in digits[1][:5]:
        (expected,) = module.interpret([image[None]])
        np.testing.assert_array_equal(digits_int8(image[None]), expected)


def test_threads_that_share_a_model_get_the_same_bits(digits, digits_int8):
    images = digits[1][:64]
    alone = [digits_int8(image[None]) for image in images]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for _ in range(20):
            together = list(pool.map(lambda image: digits_int8(image[None]), images))
            np.testing.assert_array_equal(alone, together)


def test_the_folder_holds_what_was_promised(digits_int8):
    files = {path.name for path in digits_int8.folder.iterdir()}
    optional = {"correction.json", "bit-widths.json"}
    assert files - optional == {"model.o", "model.h", "libmodel.so", "manifest.json", "report.html", "calibration.json"}
    manifest = json.loads((digits_int8.folder / "manifest.json").read_text())
    assert {"inputs", "outputs", "weight_bytes", "arena_bytes", "target", "threads"} <= set(manifest)


def test_bench_reports_every_figure(digits_int8):
    figures = bench(digits_int8.folder, reps=5)
    assert set(figures) == {"load_ms", "min_ms", "median_ms", "rss_mb", "threads"}
    assert 0 < figures["min_ms"] <= figures["median_ms"]
