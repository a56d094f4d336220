"""Layers between DequantizeLinear and QuantizeLinear, as quantizers write them.

Each function appends nodes behind the quantized Value `x` and returns the new quantized Value, or None where it does not
apply to x.
"""

import math
from dataclasses import replace

import numpy as np
from common.graph import MICROSOFT, Value

from .parameters import Weights, bias_reals, code_input, code_value, codes, dequantize, element, generator, quantize


def window(c, x, allow_dilation=True):
    """Attributes of a window that fits the image, and the size of the result."""
    kernel, strides, dilations, pads, sizes = [], [], [], [0, 0, 0, 0], []
    for i, size in enumerate(x.shape[2:]):
        k = c.between(1, min(3, size))
        before, after = (c.below(k), c.below(k)) if c.chance(45) else (0, 0)
        padded = size + before + after
        d = c.between(1, max(1, min(2, (padded - 1) // max(k - 1, 1)))) if allow_dilation and k > 1 else 1
        s = c.between(1, 3) if c.chance(40) else 1
        kernel.append(k)
        strides.append(s)
        dilations.append(d)
        pads[i], pads[i + 2] = before, after
        sizes.append((padded - d * (k - 1) - 1) // s + 1)
    attributes = {"kernel_shape": kernel, "strides": strides, "pads": pads}
    return attributes | ({"dilations": dilations} if allow_dilation else {}), tuple(sizes)


def groups(c, channels):
    """Number of groups and output channels: one group, depthwise, or another divisor."""
    kind = c.weighted({"one": 60, "depthwise": 25, "some": 15})
    group = 1 if kind == "one" else channels if kind == "depthwise" else c.pick([d for d in range(1, channels + 1) if channels % d == 0])
    return group, group * (c.pick((1, 2, 3, 4, 5, 8, 16, 17)) if group == 1 else c.between(1, 2))


def weight_element(g, c, narrow=True):
    return c.weighted({"i8": 60, "u8": 18} | ({"i4": 16, "u4": 6} if narrow and g.opset >= 21 else {}))


def activation(g, c, real):
    """What often stands in front of the QuantizeLinear."""
    kind = c.weighted({"none": 55, "Relu": 25, "Clip": 15, "LeakyRelu": 5})
    if kind == "none":
        return real
    inputs, attributes = [real], {}
    if kind == "Clip":
        low, high = c.pick(((0.0, 6.0), (-1.0, 1.0), (0.0, 1.0), (None, 0.5), (0.0, None)))
        inputs += ["" if bound is None else g.constant(np.float32(bound * max(real.reach / 4, 1e-6))) for bound in (low, high)]
    if kind == "LeakyRelu":
        attributes["alpha"] = c.pick((0.25, 0.01, 0.1))
    return g.node(kind, inputs, Value("", real.shape, reach=real.reach), **attributes)


def finish(g, c, x, real):
    """Activation and QuantizeLinear, mostly of the type of x."""
    real = activation(g, c, real)
    kind = element(c) if c.chance(8) else x.element
    if c.chance(8):  # a conversion that changes nothing but the scale
        middle = quantize(g, c, real, element=kind)
        return quantize(g, c, dequantize(g, c, middle), element=kind)
    return quantize(g, c, real, element=kind)


def sum_reach(x, weights, depth):
    return max(x.reach * weights.reach * math.sqrt(depth) * 0.4, 1e-6)


def conv(g, c, x):
    if len(x.shape) != 4:
        return None
    attributes, size = window(c, x)
    group, outputs = groups(c, x.shape[1])
    shape = (outputs, x.shape[1] // group, *attributes["kernel_shape"])
    weights = Weights(c, weight_element(g, c), shape, 0)
    real = dequantize(g, c, x)
    inputs = [real, weights.reals(g, c), *bias_reals(g, c, x, weights, outputs)]
    result = Value("", (x.shape[0], outputs, *size), reach=sum_reach(x, weights, math.prod(shape[1:])))
    return finish(g, c, x, g.node("Conv", inputs, result, group=group, **attributes))


def matmul(g, c, x):
    if len(x.shape) < 2:
        return None
    depth, columns = x.shape[-1], c.pick((1, 2, 5, 8, 16, 17, 33))
    weights = Weights(c, weight_element(g, c), (depth, columns), 1, varied=True)
    result = Value("", (*x.shape[:-1], columns), reach=sum_reach(x, weights, depth))
    real = dequantize(g, c, x)
    matrix = weights.reals_in_blocks(g, c) if g.opset >= 21 and c.chance(8) else weights.reals(g, c)
    product = g.node("MatMul", [real, matrix], result)
    bias = bias_reals(g, c, x, weights, columns)
    if bias:
        product = g.node("Add", [product, *bias][:: -1 if c.chance(20) else 1], result)
    return finish(g, c, x, product)


def gemm(g, c, x):
    if len(x.shape) != 2:
        return None
    depth, columns, transposed = x.shape[1], c.pick((1, 2, 5, 8, 16, 17)), c.chance(70)
    weights = Weights(c, weight_element(g, c), (columns, depth) if transposed else (depth, columns), 0 if transposed else 1, varied=True)
    result = Value("", (x.shape[0], columns), reach=sum_reach(x, weights, depth))
    inputs = [dequantize(g, c, x), weights.reals(g, c), *bias_reals(g, c, x, weights, columns)]
    return finish(g, c, x, g.node("Gemm", inputs, result, transB=int(transposed)))


def matmul_of_activations(g, c, x):
    if len(x.shape) < 2:
        return None
    real = dequantize(g, c, x)
    permutation = [*range(len(x.shape) - 2), len(x.shape) - 1, len(x.shape) - 2]
    shape = tuple(x.shape[i] for i in permutation)
    other = g.node("Transpose", [real], Value("", shape, reach=x.reach), perm=permutation)
    if c.chance(50):
        other = dequantize(g, c, quantize(g, c, other, like=x))
    result = Value("", (*shape[:-1], x.shape[-2])[:-2] + (x.shape[-2], x.shape[-2]), reach=x.reach * x.reach * math.sqrt(x.shape[-1]) * 0.4)
    return finish(g, c, x, g.node("MatMul", [real, other], result))


def other_operand(g, c, x):
    """A real Value that can be added to x: a new input, a constant that is quantized, x itself or a layer in front of it."""
    kind = c.weighted({"input": 40, "constant": 35, "same": 8, "earlier": 17})
    if kind in ("same", "earlier"):
        return dequantize(g, c, c.pick(g.codes(x.shape, x.element) or [x]) if kind == "earlier" else x)
    shape = x.shape
    if c.chance(40):
        shape = tuple(1 if i != 1 and len(x.shape) > 1 else size for i, size in enumerate(x.shape))
        shape = () if c.chance(20) else shape
    if kind == "constant":
        value = code_value(c, shape, x.element, x.reach * c.pick((1.0, 0.25)))
        name = g.constant(codes(c, x.element, shape), x.element)
        return dequantize(g, c, replace(value, name=name))
    return dequantize(g, c, code_input(g, c, code_value(c, shape, x.element, x.reach * c.pick((1.0, 0.25)))))


def binary(g, c, x):
    op = c.weighted({"Add": 50, "Mul": 30, "Sub": 15, "Div": 2})
    left, right = dequantize(g, c, x), other_operand(g, c, x)
    reach = left.reach * right.reach if op == "Mul" else left.reach + right.reach
    inputs = [left, right][:: -1 if c.chance(30) else 1]
    return finish(g, c, x, g.node(op, inputs, Value("", x.shape, reach=max(reach, 1e-6))))


UNARY = {
    **{"Relu": 3, "Sigmoid": 4, "LeakyRelu": 3, "Tanh": 3, "HardSwish": 2, "Clip": 3, "Gelu": 1, "Erf": 1, "Elu": 1},
    **{"HardSigmoid": 1, "Abs": 1, "Neg": 1, "Exp": 1, "Sqrt": 1},
}


def unary(g, c, x):
    op = c.weighted(UNARY)
    bounded = op in ("Sigmoid", "Tanh", "HardSigmoid", "Erf")
    reach = 1.0 if bounded else math.exp(min(x.reach, 8)) if op == "Exp" else x.reach
    real, result, attributes = dequantize(g, c, x), Value("", x.shape, reach=reach), {}
    inputs = [real]
    if op == "Clip":
        inputs += [g.constant(np.float32(0)), g.constant(np.float32(x.reach * c.pick((0.5, 1.0, 0.1))))]
    if op == "LeakyRelu":
        attributes["alpha"] = c.pick((0.25, 0.01, 0.2))
    domain = MICROSOFT if op == "Gelu" and g.opset < 20 else ""
    if op == "HardSwish" and g.opset < 14:
        return None
    return finish(g, c, x, g.node(op, inputs, result, domain, **attributes))


def softmax(g, c, x):
    axis = c.pick(range(-1, -1 - len(x.shape), -1)) if c.chance(30) else -1
    real = g.node("Softmax", [dequantize(g, c, x)], Value("", x.shape, reach=1.0), axis=axis)
    return quantize(g, c, real, element=x.element)


def pool(g, c, x):
    if len(x.shape) != 4:
        return None
    op = c.weighted({"MaxPool": 50, "AveragePool": 35, "GlobalAveragePool": 15})
    real = dequantize(g, c, x)
    if op == "GlobalAveragePool":
        return finish(g, c, x, g.node(op, [real], Value("", (*x.shape[:2], 1, 1), reach=x.reach)))
    attributes, size = window(c, x, allow_dilation=op == "MaxPool")
    if op == "AveragePool":
        attributes["count_include_pad"] = int(c.chance(40))
    result = g.node(op, [real], Value("", (*x.shape[:2], *size), reach=x.reach), **attributes)
    return quantize(g, c, result, like=x) if c.chance(60) else finish(g, c, x, result)


def reduce_mean(g, c, x):
    if len(x.shape) < 2:
        return None
    axes, keep = ([2, 3] if len(x.shape) == 4 else [len(x.shape) - 1]), c.chance(60)
    shape = tuple(1 if i in axes else size for i, size in enumerate(x.shape) if keep or i not in axes)
    inputs = [dequantize(g, c, x)] + ([g.constant(np.array(axes), "i64")] if g.opset >= 18 else [])
    attributes = {"keepdims": int(keep)} | ({"axes": axes} if g.opset < 18 else {})
    return finish(g, c, x, g.node("ReduceMean", inputs, Value("", shape, reach=x.reach), **attributes))


def concat(g, c, x):
    axis = c.below(len(x.shape))
    parts = [dequantize(g, c, x)]
    for _ in range(c.between(1, 2)):
        shape = tuple(c.between(1, 4) if i == axis else size for i, size in enumerate(x.shape))
        value = code_value(c, shape, x.element, x.reach)
        if c.chance(40):
            value = Value("", shape, x.element, x.scale, x.zero, x.reach)
        parts.append(dequantize(g, c, code_input(g, c, value)))
    shape = tuple(sum(p.shape[axis] for p in parts) if i == axis else size for i, size in enumerate(x.shape))
    result = g.node("Concat", parts, Value("", shape, reach=max(p.reach for p in parts)), axis=axis)
    return quantize(g, c, result, like=x) if c.chance(50) else finish(g, c, x, result)


def permuted(c, x):
    permutation = list(range(len(x.shape)))
    generator(c).shuffle(permutation)
    return permutation


def move(g, c, x):
    """An operation that moves values: between codes, or between Q and DQ."""
    kind = c.weighted({"Reshape": 20, "Transpose": 20, "Flatten": 10, "Pad": 15, "Resize": 10, "Slice": 10, "Squeeze": 5, "Unsqueeze": 5})
    inside = kind in ("Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Slice") and c.chance(20)
    source = x if inside else dequantize(g, c, x)
    made = MOVES[kind](g, c, x, source, inside)
    if made is None:
        return None
    result, reach = made, x.reach
    if inside:
        return Value(result.name, result.shape, x.element, x.scale, x.zero, reach)
    return quantize(g, c, result, like=x) if c.chance(70) else finish(g, c, x, result)


def _like(x, shape, inside):
    return Value("", tuple(shape), x.element, x.scale, x.zero, x.reach) if inside else Value("", tuple(shape), reach=x.reach)


def _reshape(g, c, x, source, inside):
    total = math.prod(x.shape)
    shape = c.pick(((total,), (1, total), (x.shape[0], total // x.shape[0]), (1, 1, total), (1, x.shape[-1], total // x.shape[-1], 1)))
    given = [*shape[:-1], -1] if c.chance(40) else shape
    return g.node("Reshape", [source, g.constant(np.array(given), "i64")], _like(x, shape, inside))


def _transpose(g, c, x, source, inside):
    permutation = permuted(c, x)
    return g.node("Transpose", [source], _like(x, [x.shape[i] for i in permutation], inside), perm=permutation)


def _flatten(g, c, x, source, inside):
    axis = c.below(len(x.shape) + 1)
    return g.node("Flatten", [source], _like(x, (math.prod(x.shape[:axis]), math.prod(x.shape[axis:])), inside), axis=axis)


def _pad(g, c, x, source, inside):
    before = [c.below(3) for _ in x.shape]
    after = [c.below(3) for _ in x.shape]
    if len(x.shape) >= 3:
        before[:-2] = after[:-2] = [0] * (len(x.shape) - 2)
    inputs = [source, g.constant(np.array(before + after), "i64")]
    if c.chance(40):
        inputs.append(g.constant(np.float32(x.scale * c.pick((0, 1, -3, 2.5)))))
    return g.node("Pad", inputs, _like(x, [b + s + a for b, s, a in zip(before, x.shape, after)], inside))


def _resize(g, c, x, source, inside):
    if len(x.shape) != 4:
        return None
    factors = [1.0, 1.0, *(c.pick((2.0, 1.0, 3.0)) for _ in range(2))]
    mode = c.weighted({"nearest": 65, "linear": 35})
    shape = [int(size * f) for size, f in zip(x.shape, factors)]
    places = ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")
    attributes = {"mode": mode, "coordinate_transformation_mode": c.pick(places)}
    if mode == "nearest":
        attributes["nearest_mode"] = c.pick(("round_prefer_floor", "floor", "ceil", "round_prefer_ceil"))
    return g.node("Resize", [source, "", g.constant(np.array(factors, np.float32))], _like(x, shape, inside), **attributes)


def _slice(g, c, x, source, inside):
    axis = c.below(len(x.shape))
    start = c.below(x.shape[axis])
    end = start + 1 + c.below(x.shape[axis] - start)
    shape = [end - start if i == axis else size for i, size in enumerate(x.shape)]
    return g.node("Slice", [source, *(g.constant(np.array([v]), "i64") for v in (start, end, axis))], _like(x, shape, inside))


def _squeeze(g, c, x, source, inside):
    ones = [i for i, size in enumerate(x.shape) if size == 1]
    if not ones or len(x.shape) < 3:
        return None
    axis = c.pick(ones)
    shape = [size for i, size in enumerate(x.shape) if i != axis]
    return g.node("Squeeze", [source, g.constant(np.array([axis]), "i64")], _like(x, shape, inside))


def _unsqueeze(g, c, x, source, inside):
    if len(x.shape) > 3:
        return None
    axis = c.below(len(x.shape) + 1)
    return g.node("Unsqueeze", [source, g.constant(np.array([axis]), "i64")], _like(x, [*x.shape[:axis], 1, *x.shape[axis:]], inside))


MOVES = {"Reshape": _reshape, "Transpose": _transpose, "Flatten": _flatten, "Pad": _pad, "Resize": _resize, "Slice": _slice,
         "Squeeze": _squeeze, "Unsqueeze": _unsqueeze}


def requantize(g, c, x):
    """DQ and Q with nothing between."""
    return quantize(g, c, dequantize(g, c, x), element=element(c))


STEPS = {
    **{conv: 24, matmul: 12, gemm: 8, matmul_of_activations: 3, binary: 14, unary: 10, softmax: 4, pool: 12},
    **{reduce_mean: 3, concat: 7, move: 16, requantize: 3},
}
