"""Quantized models that are wrong: each ends in one error that names the file, the node and what is wrong."""

import numpy as np
import pytest
from onnx import TensorProto, helper
from quantized_models import gemm_parts, save

import nnq


def refuse(tmp_path, nodes, inputs, outputs, constants, *texts, opset=21):
    """Compiles, and returns the one line of the error."""
    path = save(tmp_path / "bad.onnx", nodes, inputs, outputs, constants, opset)
    with pytest.raises(nnq.CompileError) as caught:
        nnq.compile(path, output=tmp_path / "out")
    message = str(caught.value)
    assert not (tmp_path / "out").exists()
    assert message.count("\n") == 0 and len(message) < 600, message
    for text in ("bad.onnx", *texts):
        assert text in message, message
    return message


@pytest.mark.parametrize(
    "change, texts",
    [
        ({"x_scale": np.float32(0)}, ["x_dequantize", "scale of 0"]),
        ({"x_scale": np.float32(-0.5)}, ["x_dequantize", "scale of -5"]),
        ({"x_scale": np.float32(np.nan)}, ["x_dequantize", "'x_scale'"]),
        ({"y_scale": np.float32(np.inf)}, ["y_quantize", "scale of INF"]),
        ({"w_scale": np.float32([0.01, 0.02]), "w_zero": np.zeros(2, np.int8)}, ["w_dequantize", "2", "3"]),
        ({"w_scale": np.full((1, 3), 0.1, np.float32)}, ["w_dequantize", "1x3"]),
        ({"w_zero": np.zeros(2, np.int8)}, ["w_dequantize", "zero point"]),
        ({"w_zero": np.zeros(3, np.uint8)}, ["w_dequantize", "zero point", "UINT8", "INT8"]),
        ({"x_zero": np.array(3, np.int8)}, ["x_dequantize", "zero point", "INT8", "UINT8"]),
        ({"x_zero": np.array(3, np.int64)}, ["x_dequantize", "zero point", "INT64"]),
        ({"x_zero": np.array(3, np.float32)}, ["x_dequantize", "'x_zero'", "integers"]),
        ({"x_scale": np.int32(1)}, ["x_dequantize", "scale"]),
        ({"b": np.zeros(2, np.int32)}, ["2"]),
    ],
)
def test_a_scale_or_zero_point_that_is_none(tmp_path, change, texts):
    nodes, inputs, outputs, constants = gemm_parts()
    refuse(tmp_path, nodes, inputs, outputs, constants | change, *texts)


@pytest.mark.parametrize("axis", [2, -3, 7])
def test_an_axis_that_the_weights_do_not_have(tmp_path, axis):
    nodes, *rest = gemm_parts()
    nodes[1] = helper.make_node("DequantizeLinear", ["w", "w_scale", "w_zero"], ["w_real"], "w_dequantize", axis=axis)
    refuse(tmp_path, nodes, *rest, "w_dequantize", "axis", str(axis))


def test_scales_along_another_axis(tmp_path):
    nodes, *rest = gemm_parts()
    nodes[1] = helper.make_node("DequantizeLinear", ["w", "w_scale", "w_zero"], ["w_real"], "w_dequantize", axis=0)
    refuse(tmp_path, nodes, *rest, "w_dequantize", "8 along axis 0")


def test_blocks_that_do_not_divide_the_axis(tmp_path):
    nodes, inputs, outputs, constants = gemm_parts()
    nodes[1] = helper.make_node("DequantizeLinear", ["w", "w_scale"], ["w_real"], "w_dequantize", axis=0, block_size=3)
    refuse(tmp_path, nodes, inputs, outputs, constants | {"w_scale": np.ones((2, 3), np.float32)}, "w_dequantize", "blocks of 3", "8")


def test_a_zero_point_outside_of_its_type(tmp_path):
    """Only a type with its own list of values can spell it: 300 in a field of UINT8."""
    nodes, inputs, outputs, constants = gemm_parts()
    zero = TensorProto(data_type=TensorProto.UINT8, name="x_zero", int32_data=[300])
    refuse(tmp_path, nodes, inputs, outputs, constants | {"x_zero": zero}, "x_dequantize", "zero point of 300", "UINT8")


