"""Models that are quantized already: compiled as they are, with integers as inputs and outputs."""

import json

import numpy as np
import pytest
from onnx import helper
from quantized_models import gemm_codes, gemm_parts, save

import nnq
from nnq.loaded import Loaded, import_prepared


def codes(dtype, shape=(1, 8), seed=0):
    limits = np.iinfo(dtype)
    return np.random.default_rng(seed).integers(limits.min, limits.max + 1, shape).astype(dtype)


@pytest.fixture(scope="module")
def gemm_u8(tmp_path_factory):
    return save(tmp_path_factory.mktemp("q") / "q.onnx", *gemm_parts())


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16"])
def test_a_layer_between_codes_is_exact(tmp_path, dtype):
    nodes, inputs, outputs, constants = gemm_parts(dtype)
    model = nnq.compile(save(tmp_path / "q.onnx", nodes, inputs, outputs, constants))
    for seed in range(8):
        x = codes(dtype, seed=seed)
        y = model(x)
        assert y.dtype == dtype
        np.testing.assert_array_equal(y, gemm_codes(x, constants))


def test_neither_calibration_nor_float_is_needed(run_nnq, tmp_path, gemm_u8):
    result = run_nnq("compile", gemm_u8, "-o", tmp_path / "out", "--profile", "onnx")
    assert (result.returncode, result.stdout) == (0, "") and "warning" not in result.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["quantization"] == {"scheme": "given"} and manifest["profile"] == "onnx"


def test_the_manifest_has_scale_and_zero_point_of_each_input_and_output(tmp_path, gemm_u8):
    manifest = nnq.compile(gemm_u8, output=tmp_path / "out").manifest
    (x,), (y,) = manifest["inputs"], manifest["outputs"]
    assert (x["name"], x["type"], x["shape"], np.float32(x["scale"]), x["zero_point"]) == ("x", "u8", [1, 8], np.float32(0.05), 100)
    assert (y["name"], y["type"], y["shape"], np.float32(y["scale"]), y["zero_point"]) == ("y", "u8", [1, 3], np.float32(0.21), 130)
    assert manifest["float_islands"] == []


def test_run_takes_and_writes_integers(run_nnq, tmp_path, gemm_u8):
    run_nnq("compile", gemm_u8, "-o", tmp_path / "out")
    x = codes("uint8")
    np.save(tmp_path / "x.npy", x)
    result = run_nnq("run", tmp_path / "out", "--input", f"x={tmp_path / 'x.npy'}", "--output-dir", tmp_path / "results")
    assert result.returncode == 0 and "warning" not in result.stderr, result.stderr
    y = np.load(tmp_path / "results" / "y.npy")
    assert y.dtype == np.uint8
    np.testing.assert_array_equal(y, gemm_codes(x, gemm_parts()[3]))

    np.save(tmp_path / "x.npy", x.astype(np.int8))
    result = run_nnq("run", tmp_path / "out", "--input", f"x={tmp_path / 'x.npy'}", "--output-dir", tmp_path / "more")
    assert result.returncode == 1 and "expected uint8, found int8" in result.stderr


def test_evaluate_compares_real_values_with_a_float_network(tmp_path, gemm_u8):
    c = gemm_parts()[3]
    weights = (c["w"] * c["w_scale"]).astype(np.float32)
    bias = (c["b"] * c["b_scale"]).astype(np.float32)
    reference = save(tmp_path / "f.onnx", [helper.make_node("Gemm", ["x", "w", "b"], ["y"])], {"x": ("float32", [1, 8])},
                     {"y": ("float32", [1, 3])}, {"w": weights, "b": bias})
    model, float_model = nnq.compile(gemm_u8), nnq.compile(reference, quantization=nnq.Float())
    figures, outputs = nnq.evaluate(model, codes("uint8", (50, 8)), np.zeros(50, np.int64), float_model)
    assert outputs.dtype == np.float32 and figures["samples"] == 50
    assert figures["sqnr_db"] > 20 and figures["agreement"] > 0.9


def test_a_sum_of_products_is_an_output_of_32_bits(tmp_path):
    w = codes("int8", (8, 3), 1)
    node = helper.make_node("MatMulInteger", ["x", "w", "x_zero"], ["y"])
    path = save(tmp_path / "q.onnx", [node], {"x": ("uint8", [2, 8])}, {"y": ("int32", [2, 3])}, {"w": w, "x_zero": np.uint8(7)})
    x = codes("uint8", (2, 8))
    y = nnq.compile(path)(x)
    assert y.dtype == np.int32
    np.testing.assert_array_equal(y, (x.astype(np.int32) - 7) @ w.astype(np.int32))


def test_a_dequantized_input_alone_is_a_quantized_model(tmp_path):
    node = helper.make_node("DequantizeLinear", ["x", "scale", "zero"], ["y"])
    constants = {"scale": np.float32(0.1), "zero": np.uint8(3)}
    path = save(tmp_path / "q.onnx", [node], {"x": ("uint8", [5])}, {"y": ("float32", [5])}, constants)
    x = codes("uint8", (5,))
    np.testing.assert_array_equal(nnq.compile(path)(x), (x.astype(np.float32) - 3) * np.float32(0.1))


