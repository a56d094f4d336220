#!/usr/bin/python3
"""Writes the small quantized ONNX models of these tests: make_quantized_model.py OUT_DIR NAME..."""
import numpy as np
from models.net import Net, write
from onnx import TensorProto, helper

MODELS = {}


def model(function):
    MODELS[function.__name__] = function
    return function


class QuantizedNet(Net):
    """Adds scales, zero points and pairs of QuantizeLinear and DequantizeLinear."""

    def scale(self, name, *values):
        return self.const(name, values if len(values) != 1 else values[0])

    def zero(self, name, *values, dtype=np.uint8):
        return self.const(name, values if len(values) != 1 else values[0], dtype)

    def params(self, name, scale, zero, dtype=np.uint8):
        return [self.scale(name + "_scale", scale), self.zero(name + "_zero", zero, dtype=dtype)]

    def quantize(self, x, name, scale, zero, dtype=np.uint8, **attributes):
        return self.node("QuantizeLinear", [x, *self.params(name, scale, zero, dtype)], name, **attributes)

    def dequantize(self, x, name, scale, zero, dtype=np.uint8, **attributes):
        return self.node("DequantizeLinear", [x, *self.params(name, scale, zero, dtype)], name, **attributes)

    def contrib(self):
        self.domains.append(helper.make_opsetid("com.microsoft", 1))
        return "com.microsoft"

    def codes(self, name, dtype, *shape):
        limits = np.iinfo(dtype)
        return self.const(name, self.random.integers(max(limits.min, -100), min(limits.max, 200), shape), dtype)


# Pairs


@model
def pair():
    net = QuantizedNet()
    x = net.quantize(net.input("x", [1, 2, 2, 2]), "q", 0.5, 128)
    return net.outs(net.dequantize(x, "dq", 0.5, 128))


@model
def per_axis():
    net = QuantizedNet()
    x = net.input("x", [1, 2, 2, 2])
    params = [net.scale("s", 0.5, 0.25), net.zero("z", 1, 2, dtype=np.int8)]
    q = net.node("QuantizeLinear", [x, *params], "q", axis=1)
    return net.outs(net.node("DequantizeLinear", [q, *params], "dq", axis=1))


@model
def blocks():
    net = QuantizedNet(opset=21)
    params = [net.const("s", [[0.5, 0.25], [1, 2]]), net.const("z", [[1, 2], [3, 4]], np.uint8)]
    return net.outs(net.node("DequantizeLinear", [net.codes("w", np.uint8, 2, 4), *params], "dq", axis=1, block_size=2))


@model
def qdq_conv():
    """Weights per channel behind DequantizeLinear, an int32 bias, a rectifier."""
    net = QuantizedNet()
    x = net.dequantize(net.quantize(net.input("x", [1, 2, 4, 4]), "q", 0.5, 128), "x_dq", 0.5, 128)
    w = net.node("DequantizeLinear", [net.codes("w", np.int8, 2, 2, 1, 1), net.scale("ws", 0.5, 0.25), net.zero("wz", 0, 0, dtype=np.int8)], "w_dq", axis=0)
    b = net.node("DequantizeLinear", [net.const("b", [3, 4], np.int32), net.scale("bs", 0.25, 0.125)], "b_dq", axis=0)
    y = net.node("Relu", [net.node("Conv", [x, w, b], "conv")], "relu")
    return net.outs(net.dequantize(net.quantize(y, "y_q", 2.0, 0), "y_dq", 2.0, 0))


@model
def float_weights():
    """Quantizers also write float weights behind a pair: they are codes after import."""
    net = QuantizedNet()
    x = net.dequantize(net.quantize(net.input("x", [1, 2]), "q", 0.5, 128), "x_dq", 0.5, 128)
    w = net.dequantize(net.quantize(net.const("w", [[1.0, -2.0], [3.0, 4.0]]), "w_q", 0.5, 0, np.int8), "w_dq", 0.5, 0, np.int8)
    net.output(net.quantize(net.node("MatMul", [x, w], "matmul"), "y_q", 2.0, 10), [1, 2], TensorProto.UINT8)
    return net.proto()


@model
def integer_input():
    """The input takes the scale that its one use names; a second use with another scale keeps it raw."""
    net = QuantizedNet()
    x, y = net.input("x", [4], TensorProto.UINT8), net.input("y", [4], TensorProto.INT8)
    once = net.dequantize(x, "once", 0.5, 128)
    first, second = net.dequantize(y, "first", 0.5, 1, np.int8), net.dequantize(y, "second", 0.25, 2, np.int8)
    return net.outs(once, net.node("Add", [first, second], "sum"))


