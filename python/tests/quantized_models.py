"""Small quantized ONNX models, and what they compute in numpy by the formulas of docs/Semantics.md."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

NUMBERS = {"float32": 1, "uint8": 2, "int8": 3, "uint16": 4, "int16": 5, "int32": 6, "int64": 7}


def save(path, nodes, inputs, outputs, constants, opset=21):
    """`inputs` and `outputs` are {name: (type, shape)}, `constants` {name: array or TensorProto}."""
    info = lambda values: [helper.make_tensor_value_info(name, NUMBERS[t], shape) for name, (t, shape) in values.items()]  # noqa: E731
    tensors = [a if isinstance(a, TensorProto) else numpy_helper.from_array(np.asarray(a), name) for name, a in constants.items()]
    graph = helper.make_graph(nodes, "tiny", info(inputs), info(outputs), tensors)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    onnx.save(helper.make_model(graph, ir_version=10, opset_imports=opsets), str(path))
    return path


def gemm_parts(dtype="uint8"):
    """Nodes, inputs, outputs and constants of y = quantize(dequantize(x) w + b) on codes of 8 to 16 bits."""
    low = np.iinfo(dtype).min
    random = np.random.default_rng(3)
    constants = {
        "x_scale": np.float32(0.05),
        "x_zero": np.array(low + 100, dtype),
        "w": random.integers(-127, 128, (8, 3)).astype(np.int8),
        "w_scale": np.float32([0.01, 0.02, 0.015]),
        "w_zero": np.zeros(3, np.int8),
        "b": random.integers(-500, 500, 3).astype(np.int32),
        "b_scale": np.float32(0.05) * np.float32([0.01, 0.02, 0.015]),
        "y_scale": np.float32(0.21),
        "y_zero": np.array(low + 130, dtype),
    }
    nodes = [
        helper.make_node("DequantizeLinear", ["x", "x_scale", "x_zero"], ["x_real"], "x_dequantize"),
        helper.make_node("DequantizeLinear", ["w", "w_scale", "w_zero"], ["w_real"], "w_dequantize", axis=1),
        helper.make_node("DequantizeLinear", ["b", "b_scale"], ["b_real"], "b_dequantize", axis=0),
        helper.make_node("Gemm", ["x_real", "w_real", "b_real"], ["y_real"], "gemm"),
        helper.make_node("QuantizeLinear", ["y_real", "y_scale", "y_zero"], ["y"], "y_quantize"),
    ]
    return nodes, {"x": (dtype, [1, 8])}, {"y": (dtype, [1, 3])}, constants


def gemm_codes(x, constants):
    """What that model computes."""
    c = constants
    products = (x.astype(np.int64) - c["x_zero"]) @ c["w"].astype(np.int64) + c["b"]
    multiplier = np.float32(c["x_scale"] * c["w_scale"]) / c["y_scale"]
    limits = np.iinfo(c["y_zero"].dtype)
    rounded = np.rint(products.astype(np.float32) * multiplier).astype(np.int64)
    return np.clip(rounded + c["y_zero"], limits.min, limits.max).astype(c["y_zero"].dtype)
