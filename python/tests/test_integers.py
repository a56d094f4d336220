"""Networks that take, compute with and give integers and booleans."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import nnq

RANDOM = np.random.default_rng(3)
TABLE = RANDOM.standard_normal((20, 16)).astype(np.float32)
WEIGHTS = RANDOM.standard_normal((16, 8)).astype(np.float32)
FILTER = (RANDOM.standard_normal((8, 3, 3, 3)) / 5).astype(np.float32)
MEAN, DEVIATION = np.float32([120, 115, 100]), np.float32([58, 57, 55])


def save(path, nodes, inputs, outputs, constants=(), opset=17):
    """Inputs and outputs: {name: (shape, type)}; nodes: (operator, inputs, outputs, attributes)."""
    made = [helper.make_node(op, ins.split(), outs.split(), **attributes) for op, ins, outs, attributes in nodes]
    infos = [[helper.make_tensor_value_info(name, kind, shape) for name, (shape, kind) in group.items()] for group in (inputs, outputs)]
    initializers = [numpy_helper.from_array(np.asarray(value), name) for name, value in dict(constants).items()]
    graph = helper.make_graph(made, "g", *infos, initializers)
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", opset)]), str(path))
    return path


def sqnr(expected, found):
    noise = np.square(np.float64(expected) - found).sum()
    return 10 * np.log10(np.square(np.float64(expected)).sum() / noise) if noise else 999.0


@pytest.fixture(scope="module")
def embedding(tmp_path_factory):
    """The mean of embedded tokens where a mask is set, then a layer."""
    nodes = [
        ("Gather", "table ids", "words", {}), ("Unsqueeze", "mask last", "column", {}), ("Where", "column words zero", "kept", {}),
        ("ReduceMean", "kept", "mean", {"axes": [1], "keepdims": 0}), ("MatMul", "mean w", "y", {}), ("ArgMax", "y", "best", {"axis": -1, "keepdims": 0}),
    ]  # fmt: skip
    constants = {"table": TABLE, "w": WEIGHTS, "last": np.int64([2]), "zero": np.float32(0)}
    inputs = {"ids": ([1, 6], TensorProto.INT64), "mask": ([1, 6], TensorProto.BOOL)}
    outputs = {"y": ([1, 8], TensorProto.FLOAT), "best": ([1], TensorProto.INT64)}
    return save(tmp_path_factory.mktemp("embedding") / "m.onnx", nodes, inputs, outputs, constants)


def embed(ids, mask):
    return np.where(mask[..., None], TABLE[ids], 0).mean(1) @ WEIGHTS


def tokens(count, seed):
    random = np.random.default_rng(seed)
    return {"ids": random.integers(-20, 20, (count, 1, 6)), "mask": random.random((count, 1, 6)) < 0.7}


def test_an_embedding_in_float(embedding):
    model = nnq.compile(embedding, quantization=nnq.Float())
    assert [(t.name, t.type) for t in model.inputs] == [("ids", "i64"), ("mask", "bool")]
    assert [(t.name, t.type) for t in model.outputs] == [("y", "f32"), ("best", "i64")]
    samples = tokens(4, seed=1)
    for ids, mask in zip(samples["ids"], samples["mask"]):
        found, expected = model({"ids": ids, "mask": mask}), embed(ids, mask)
        np.testing.assert_allclose(found["y"], expected, rtol=1e-5, atol=1e-5)
        assert found["best"].dtype == np.int64
        np.testing.assert_array_equal(found["best"], expected.argmax(-1))


def test_an_embedding_in_int8_keeps_a_table_of_bytes(embedding):
    model = nnq.compile(embedding, calibration=tokens(32, seed=2))
    samples = tokens(16, seed=3)
    pairs = [(embed(ids, mask), model({"ids": ids, "mask": mask})["y"]) for ids, mask in zip(samples["ids"], samples["mask"])]
    assert sqnr(*map(np.concatenate, zip(*pairs))) > 25
    gather = next(layer for layer in model.manifest["layers"] if layer["op"] == "gather")
    assert gather["result"] == "u8" and gather["constant_bytes"] < TABLE.nbytes / 2


def test_an_index_outside_takes_the_first_or_last_row(embedding):
    model = nnq.compile(embedding, quantization=nnq.Float())
    mask = np.ones((1, 6), bool)
    outside, inside = np.int64([[20, 999, -21, 2**62, -(2**63), 3]]), np.int64([[19, 19, 0, 19, 0, 3]])
    np.testing.assert_array_equal(model({"ids": outside, "mask": mask})["y"], model({"ids": inside, "mask": mask})["y"])


def test_an_image_of_bytes_is_no_quantization(tmp_path):
    nodes = [
        ("Cast", "i", "c", {"to": TensorProto.FLOAT}), ("Sub", "c m", "d", {}), ("Div", "d s", "e", {}), ("Transpose", "e", "t", {"perm": [0, 3, 1, 2]}),
        ("Conv", "t w", "y", {"pads": [1, 1, 1, 1]}),
    ]  # fmt: skip
    path = save(tmp_path / "m.onnx", nodes, {"i": ([1, 9, 9, 3], TensorProto.UINT8)}, {"y": ([1, 8, 9, 9], TensorProto.FLOAT)},
                {"m": MEAN, "s": DEVIATION, "w": FILTER})
    images = RANDOM.integers(0, 256, (20, 1, 9, 9, 3)).astype(np.uint8)
    float_model, model = nnq.compile(path, quantization=nnq.Float()), nnq.compile(path, calibration=images[4:])
    normalized = np.pad(((images[0] - MEAN) / DEVIATION).transpose(0, 3, 1, 2), ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(normalized, (3, 3), (2, 3))
    expected = np.einsum("nchwij,ocij->nohw", windows, FILTER)
    np.testing.assert_allclose(float_model(images[0]), expected, rtol=1e-4, atol=1e-4)
    assert sqnr(expected, model(images[0])) > 25
    assert any(layer.get("weights") == "i8" for layer in model.manifest["layers"])


def test_large_integers_stay_exact(tmp_path):
    path = save(tmp_path / "m.onnx", [("Add", "a b", "c", {}), ("Mul", "c c", "d", {})],
                {"a": ([3], TensorProto.INT64), "b": ([3], TensorProto.INT64)}, {"d": ([3], TensorProto.INT64), "c": ([3], TensorProto.INT64)})
    a, b = np.int64([2**53, 2**62, -5]), np.int64([1, 2**62, 2])
    with np.errstate(over="ignore"):
        found, c = nnq.compile(path, quantization=nnq.Float())({"a": a, "b": b}), a + b
        np.testing.assert_array_equal(found["c"], c)
        np.testing.assert_array_equal(found["d"], c * c)


@pytest.mark.parametrize("kind", ["UINT8", "INT16", "INT32", "UINT32", "INT64", "UINT64", "BOOL"])
def test_integers_of_all_types_come_in_and_out(tmp_path, kind):
    kind = getattr(TensorProto, kind)
    path = save(tmp_path / "m.onnx", [("Transpose", "x", "y", {}), ("Cast", "x", "b", {"to": TensorProto.BOOL})],
                {"x": ([2, 3], kind)}, {"y": ([3, 2], kind), "b": ([2, 3], TensorProto.BOOL)})
    x = np.array([[0, 1, 2], [3, 0, 5]]).astype(helper.mapping.TENSOR_TYPE_TO_NP_TYPE[kind])
    found = nnq.compile(path, quantization=nnq.Float())(x)
    assert found["y"].dtype == x.dtype and found["b"].dtype == np.bool_
    np.testing.assert_array_equal(found["y"], x.T)
    np.testing.assert_array_equal(found["b"], x != 0)


def test_the_largest_numbers_and_their_places(tmp_path):
    path = save(tmp_path / "m.onnx", [("TopK", "x k", "v i", {"axis": 1})], {"x": ([2, 50], TensorProto.FLOAT)},
                {"v": ([2, 7], TensorProto.FLOAT), "i": ([2, 7], TensorProto.INT64)}, {"k": np.int64([7])})
    x = np.round(RANDOM.standard_normal((2, 50)), 1).astype(np.float32)
    found, order = nnq.compile(path, quantization=nnq.Float())(x), np.argsort(-x, axis=1, kind="stable")[:, :7]
    np.testing.assert_array_equal(found["i"], order)
    np.testing.assert_array_equal(found["v"], np.take_along_axis(x, order, 1))


def test_commands_take_and_write_integers(run_nnq, tmp_path, embedding):
    samples = tokens(12, seed=4)
    np.savez(tmp_path / "c.npz", **samples)
    assert run_nnq("compile", embedding, "-o", tmp_path / "out", "--calibration", tmp_path / "c.npz").returncode == 0
    for name, array in samples.items():
        np.save(tmp_path / f"{name}.npy", array[0])
    inputs = [part for name in samples for part in ("--input", f"{name}={tmp_path / name}.npy")]
    result = run_nnq("run", tmp_path / "out", *inputs, "--output-dir", tmp_path / "results")
    assert (result.returncode, result.stderr) == (0, "")
    assert np.load(tmp_path / "results" / "best.npy").dtype == np.int64
    figures = run_nnq("evaluate", tmp_path / "out", "--inputs", tmp_path / "c.npz", "--reference", embedding, "--json")
    assert json.loads(figures.stdout)["sqnr_db"] > 20
    assert run_nnq("bench", tmp_path / "out", "--reps", 3).returncode == 0
    header = (tmp_path / "out" / "model.h").read_text()
    assert "const int64_t *ids" in header and "const uint8_t *mask" in header and "int64_t *best" in header


def test_samples_have_the_type_of_the_input(embedding):
    samples = tokens(4, seed=5)
    samples["ids"] = samples["ids"].astype(np.int32)
    with pytest.raises(nnq.DataError, match=r"array 'ids': expected int64, found int32"):
        nnq.compile(embedding, calibration=samples)


def integers_of(kind, shape):
    dtype = np.dtype(helper.mapping.TENSOR_TYPE_TO_NP_TYPE[kind])
    if dtype == np.bool_:
        return RANDOM.integers(0, 2, shape).astype(bool)
    limits = np.iinfo(dtype)
    return RANDOM.integers(limits.min, limits.max, shape, dtype, endpoint=True)


@pytest.mark.parametrize("coordinates", ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "asymmetric", "align_corners", "tf_crop_and_resize"])
@pytest.mark.parametrize("nearest", ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
def test_a_nearest_resize_copies_integers_from_the_places_of_floats(tmp_path, coordinates, nearest):
    attributes = {"coordinate_transformation_mode": coordinates, "nearest_mode": nearest, "extrapolation_value": 7.0}
    roi = np.float32([0, 0, 0.2, 0, 1, 1, 1.3, 0.8])
    for sizes in ([1, 2, 10, 14], [1, 2, 8, 4], [1, 3, 3, 7]):
        nodes = [("Resize", "x r  s", "y", attributes), ("Resize", "f r  s", "z", attributes)]
        nodes = [(op, ins.replace("  ", " _ "), outs, rest) for op, ins, outs, rest in nodes]
        path = save(tmp_path / "m.onnx", nodes, {"x": ([1, 2, 5, 7], TensorProto.INT64), "f": ([1, 2, 5, 7], TensorProto.FLOAT)},
                    {"y": (sizes, TensorProto.INT64), "z": (sizes, TensorProto.FLOAT)}, {"r": roi, "s": np.int64(sizes), "_": np.float32([])}, opset=19)
        places = np.arange(70).reshape(1, 2, 5, 7)
        found = nnq.compile(path, quantization=nnq.Float())({"x": places + 2**60, "f": places.astype(np.float32)})
        expected = np.int64(found["z"])
        outside = found["y"] == 7
        assert outside.any() == (coordinates == "tf_crop_and_resize")
        np.testing.assert_array_equal(np.where(outside, 7, found["y"] - 2**60), expected)


ALL_KINDS = ["INT8", "UINT8", "INT16", "INT32", "INT64", "BOOL"]


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_integers_of_all_types_are_resized(tmp_path, kind):
    kind = getattr(TensorProto, kind)
    x = integers_of(kind, (1, 2, 3, 4))
    nodes = [("Resize", "x _ s", "y", {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"})]
    path = save(tmp_path / "m.onnx", nodes, {"x": (x.shape, kind)}, {"y": ([1, 2, 6, 12], kind)}, {"s": np.float32([1, 1, 2, 3]), "_": np.float32([])})
    found = nnq.compile(path, quantization=nnq.Float())(x)
    assert found.dtype == x.dtype
    np.testing.assert_array_equal(found, x.repeat(2, 2).repeat(3, 3))


def test_a_map_of_classes_is_enlarged(tmp_path):
    nodes = [("ArgMax", "x", "a", {"axis": 1}), ("Cast", "a", "i", {"to": TensorProto.INT32}), ("Resize", "i _ s", "y", {"nearest_mode": "floor"})]
    path = save(tmp_path / "m.onnx", nodes, {"x": ([1, 5, 4, 6], TensorProto.FLOAT)}, {"y": ([1, 1, 8, 12], TensorProto.INT32)},
                {"s": np.float32([1, 1, 2, 2]), "_": np.float32([])})
    x = RANDOM.standard_normal((1, 5, 4, 6)).astype(np.float32)
    rows, columns = (np.clip(np.floor((np.arange(size) + 0.5) / 2 - 0.5), 0, None).astype(int) for size in (8, 12))
    np.testing.assert_array_equal(nnq.compile(path, quantization=nnq.Float())(x), x.argmax(1, keepdims=True)[:, :, rows][..., columns])


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_integers_of_all_types_are_padded(tmp_path, kind):
    kind = getattr(TensorProto, kind)
    x = integers_of(kind, (1, 2, 3, 4))
    border = x.reshape(-1)[3]
    path = save(tmp_path / "m.onnx", [("Pad", "x p v", "y", {}), ("Pad", "x p", "z", {})], {"x": (x.shape, kind)},
                {"y": ([1, 4, 3, 6], kind), "z": ([1, 4, 3, 6], kind)}, {"p": np.int64([0, 2, 1, -1, 0, 0, -1, 3]), "v": border})
    found = nnq.compile(path, quantization=nnq.Float())(x)
    for name, value in {"y": border, "z": 0}.items():
        expected = np.pad(x[:, :, :-1, 1:], ((0, 0), (2, 0), (1, 0), (0, 3)), constant_values=value)
        assert found[name].dtype == x.dtype
        np.testing.assert_array_equal(found[name], expected)


def test_codes_are_padded_by_a_code(tmp_path):
    nodes = [("QuantizeLinear", "x s z", "q", {}), ("Pad", "q p v", "r", {}), ("DequantizeLinear", "r s z", "y", {})]
    path = save(tmp_path / "m.onnx", nodes, {"x": ([2, 3], TensorProto.FLOAT)}, {"y": ([3, 5], TensorProto.FLOAT)},
                {"s": np.float32(0.5), "z": np.uint8(100), "p": np.int64([1, 0, 0, 2]), "v": np.uint8(104)})
    x = np.float32([[1, 2, 3], [-1, -2, 0.5]])
    np.testing.assert_array_equal(nnq.compile(path, quantization=nnq.Float())(x), np.pad(x, ((1, 0), (0, 2)), constant_values=2))


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_integers_of_all_types_are_reduced(tmp_path, kind):
    kind = getattr(TensorProto, kind)
    x = integers_of(kind, (3, 5, 70))
    nodes = [("ReduceMax", "x last", "most", {}), ("ReduceMin", "x first", "least", {"keepdims": 0}), ("ReduceMax", "x", "all", {})]
    outputs = {"most": ([3, 5, 1], kind), "least": ([70], kind), "all": ([1, 1, 1], kind)}
    expected = {"most": x.max(-1, keepdims=True), "least": x.min((0, 1)), "all": x.max(keepdims=True)}
    if kind in (TensorProto.INT32, TensorProto.INT64):
        nodes += [("ReduceSum", "x last", "sum", {"keepdims": 0}), ("ReduceSum", "x first", "wide", {}), ("Pow", "x two", "square", {})]
        outputs |= {"sum": ([3, 5], kind), "wide": ([1, 1, 70], kind), "square": (x.shape, kind)}
        with np.errstate(over="ignore"):
            expected |= {"sum": x.sum(-1, dtype=x.dtype), "wide": x.sum((0, 1), x.dtype, keepdims=True), "square": x * x}
    path = save(tmp_path / "m.onnx", nodes, {"x": (x.shape, kind)}, outputs, {"last": np.int64([2]), "first": np.int64([0, 1]), "two": np.int64(2)},
                opset=20)
    found = nnq.compile(path, quantization=nnq.Float())(x)
    for name, array in expected.items():
        assert found[name].dtype == x.dtype
        np.testing.assert_array_equal(found[name], array)


def test_a_sum_of_integers_stays_one_in_int8(tmp_path):
    """The mean of rows by the count of a mask."""
    nodes = [
        ("ReduceSum", "mask axis", "count", {}), ("Cast", "count", "n", {"to": TensorProto.FLOAT}), ("Gather", "table ids", "words", {}),
        ("ReduceSum", "words axis", "sum", {"keepdims": 0}), ("Div", "sum n", "mean", {}), ("MatMul", "mean w", "y", {}),
    ]  # fmt: skip
    path = save(tmp_path / "m.onnx", nodes, {"ids": ([1, 6], TensorProto.INT64), "mask": ([1, 6], TensorProto.INT64)},
                {"y": ([1, 8], TensorProto.FLOAT), "count": ([1, 1], TensorProto.INT64)}, {"table": TABLE, "w": WEIGHTS, "axis": np.int64([1])})
    samples = {"ids": RANDOM.integers(0, 20, (40, 1, 6)), "mask": RANDOM.integers(1, 3, (40, 1, 6))}
    model = nnq.compile(path, calibration=samples)
    expected = [TABLE[ids].sum(1) / mask.sum(1, keepdims=True) @ WEIGHTS for ids, mask in zip(samples["ids"], samples["mask"])]
    found = [model({"ids": ids, "mask": mask}) for ids, mask in zip(samples["ids"], samples["mask"])]
    np.testing.assert_array_equal([result["count"] for result in found], samples["mask"].sum(2, keepdims=True))
    assert sqnr(expected, [result["y"] for result in found]) > 25