@model
def moves_codes():
    """Operators on integers that only move them."""
    net = QuantizedNet()
    x = net.input("x", [1, 2, 4, 4], TensorProto.UINT8)
    pooled = net.node("MaxPool", [x], "pool", kernel_shape=[2, 2], strides=[2, 2])
    moved = net.node("Concat", [pooled, net.node("Transpose", [pooled], "turn", perm=[0, 1, 3, 2])], "concat", axis=1)
    net.output(net.node("Reshape", [moved, net.ints("shape", 1, 16)], "flat"), [1, 16], TensorProto.UINT8)
    return net.proto()


@model
def dynamic():
    net = QuantizedNet()
    net.input("x", [2, 3])
    q, scale, zero = net.node("DynamicQuantizeLinear", ["x"], "dynamic", ["q", "scale", "zero"])
    product = net.node("MatMulInteger", [q, net.codes("w", np.int8, 3, 4), zero], "product")
    real = net.node("Cast", [product], "cast", to=TensorProto.FLOAT)
    return net.outs(net.node("Mul", [real, scale], "scaled"), net.node("DequantizeLinear", [q, scale, zero], "dq"))


# Operators on integers


@model
def qlinear_conv():
    net = QuantizedNet()
    x = net.input("x", [1, 2, 4, 4], TensorProto.UINT8)
    w = [net.codes("w", np.int8, 2, 2, 1, 1), net.scale("ws", 0.5, 0.25), net.zero("wz", 0, 0, dtype=np.int8)]
    inputs = [x, *net.params("x", 0.5, 128), *w, *net.params("y", 2.0, 10), net.const("b", [3, 4], np.int32)]
    net.output(net.node("QLinearConv", inputs, "conv"), None, TensorProto.UINT8)
    return net.proto()


@model
def qlinear_matmul():
    net = QuantizedNet()
    a = net.input("a", [3, 2], TensorProto.INT8)
    b = [net.codes("b", np.int8, 2, 4), net.scale("bs", 0.5, 0.25, 1, 2), net.zero("bz", 0, 0, 0, 0, dtype=np.int8)]
    inputs = [a, *net.params("a", 0.5, 1, np.int8), *b, *net.params("y", 2.0, 10, np.int8)]
    net.output(net.node("QLinearMatMul", inputs, "matmul"), None, TensorProto.INT8)
    return net.proto()


@model
def qgemm():
    net = QuantizedNet()
    domain = net.contrib()
    a = [net.input("a", [1, 2], TensorProto.UINT8), *net.params("a", 0.5, 1)]
    b = [net.codes("b", np.int8, 4, 2), *net.params("b", 0.5, 0, np.int8)]
    c = net.const("c", [1, 2, 3, 4], np.int32)
    return net.outs(net.node("QGemm", [*a, *b, c], "gemm", domain=domain, alpha=2.0, transB=1))


@model
def conv_integer():
    net = QuantizedNet()
    x = net.input("x", [1, 1, 3, 3], TensorProto.UINT8)
    inputs = [x, net.codes("w", np.int8, 1, 1, 2, 2), net.zero("xz", 7)]
    net.output(net.node("ConvInteger", inputs, "conv"), None, TensorProto.INT32)
    return net.proto()


@model
def qlinear_others():
    net = QuantizedNet()
    domain = net.contrib()
    x = [net.input("x", [1, 2, 4, 4], TensorProto.UINT8), *net.params("x", 0.5, 128)]
    y = net.params("y", 0.25, 3)
    for op, inputs in [
        ("QLinearAdd", [*x, *x, *y]),
        ("QLinearMul", [*x, *x, *y]),
        ("QLinearConcat", [*y, *x, *x]),
        ("QLinearSigmoid", [*x, *y]),
        ("QLinearLeakyRelu", [*x, *y]),
        ("QLinearGlobalAveragePool", [*x, *y]),
        ("QLinearSoftmax", [*x, *y]),
    ]:
        attributes = {"QLinearConcat": {"axis": 1}, "QLinearSoftmax": {"axis": 1, "opset": 13}}.get(op, {})
        net.output(net.node(op, inputs, op, domain=domain, **attributes), None, TensorProto.UINT8)
    pool = net.node("QLinearAveragePool", [*x, *y], "pool", domain=domain, kernel_shape=[2, 2], channels_last=1)
    net.output(pool, None, TensorProto.UINT8)
    return net.proto()


