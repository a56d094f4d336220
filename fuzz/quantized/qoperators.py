"""Operators that take codes and give codes, of ONNX and of com.microsoft, and integer products whose results are the graph's.

Each function appends nodes behind the quantized Value `x` and returns the new quantized Value, None where it does not apply
to x, or END where nothing can stand behind the result.
"""

import math

import numpy as np
from common.graph import MICROSOFT, Value, limits

from .parameters import Weights, bias_codes, code_input, code_value, codes, generator, parameters, reals, scale
from .qdq import groups, sum_reach, window

END = Value("", ())


def narrow(x):
    return x.element in ("u8", "i8")


def weight_element(c, x):
    return "i8" if x.element == "i8" else c.weighted({"i8": 70, "u8": 30})


def result_of(g, c, x, shape, reach):
    """A result of x's type, and the names of its scale and zero point."""
    value = code_value(c, shape, x.element, max(reach, 1e-6))
    return value, parameters(g, value)


def bias_input(g, c, x, weights, count):
    if not c.chance(60):
        return []
    return [g.constant(bias_codes(c, count, x.reach * weights.reach, np.float32(x.scale) * weights.scales), "i32")]


def qlinear_conv(g, c, x):
    if not narrow(x) or len(x.shape) != 4:
        return None
    attributes, size = window(c, x)
    group, outputs = groups(c, x.shape[1])
    shape = (outputs, x.shape[1] // group, *attributes["kernel_shape"])
    weights = Weights(c, weight_element(c, x), shape, 0)
    y, y_names = result_of(g, c, x, (x.shape[0], outputs, *size), sum_reach(x, weights, math.prod(shape[1:])))
    inputs = [x, *parameters(g, x), weights.code_name(g), *weights.parameter_names(g), *y_names, *bias_input(g, c, x, weights, outputs)]
    return g.node("QLinearConv", inputs, y, group=group, **attributes)


def qlinear_matmul(g, c, x):
    if not narrow(x) or len(x.shape) < 2:
        return None
    depth, columns = x.shape[-1], c.pick((1, 2, 5, 8, 16, 17, 33))
    weights = Weights(c, weight_element(c, x), (depth, columns), 1)
    y, y_names = result_of(g, c, x, (*x.shape[:-1], columns), sum_reach(x, weights, depth))
    return g.node("QLinearMatMul", [x, *parameters(g, x), weights.code_name(g), *weights.parameter_names(g), *y_names], y)


def qgemm(g, c, x):
    if not narrow(x) or len(x.shape) != 2:
        return None
    depth, columns, transposed = x.shape[1], c.pick((1, 2, 5, 8, 16, 17)), c.chance(70)
    weights = Weights(c, weight_element(c, x), (columns, depth) if transposed else (depth, columns), 0 if transposed else 1)
    bias = bias_input(g, c, x, weights, columns) or [""]
    inputs = [x, *parameters(g, x), weights.code_name(g), *weights.parameter_names(g), *bias]
    y, y_names = result_of(g, c, x, (x.shape[0], columns), sum_reach(x, weights, depth))
    if c.chance(12):  # without the result's scale it is float
        g.node("QGemm", inputs, Value("", y.shape), MICROSOFT, alpha=1.0, transB=int(transposed))
        return END
    return g.node("QGemm", [*inputs, *y_names], y, MICROSOFT, alpha=1.0, transB=int(transposed))


def qlinear_binary(g, c, x):
    if not narrow(x):
        return None
    op = c.pick(("QLinearAdd", "QLinearMul"))
    shape = x.shape
    if c.chance(40):
        shape = tuple(1 if c.chance(50) else size for size in x.shape)
    other = code_value(c, shape, x.element, x.reach)
    if c.chance(50):
        name = g.constant(codes(c, x.element, shape), x.element)
    else:
        name = code_input(g, c, other).name
    y, y_names = result_of(g, c, x, x.shape, x.reach * other.reach if op == "QLinearMul" else x.reach + other.reach)
    operands = [[x, *parameters(g, x)], [name, *parameters(g, other)]][:: -1 if c.chance(30) else 1]
    return g.node(op, [*operands[0], *operands[1], *y_names], y, MICROSOFT)


def qlinear_unary(g, c, x):
    if not narrow(x):
        return None
    op = c.weighted({"QLinearLeakyRelu": 40, "QLinearSigmoid": 35, "QLinearSoftmax": 25})
    attributes = {"alpha": c.pick((0.25, 0.01, 0.1))} if op == "QLinearLeakyRelu" else {}
    if op == "QLinearSoftmax" and x.shape[-1] == 1:
        return None  # ONNX Runtime's overflows: docs/NumericsOnnx.md
    if op == "QLinearSoftmax":
        attributes = {"axis": len(x.shape) - 1, "opset": 13}
    y, y_names = result_of(g, c, x, x.shape, x.reach if op == "QLinearLeakyRelu" else 1.0)
    return g.node(op, [x, *parameters(g, x), *y_names], y, MICROSOFT, **attributes)


def qlinear_pool(g, c, x):
    if not narrow(x) or len(x.shape) != 4:
        return None
    if c.chance(30):
        y, y_names = result_of(g, c, x, (*x.shape[:2], 1, 1), x.reach)
        return g.node("QLinearGlobalAveragePool", [x, *parameters(g, x), *y_names], y, MICROSOFT, channels_last=0)
    attributes, size = window(c, x, allow_dilation=False)
    y, y_names = result_of(g, c, x, (*x.shape[:2], *size), x.reach)
    attributes |= {"count_include_pad": int(c.chance(50)), "channels_last": 0}
    return g.node("QLinearAveragePool", [x, *parameters(g, x), *y_names], y, MICROSOFT, **attributes)


def qlinear_concat(g, c, x):
    if not narrow(x):
        return None
    axis = c.below(len(x.shape))
    operands, size = [x, *parameters(g, x)], x.shape[axis]
    for _ in range(c.between(1, 2)):
        shape = tuple(c.between(1, 4) if i == axis else s for i, s in enumerate(x.shape))
        value = code_value(c, shape, x.element, x.reach)
        operands += [code_input(g, c, value), *parameters(g, value)]
        size += shape[axis]
    y, y_names = result_of(g, c, x, tuple(size if i == axis else s for i, s in enumerate(x.shape)), x.reach)
    return g.node("QLinearConcat", [*y_names, *operands], y, MICROSOFT, axis=axis)


def max_pool_of_codes(g, c, x):
    if not narrow(x) or len(x.shape) != 4:
        return None
    attributes, size = window(c, x)
    return g.node("MaxPool", [x], Value("", (*x.shape[:2], *size), x.element, x.scale, x.zero, x.reach), **attributes)


# ----- Results that are not codes ----------------------------------------------------------------------------------------


def integer_zeros(g, c, x, weights):
    """Optional zero points of an integer product."""
    kind = c.weighted({"both": 70, "input": 15, "none": 15})
    if kind == "none":
        return []
    return [g.constant(np.array(x.zero), x.element)] + ([weights.parameter_names(g)[1]] if kind == "both" else [])


def scaled(g, c, product):
    """Cast and Mul behind an integer product, as dynamic quantization writes them."""
    if not c.chance(50):
        return END
    real = g.node("Cast", [product], Value("", product.shape), to=1)
    real = g.node("Mul", [real, g.constant(np.float32(scale(c, 0.01)))], Value("", product.shape))
    if c.chance(50):
        g.node("Add", [real, g.constant(reals(c, (1,), 1.0))], Value("", product.shape))
    return END


def conv_integer(g, c, x):
    if not narrow(x) or len(x.shape) != 4:
        return None
    attributes, size = window(c, x)
    group, outputs = groups(c, x.shape[1])
    weights = Weights(c, weight_element(c, x), (outputs, x.shape[1] // group, *attributes["kernel_shape"]), 0)
    weights.per_channel = False
    result = Value("", (x.shape[0], outputs, *size), "i32")
    inputs = [x, weights.code_name(g), *integer_zeros(g, c, x, weights)]
    return scaled(g, c, g.node("ConvInteger", inputs, result, group=group, **attributes))


def matmul_integer(g, c, x):
    if not narrow(x) or len(x.shape) < 2:
        return None
    columns = c.pick((1, 2, 5, 8, 16, 17))
    weights = Weights(c, weight_element(c, x), (x.shape[-1], columns), 1)
    result = Value("", (*x.shape[:-1], columns), "i32")
    return scaled(g, c, g.node("MatMulInteger", [x, weights.code_name(g), *integer_zeros(g, c, x, weights)], result))


# ----- Graphs that begin with reals --------------------------------------------------------------------------------------


def real_input(g, c, shape):
    return g.input(Value(f"x{len(g.inputs)}", shape), reals(c, shape, c.pick((1.0, 8.0))))


def dynamic(g, c):
    """DynamicQuantizeLinear, alone or in front of an integer product."""
    shape = tuple(c.between(1, 6) for _ in range(c.between(1, 3)))
    x = real_input(g, c, shape)
    y, y_scale, y_zero = g.node("DynamicQuantizeLinear", [x], [Value("", shape, "u8"), Value("", ()), Value("", (), "u8")])
    if len(shape) < 2 or not c.chance(60):
        return
    columns = c.pick((1, 2, 5, 8, 16))
    weights = Weights(c, c.pick(("i8", "u8")), (shape[-1], columns), 1)
    result = Value("", (*shape[:-1], columns))
    product = g.node("MatMulInteger", [y, weights.code_name(g), y_zero, weights.parameter_names(g)[1]], Value("", result.shape, "i32"))
    product = g.node("Cast", [product], result, to=1)
    factor = g.node("Mul", [y_scale, weights.parameter_names(g)[0]], Value("", weights.scales.shape if weights.per_channel else ()))
    g.node("Mul", [product, factor], result)


def matmul_nbits(g, c):
    bits, block = c.pick((4, 8, 2)), c.pick((16, 32))
    rows, depth, columns = c.between(1, 3), c.pick((16, 8, 32, 23, 64)), c.pick((1, 4, 13, 16))
    blocks = -(-depth // block)
    x = real_input(g, c, (rows, depth))
    random = generator(c)
    packed = random.integers(0, 256, (columns, blocks, block * bits // 8))
    scales = random.uniform(0.005, 0.02, columns * blocks).astype(np.float32)
    inputs = [x, g.constant(packed, "u8"), g.constant(scales)]
    if c.chance(50):
        inputs.append(g.constant(random.integers(0, 256, columns * (-(-blocks * bits // 8))), "u8"))
    attributes = {"K": depth, "N": columns, "bits": bits, "block_size": block, "accuracy_level": c.pick((0, 4))}
    g.node("MatMulNBits", inputs, Value("", (rows, columns)), MICROSOFT, **attributes)


def conversion(g, c):
    """QuantizeLinear or DequantizeLinear of any granularity."""
    shape = tuple(c.between(1, 4) * (2 if i == 1 else 1) for i in range(c.between(2, 4)))
    granularity = c.weighted({"tensor": 30, "axis": 40, "block": 30 if g.opset >= 21 else 0})
    attributes, count = {}, ()
    if granularity == "axis":
        attributes, count = {"axis": 1}, (shape[1],)
    elif granularity == "block":
        block = c.pick([d for d in range(1, shape[1] + 1) if shape[1] % d == 0])
        attributes, count = {"axis": 1, "block_size": block}, (shape[0], shape[1] // block, *shape[2:])
    wide = {"u16": 12, "i16": 12, "u4": 10, "i4": 10} if g.opset >= 21 else {}
    kind = c.weighted({"u8": 25, "i8": 25, **wide})
    to_codes = kind in ("u4", "i4") or c.chance(50)
    if not to_codes and c.chance(20):
        kind = "i32"
    random = generator(c)
    scales = np.float32(random.uniform(0.01, 0.03, count) if count else scale(c, 0.02))
    low, high = (0, 0) if kind == "i32" else limits(kind)
    zeros = random.integers(low, high + 1, count)
    names = [g.constant(scales), g.constant(zeros, kind)]
    if to_codes:
        x = g.node("QuantizeLinear", [real_input(g, c, shape), *names], Value("", shape, kind, 1.0), **attributes)
        if kind not in ("u4", "i4") and c.chance(50):
            return
        names = [g.constant(scales), names[1]]
    else:
        x = g.input(Value(f"x{len(g.inputs)}", shape, kind, 1.0), codes(c, kind, shape))
    g.node("DequantizeLinear", [x, *names], Value("", shape), **attributes)


STEPS = {
    **{qlinear_conv: 22, qlinear_matmul: 12, qgemm: 8, qlinear_binary: 14, qlinear_unary: 8, qlinear_pool: 8, qlinear_concat: 6},
    **{max_pool_of_codes: 4, conv_integer: 4, matmul_integer: 4},
}
WHOLE = {conversion: 50, dynamic: 25, matmul_nbits: 25}
