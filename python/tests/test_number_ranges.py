"""Numbers at the ends of what scales and codes hold: negative scales, magnitudes far from 1, infinities, interpolated codes."""

import numpy as np
import onnx
import pytest
from onnx import helper
from quantized_models import save

import nnq


def compiled(path, **options):
    return nnq.compile(str(path), target="native", **options)


def quantized(x, scale, zero, dtype=np.uint8):
    limits = np.iinfo(dtype)
    return np.clip(np.rint(x / np.float32(scale)) + zero, limits.min, limits.max).astype(dtype)


def neighbours(size, to):
    """Of half_pixel: two places and their weights for each pixel of the result."""
    at = ((np.arange(to, dtype=np.float32) + np.float32(0.5)) / (np.float32(to) / np.float32(size)) - np.float32(0.5)).clip(0, size - 1)
    low = at.astype(int)
    high = np.minimum(low + 1, size - 1)
    same = low == high
    return low, high, np.where(same, np.float32(0.5), high.astype(np.float32) - at), np.where(same, np.float32(0.5), at - low.astype(np.float32))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_codes_are_interpolated_as_they_are_and_rounded_toward_zero(tmp_path, dtype):
    name = np.dtype(dtype).name
    size, to = (5, 7), (9, 4)
    node = helper.make_node("Resize", ["x", "", "", "sizes"], ["y"], mode="linear")
    path = save(tmp_path / "m.onnx", [node], {"x": (name, [1, 2, *size])}, {"y": (name, [1, 2, *to])}, {"sizes": np.int64([1, 2, *to])})
    limits = np.iinfo(dtype)
    x = np.random.default_rng(1).integers(limits.min, limits.max + 1, (1, 2, *size)).astype(dtype)
    (r0, r1, v0, v1), (c0, c1, u0, u1) = (neighbours(*pair) for pair in zip(size, to))
    real = x.astype(np.float32)
    terms = [(u[None, :] * v[:, None]) * real[:, :, r][:, :, :, c] for r, v in ((r0, v0), (r1, v1)) for c, u in ((c0, u0), (c1, u1))]
    wanted = np.trunc(((terms[0] + terms[1]) + terms[2]) + terms[3]).astype(dtype)
    np.testing.assert_array_equal(compiled(path)(x), wanted)


@pytest.mark.parametrize("scale", [-0.5, 0.0, [0.25, -0.5, 0.0]])
@pytest.mark.parametrize("dtype, zero", [(np.int8, 0), (np.int8, 5), (np.uint8, 128), (np.uint8, 0)])
def test_constant_codes_may_have_negative_scales_and_scales_of_0(tmp_path, dtype, zero, scale):
    limits = np.iinfo(dtype)
    codes = np.random.default_rng(1).integers(limits.min, limits.max + 1, (3, 40)).astype(dtype)
    codes[:, :2] = limits.min, limits.max
    scales = np.float32(scale)
    zeros = np.full(scales.shape, zero, dtype)
    nodes = [helper.make_node("DequantizeLinear", ["q", "s", "z"], ["r"], axis=0), helper.make_node("Add", ["x", "r"], ["y"])]
    path = save(tmp_path / "m.onnx", nodes, {"x": ("float32", [3, 40])}, {"y": ("float32", [3, 40])}, {"q": codes, "s": scales, "z": zeros})
    x = np.random.default_rng(2).standard_normal((3, 40)).astype(np.float32)
    reals = (codes.astype(np.float32) - zero) * (scales.reshape(-1, 1) if scales.ndim else scales)
    np.testing.assert_array_equal(compiled(path)(x), x + reals)