@model
def qlinear_sums():
    """Operands that are repeated along different dimensions."""
    net = QuantizedNet()
    domain = net.contrib()
    y = net.params("y", 0.25, 3)
    for name, a, b in [("inside", (2, 1), (2, 4)), ("outside", (1, 4), (2, 4)), ("both", (1, 1), (4,)), ("column", (1, 1), (2, 1))]:
        inputs = [[net.input(name + side, list(shape), TensorProto.UINT8), *net.params(name + side, 0.5, 1)] for side, shape in (("_a", a), ("_b", b))]
        net.output(net.node("QLinearAdd", [*inputs[0], *inputs[1], *y], name, domain=domain), None, TensorProto.UINT8)
    return net.proto()


@model
def matmul_nbits():
    """K = 20 in blocks of 16: the input is padded to 32."""
    net = QuantizedNet()
    domain = net.contrib()
    inputs = [net.input("x", [1, 20]), net.codes("w", np.uint8, 3, 2, 8), net.const("s", np.full(6, 0.5))]
    return net.outs(net.node("MatMulNBits", inputs, "product", domain=domain, K=20, N=3, bits=4, block_size=16))


@model
def casts():
    """Floats to 4 bits wrap around; codes to f32 and to wider codes."""
    net = QuantizedNet(opset=21)
    x, q = net.input("x", [4]), net.input("q", [4], 22)  # INT4
    net.output(net.node("Cast", [x], "narrow", to=22), [4], 22)
    net.output(net.node("Cast", [q], "real", to=TensorProto.FLOAT), [4])
    net.output(net.node("CastLike", [q, net.zero("like", 0, dtype=np.int8)], "wide"), [4], TensorProto.INT8)
    return net.proto()


# What is refused


@model
def other_output_type():
    net = QuantizedNet()
    q = net.quantize(net.input("x", [4]), "q", 0.5, 0, np.int8)
    net.output(q, [4], TensorProto.UINT8)
    return net.proto()


def dequantize_with(scale, zero, shape=(2, 3), **attributes):
    net = QuantizedNet(opset=attributes.pop("opset", 13))
    x = net.input("x", list(shape), TensorProto.UINT8)
    return net.outs(net.node("DequantizeLinear", [x, net.const("s", scale), net.const("z", zero, np.uint8)], "dq", **attributes))


@model
def zero_scale():
    return dequantize_with(0.0, 1)


@model
def negative_scale():
    return dequantize_with([0.5, -1.0, 1.0], [1, 1, 1])


@model
def nan_scale():
    return dequantize_with(float("nan"), 1)


@model
def wrong_scale_length():
    return dequantize_with([0.5, 1.0], [1, 1])


@model
def wrong_zero_length():
    return dequantize_with([0.5, 1.0, 2.0], [1, 1])


@model
def wrong_axis():
    return dequantize_with([0.5, 1.0, 2.0], [1, 1, 1], axis=4)


@model
def wrong_block():
    return dequantize_with([[0.5, 1.0]], [[1, 1]], axis=1, block_size=2, opset=21)


@model
def wrong_type():
    net = QuantizedNet()
    x = net.input("x", [2], TensorProto.UINT8)
    return net.outs(net.dequantize(x, "dq", 0.5, 0, np.int8))


@model
def float_codes():
    net = QuantizedNet()
    return net.outs(net.dequantize(net.input("x", [2]), "dq", 0.5, 0))


@model
def integer_where_float():
    net = QuantizedNet()
    return net.outs(net.node("Exp", [net.input("x", [2], TensorProto.UINT8)], "exp"))


@model
def quantizes_to_float8():
    net = QuantizedNet(opset=21)
    return net.outs(net.node("QuantizeLinear", [net.input("x", [2]), net.const("s", 1.0)], "q", output_dtype=17))


@model
def wrong_bias_length():
    net = QuantizedNet()
    x = net.input("x", [1, 2, 4, 4], TensorProto.UINT8)
    w = [net.codes("w", np.int8, 2, 2, 1, 1), net.scale("ws", 0.5, 0.25), net.zero("wz", 0, 0, dtype=np.int8)]
    inputs = [x, *net.params("x", 0.5, 128), *w, *net.params("y", 2.0, 10), net.const("b", [3, 4, 5], np.int32)]
    return net.outs(net.node("QLinearConv", inputs, "conv"))


if __name__ == "__main__":
    write(MODELS)