def qlinear_conv(weight_type=np.int8, size=3, channels=2, **changes):
    """A QLinearConv, its scales and zero points by name."""
    constants = {
        "xs": np.float32(0.1), "xz": np.uint8(10), "w": np.full((4, channels, size, size), np.iinfo(weight_type).max, weight_type),
        "ws": np.float32([0.1] * 4), "wz": np.zeros(4, weight_type), "ys": np.float32(1), "yz": np.uint8(0), "b": np.zeros(4, np.int32),
    } | changes
    node = helper.make_node("QLinearConv", ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"], ["y"], "conv")
    return [node], {"x": ("uint8", [1, channels, 8, 8])}, {"y": ("uint8", [1, 4, 9 - size, 9 - size])}, constants


@pytest.mark.parametrize(
    "change, texts",
    [
        ({"ws": np.float32([0.1] * 3), "wz": np.zeros(3, np.int8)}, ["3", "4"]),
        ({"ys": np.float32(-1)}, ["scale of -1"]),
        ({"ys": np.float32([1, 1])}, ["2"]),
        ({"b": np.zeros(3, np.int32)}, ["bias", "3"]),
        ({"b": np.zeros(4, np.float32)}, ["INT32", "FLOAT"]),
        ({"w": np.zeros((4, 3, 3, 3), np.int8)}, ["3", "2"]),
    ],
)
def test_an_operator_on_codes_with_operands_that_do_not_fit(tmp_path, change, texts):
    refuse(tmp_path, *qlinear_conv(**change), "conv", *texts)


def test_sums_that_do_not_fit_32_bits(tmp_path):
    """66,312 products of 8-bit codes can exceed 2^31. It must be that sum, or an error; never one that has wrapped around."""
    depth = 66312
    constants = {"w": np.full((depth, 1), 127, np.int8), "s": np.float32(0.1), "z": np.uint8(0), "wz": np.int8(0)}
    node = helper.make_node("QLinearMatMul", ["x", "s", "z", "w", "s", "wz", "s", "z"], ["y"], "product")
    path = save(tmp_path / "sum.onnx", [node], {"x": ("uint8", [1, depth])}, {"y": ("uint8", [1, 1])}, constants)
    try:
        model = nnq.compile(path)
    except nnq.CompileError as error:
        assert "sum.onnx" in str(error) and "product" in str(error) and str(error).count("\n") == 0
        return
    assert model(np.full((1, depth), 255, np.uint8)) == [[255]]


def test_a_bias_whose_scale_is_not_that_of_the_products(tmp_path):
    """ONNX allows it: the layer adds the reals. It must be that sum, or an error; never codes added as they are."""
    nodes, inputs, outputs, constants = gemm_parts()
    constants["b_scale"] = constants["b_scale"] * np.float32(3)
    path = save(tmp_path / "bias.onnx", nodes, inputs, outputs, constants)
    try:
        model = nnq.compile(path)
    except nnq.CompileError as error:
        assert "bias.onnx" in str(error) and "scale" in str(error) and str(error).count("\n") == 0
        return
    x = np.random.default_rng(0).integers(0, 256, (1, 8)).astype(np.uint8)
    c = {name: np.asarray(a, np.float64) for name, a in constants.items()}
    real = ((x - c["x_zero"]) * c["x_scale"]) @ (c["w"] * c["w_scale"]) + c["b"] * c["b_scale"]
    assert np.abs(model(x) - np.clip(np.rint(real / c["y_scale"]) + c["y_zero"], 0, 255)).max() <= 1


def test_a_cycle(tmp_path):
    nodes, inputs, outputs, constants = gemm_parts()
    nodes[0] = helper.make_node("DequantizeLinear", ["y", "x_scale", "x_zero"], ["x_real"], "x_dequantize")
    refuse(tmp_path, nodes, inputs, outputs, constants, "x_dequantize", "cycle")


def test_an_input_that_nobody_computes(tmp_path):
    nodes, inputs, outputs, constants = gemm_parts()
    nodes[0] = helper.make_node("DequantizeLinear", ["lost", "x_scale", "x_zero"], ["x_real"], "x_dequantize")
    refuse(tmp_path, nodes, inputs, outputs, constants, "x_dequantize", "'lost'")


@pytest.mark.parametrize(
    "op, given", [("QuantizeLinear", ["x"]), ("QLinearConv", ["x", "s", "z", "w"]), ("QLinearMatMul", ["x", "s", "z"])]
)
def test_an_operand_that_is_missing(tmp_path, op, given):
    constants = {"s": np.float32(1), "z": np.uint8(0), "w": np.zeros((1, 1, 1, 1), np.int8)}
    dtype = "float32" if op == "QuantizeLinear" else "uint8"
    node = helper.make_node(op, given, ["y"], "short")
    refuse(tmp_path, [node], {"x": (dtype, [1, 1, 2, 2])}, {"y": ("uint8", [1, 1, 2, 2])}, constants, "short", "missing")


def test_codes_where_reals_are_needed_and_the_reverse(tmp_path):
    constants = {"s": np.float32(1), "z": np.uint8(0)}
    node = helper.make_node("DequantizeLinear", ["x", "s", "z"], ["y"], "twice")
    refuse(tmp_path, [node], {"x": ("float32", [4])}, {"y": ("float32", [4])}, constants, "twice")


def test_weights_with_fewer_bytes_than_their_shape(tmp_path):
    nodes, inputs, outputs, constants = gemm_parts()
    weights = TensorProto(data_type=TensorProto.INT8, name="w", dims=[8, 3], raw_data=bytes(23))
    refuse(tmp_path, nodes, inputs, outputs, constants | {"w": weights}, "'w'", "23 bytes", "24")