def test_blocks_of_4_bits_may_have_scales_of_both_signs(tmp_path):
    rows, columns, block = 8, 64, 16
    random = np.random.default_rng(3)
    codes = random.integers(0, 16, (rows, columns)).astype(np.uint8)
    packed = (codes[:, 0::2] | codes[:, 1::2] << 4).reshape(rows, columns // block, block // 2)
    scales = random.uniform(-0.1, 0.1, (rows, columns // block)).astype(np.float32)
    scales[0, 0] = 0
    node = helper.make_node("MatMulNBits", ["x", "B", "s"], ["y"], domain="com.microsoft", K=columns, N=rows, bits=4, block_size=block)
    path = save(tmp_path / "m.onnx", [node], {"x": ("float32", [3, columns])}, {"y": ("float32", [3, rows])}, {"B": packed, "s": scales.ravel()})
    x = random.standard_normal((3, columns)).astype(np.float32)
    wanted = x @ ((codes.astype(np.float64) - 8) * np.repeat(scales, block, 1)).T
    np.testing.assert_allclose(compiled(path)(x), wanted, rtol=1e-5, atol=1e-5)


def qdq(nodes, weights):
    """`nodes` from "xd" to "r", between the conversions of their input and result."""
    parts = [("QuantizeLinear", "x", "xq", "x"), ("DequantizeLinear", "xq", "xd", "x"), *nodes, ("QuantizeLinear", "r", "yq", "y"), ("DequantizeLinear", "yq", "y", "y")]
    made = [p if isinstance(p, onnx.NodeProto) else helper.make_node(p[0], [p[1], f"{p[3]}_s", f"{p[3]}_z"], [p[2]]) for p in parts]
    return made, {"x_s": np.float32(0.02), "x_z": np.uint8(128), "y_s": np.float32(0.05), "y_z": np.uint8(120), **weights}


@pytest.mark.parametrize("kind", ["Conv", "MatMul"])
def test_weights_with_scales_along_the_input_channels_are_multiplied_in_float(tmp_path, kind):
    random = np.random.default_rng(4)
    scales = np.float32([0.01, 0.02, 0.005])
    x = random.standard_normal((1, 3, 6, 6) if kind == "Conv" else (6, 3)).astype(np.float32)
    w = random.integers(-127, 128, (4, 3, 1, 1) if kind == "Conv" else (3, 4)).astype(np.int8)
    axis = 1 if kind == "Conv" else 0
    nodes = [helper.make_node("DequantizeLinear", ["w", "w_s"], ["wd"], axis=axis), helper.make_node(kind, ["xd", "wd"], ["r"])]
    nodes, constants = qdq(nodes, {"w": w, "w_s": scales})
    shape = [1, 4, 6, 6] if kind == "Conv" else [6, 4]
    path = save(tmp_path / "m.onnx", nodes, {"x": ("float32", list(x.shape))}, {"y": ("float32", shape)}, constants)
    xd = (quantized(x, 0.02, 128).astype(np.float64) - 128) * 0.02
    real = np.einsum("oi,nihw->nohw", w[:, :, 0, 0] * scales, xd) if kind == "Conv" else xd @ (w * scales[:, None])
    wanted = (quantized(real.astype(np.float32), 0.05, 120).astype(np.float64) - 120) * 0.05
    model = compiled(path)
    assert np.abs(model(x) - wanted).max() < 0.051


def test_products_of_codes_with_computed_zero_points_are_as_deep_as_their_range_allows(tmp_path):
    depth = 4096
    random = np.random.default_rng(5)
    w = random.integers(-127, 128, (depth, 3)).astype(np.int8)
    nodes = [helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]), helper.make_node("MatMulInteger", ["q", "w", "z"], ["y"])]
    path = save(tmp_path / "m.onnx", nodes, {"x": ("float32", [2, depth])}, {"y": ("int32", [2, 3])}, {"w": w})
    x = random.standard_normal((2, depth)).astype(np.float32)
    least, greatest = min(x.min(), 0), max(x.max(), 0)
    scale = (np.float32(greatest) - np.float32(least)) / np.float32(255)
    zero = int(np.rint(np.clip(np.float32(0) - np.float32(least) / scale, 0, 255)))
    codes = quantized(x, scale, zero).astype(np.int64)
    np.testing.assert_array_equal(compiled(path)(x), (codes - zero) @ w)


def signal_to_noise(wanted, got):
    return 10 * np.log10((wanted**2).sum() / ((wanted - got) ** 2).sum())


def test_scores_behind_an_infinite_mask_stay_in_float(tmp_path):
    random = np.random.default_rng(6)
    w, v = (random.standard_normal(shape).astype(np.float32) / 4 for shape in ((16, 16), (16, 8)))
    mask = np.triu(np.full((6, 6), -np.inf, np.float32), 1)
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["q"]),
        helper.make_node("Transpose", ["x"], ["k"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["q", "k"], ["s"]),
        helper.make_node("Add", ["s", "mask"], ["a"], "masked"),
        helper.make_node("Softmax", ["a"], ["p"], axis=-1),
        helper.make_node("MatMul", ["p", "x"], ["c"]),
        helper.make_node("MatMul", ["c", "v"], ["y"]),
    ]
    path = save(tmp_path / "m.onnx", nodes, {"x": ("float32", [1, 6, 16])}, {"y": ("float32", [1, 6, 8])}, {"w": w, "v": v, "mask": mask}, opset=13)
    model = compiled(path, calibration={"x": random.standard_normal((24, 1, 6, 16)).astype(np.float32)})
    x = random.standard_normal((1, 6, 16)).astype(np.float32)
    s = (x @ w) @ x.transpose(0, 2, 1) + mask
    p = np.exp(s - s.max(-1, keepdims=True))
    assert signal_to_noise(p / p.sum(-1, keepdims=True) @ x @ v, model(x)) > 20


@pytest.mark.parametrize("factor", [1e-20, 1e-30, 1e20, 1e30])
def test_layers_of_magnitudes_that_scales_do_not_have_stay_in_float(tmp_path, factor):
    random = np.random.default_rng(7)
    w1, w2, b = random.standard_normal((16, 12)) / 4, random.standard_normal((12, 5)) / 3, random.standard_normal(12)
    nodes = [helper.make_node("Gemm", ["x", "w1", "b"], ["h"]), helper.make_node("Relu", ["h"], ["r"]), helper.make_node("MatMul", ["r", "w2"], ["y"])]
    constants = {"w1": np.float32(w1 * factor), "b": np.float32(b * factor), "w2": np.float32(w2 / factor)}
    path = save(tmp_path / "m.onnx", nodes, {"x": ("float32", [4, 16])}, {"y": ("float32", [4, 5])}, constants)
    model = compiled(path, calibration={"x": random.standard_normal((16, 4, 16)).astype(np.float32)})
    x = random.standard_normal((4, 16)).astype(np.float32)
    assert signal_to_noise(np.maximum(x @ w1 + b, 0) @ w2, model(x)) > 25