@pytest.mark.parametrize("options", [{"calibration": np.zeros((2, 8), np.uint8)}, {"quantization": nnq.Int8()}])
def test_quantizing_again_is_an_error(gemm_u8, options):
    with pytest.raises(nnq.Error, match="is quantized already; leave out calibration and quantization"):
        nnq.compile(gemm_u8, **options)


def test_another_numerics_profile_is_an_error_that_names_the_known_ones(gemm_u8):
    with pytest.raises(nnq.Error, match="numerics profile 'tflite' is not known; there are: onnx"):
        nnq.compile(gemm_u8, profile="tflite")


def test_code_in_memory_computes_the_same(gemm_u8):
    module = import_prepared(gemm_u8.read_bytes(), "q.onnx")
    x = codes("uint8")
    (reference,) = module.interpret([x])
    (y,) = Loaded(module.compile("native")).run([x])
    assert y.dtype == np.uint8
    np.testing.assert_array_equal(y, reference)
    np.testing.assert_array_equal(y, gemm_codes(x, gemm_parts()[3]))


#
# Inputs that become constants
#


@pytest.fixture
def scales_as_inputs(tmp_path):
    nodes, inputs, outputs, constants = gemm_parts()
    names = {"x_scale": "float32", "x_zero": "uint8", "y_scale": "float32", "y_zero": "uint8"}
    inputs |= {name: (dtype, []) for name, dtype in names.items()}
    fixed = {name: constants.pop(name) for name in names}
    return save(tmp_path / "q.onnx", nodes, inputs, outputs, constants), fixed


def test_scales_that_are_inputs_can_be_fixed(run_nnq, tmp_path, scales_as_inputs):
    path, fixed = scales_as_inputs
    x = codes("uint8")
    model = nnq.compile(path, constants=fixed)
    assert [tensor.name for tensor in model.inputs] == ["x"]
    np.testing.assert_array_equal(model(x), gemm_codes(x, gemm_parts()[3]))

    options = []
    for name, array in fixed.items():
        np.save(tmp_path / f"{name}.npy", array)
        options += ["--constant", f"{name}={tmp_path / name}.npy"]
    result = run_nnq("compile", path, "-o", tmp_path / "out", *options)
    assert result.returncode == 0 and "warning" not in result.stderr, result.stderr
    np.testing.assert_array_equal(nnq.Model(tmp_path / "out")(x), model(x))


@pytest.mark.parametrize(
    "change, text",
    [
        ({"z_scale": np.float32(1)}, "constant 'z_scale' is no input of the model, which takes 'x', "),
        ({"x_scale": np.float64(1)}, "constant 'x_scale': expected float32, found float64"),
        ({"x_scale": np.float32([1, 2])}, "initializer 'x_scale' has the shape 2"),
    ],
)
def test_a_constant_that_does_not_fit(scales_as_inputs, change, text):
    path, fixed = scales_as_inputs
    with pytest.raises(nnq.Error, match=text):
        nnq.compile(path, constants=fixed | change)


def test_constants_are_for_onnx_models(tmp_path):
    (tmp_path / "m.mlir").write_text("module {}")
    with pytest.raises(nnq.Error, match="are for .onnx models"):
        nnq.compile(tmp_path / "m.mlir", constants={"a": np.float32(1)})


#
# Remarks and layers that stay in float
#


@pytest.fixture
def with_a_float_layer(tmp_path):
    """A layer normalization between Q and DQ: it has no integer form."""
    nodes = [
        helper.make_node("DequantizeLinear", ["x", "s", "z"], ["a"]),
        helper.make_node("LayerNormalization", ["a", "gain", "bias"], ["b"], "norm"),
        helper.make_node("QuantizeLinear", ["b", "s", "z"], ["y"]),
    ]
    constants = {"s": np.float32(0.1), "z": np.uint8(128), "gain": np.float32([1, 2, 1, 1]), "bias": np.zeros(4, np.float32)}
    return save(tmp_path / "q.onnx", nodes, {"x": ("uint8", [1, 3, 4])}, {"y": ("uint8", [1, 3, 4])}, constants)


def test_a_layer_that_stays_in_float_is_listed_and_remarked_once(run_nnq, tmp_path, with_a_float_layer):
    result = run_nnq("compile", with_a_float_layer, "-o", tmp_path / "out", "--remarks")
    assert result.returncode == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    (island,) = manifest["float_islands"]
    assert island["name"] == "norm" and island["op"] == "nnq.layer_norm" and island["reason"]
    lines = [line for line in result.stderr.splitlines() if "'norm'" in line]
    assert len(lines) == 1 and "nnq.layer_norm" in lines[0] and island["reason"] in lines[0]
    assert "1 stayed in float" in (tmp_path / "out" / "report.html").read_text()
