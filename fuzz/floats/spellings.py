"""Operations spelled out in elementary operators, as exporters write them. Each is one operation, and its inside is not to be rounded."""

import math

import numpy as np

from .parameters import generator, vector


def pick_axes(c, x):
    return [-1] if len(x.shape) < 3 or c.chance(75) else [-2, -1]


def square(g, c, d):
    if c.chance(50):
        return g.compute("Mul", [d, d], d.shape, d.reach**2)
    return g.compute("Pow", [d, g.scalar(2.0)], d.shape, d.reach**2)


def over_root(g, c, d, variance):
    """d / sqrt(variance + eps) in one of its spellings."""
    eps = c.pick((1e-5, 1e-6, 1e-3, 1e-12))
    kind = c.weighted({"div": 45, "reciprocal": 25, "one": 20, "pow": 10})
    inputs = [variance, g.scalar(eps)]
    added = g.compute("Add", inputs[:: -1 if c.chance(20) else 1], variance.shape, variance.reach)
    if kind == "pow":
        inverse = g.compute("Pow", [added, g.scalar(-0.5)], added.shape, 10.0)
        return g.compute("Mul", [d, inverse], d.shape, 4.0)
    root = g.compute("Sqrt", [added], added.shape, math.sqrt(added.reach))
    if kind == "div":
        return g.compute("Div", [d, root], d.shape, 4.0)
    inverse = g.compute("Reciprocal", [root], root.shape, 10.0) if kind == "reciprocal" else g.compute("Div", [g.scalar(1.0), root], root.shape, 10.0)
    return g.compute("Mul", [d, inverse][:: -1 if c.chance(30) else 1], d.shape, 4.0)


def affine(g, c, n, shape):
    if c.chance(80):
        n = g.compute("Mul", [n, vector(g, c, shape, 0.5, 1.5)][:: -1 if c.chance(30) else 1], n.shape, 1.5 * n.reach)
    if c.chance(70):
        n = g.compute("Add", [n, vector(g, c, shape)][:: -1 if c.chance(30) else 1], n.shape, n.reach + 1)
    return n


def layer_norm(g, c, x):
    if len(x.shape) < 2 or x.shape[-1] < 4:
        return None
    kind = c.weighted({"pytorch": 45, "tensorflow": 20, "whole": 20, "rms": 15})
    axes = pick_axes(c, x) if kind != "rms" else [-1]
    shape = x.shape[len(x.shape) - len(axes) :]
    if kind == "whole":
        if g.opset < 17:
            return None
        inputs = [x, vector(g, c, shape, 0.5, 1.5), *([vector(g, c, shape)] if c.chance(70) else [])]
        return g.compute("LayerNormalization", inputs, x.shape, 4.0, axis=-len(axes), epsilon=c.pick((1e-5, 1e-6)))
    with g.spelling():
        if kind == "rms":
            return affine(g, c, over_root(g, c, x, g.reduce("ReduceMean", square(g, c, x), axes)), shape)
        mean = g.reduce("ReduceMean", x, axes)
        d = g.compute("Sub", [x, mean], x.shape, x.reach)
        # PyTorch used to subtract twice.
        other = g.compute("Sub", [x, mean], x.shape, x.reach) if c.chance(15) else d
        variance = g.reduce("ReduceMean", square(g, c, other), axes)
        if kind == "pytorch":
            return affine(g, c, over_root(g, c, d, variance), shape)
        # x * (gamma * rsqrt) + (beta - mean * (gamma * rsqrt))
        root = g.compute("Sqrt", [g.compute("Add", [variance, g.scalar(1e-3)], variance.shape, variance.reach)], variance.shape, x.reach)
        inverse = g.compute("Reciprocal", [root], root.shape, 10.0)
        factor = g.compute("Mul", [inverse, vector(g, c, shape, 0.5, 1.5)], (*x.shape[: -len(axes)], *shape), 10.0)
        scaled = g.compute("Mul", [x, factor], x.shape, 4.0)
        shift = g.compute("Sub", [vector(g, c, shape), g.compute("Mul", [mean, factor], factor.shape, 4.0)], factor.shape, 4.0)
        return g.compute("Add", [scaled, shift], x.shape, 4.0)


def image_norm(g, c, x):
    """Instance norm and group norm."""
    if len(x.shape) != 4 or x.shape[2] * x.shape[3] < 4:
        return None
    channels = x.shape[1]
    of_channel = (channels, 1, 1)
    kind = c.weighted({"instance": 30, "elementary": 40, "group": 30})
    one, zero = np.ones, np.zeros
    if kind == "instance":
        random = generator(c)
        tensors = [random.uniform(0.5, 1.5, channels), random.uniform(-1, 1, channels)]
        return g.compute("InstanceNormalization", [x, *(g.constant(t.astype(np.float32)) for t in tensors)], x.shape, 4.0)
    with g.spelling():
        if kind == "elementary":
            mean = g.reduce("ReduceMean", x, [2, 3])
            d = g.compute("Sub", [x, mean], x.shape, x.reach)
            return affine(g, c, over_root(g, c, d, g.reduce("ReduceMean", square(g, c, d), [2, 3])), of_channel)
        groups = c.pick([n for n in range(1, channels + 1) if channels % n == 0])
        flat = g.reshape(x, (x.shape[0], groups, math.prod(x.shape[1:]) // groups))
        whole = g.compute("InstanceNormalization", [flat, g.constant(one(groups, np.float32)), g.constant(zero(groups, np.float32))], flat.shape, 4.0)
        n = g.reshape(whole, x.shape)
        n = g.compute("Mul", [n, vector(g, c, of_channel, 0.5, 1.5)], x.shape, 6.0)
        return g.compute("Add", [n, vector(g, c, of_channel)], x.shape, 7.0)


def unit_length(g, c, x):
    """Division by the L2 norm, as embeddings have it."""
    if len(x.shape) < 2 or x.shape[-1] < 2:
        return None
    if c.chance(25):
        return g.compute("LpNormalization", [x], x.shape, 1.0, axis=-1, p=2)
    with g.spelling():
        if c.chance(60):
            norm = g.reduce("ReduceL2", x, [-1])
        else:
            sums = g.reduce("ReduceSum", square(g, c, x), [-1])
            norm = g.compute("Sqrt", [sums], sums.shape, x.reach)
        if c.chance(50):
            norm = g.exact("Clip", [norm, g.scalar(1e-12), ""], norm.shape, norm.reach)
        else:
            norm = g.compute("Add", [norm, g.scalar(1e-6)], norm.shape, norm.reach)
        if c.chance(40):
            norm = g.move("Expand", [norm, g.ints(*x.shape)], x.shape, norm.reach)
        return g.compute("Div", [x, norm], x.shape, 1.0)


def softmax(g, c, x):
    kind = c.weighted({"whole": 40, "elementary": 25, "shifted": 25, "log": 10})
    axis = -1 if g.opset < 13 or c.chance(70) else c.below(len(x.shape)) - len(x.shape)
    if kind in ("whole", "log"):
        op = "Softmax" if kind == "whole" else "LogSoftmax"
        return g.compute(op, [x], x.shape, 1.0 if kind == "whole" else x.reach + 5, axis=axis)
    if kind == "elementary" and x.reach > 40:
        x = g.compute("Mul", [x, g.scalar(4 / x.reach)], x.shape, 4.0)
    with g.spelling():
        if kind == "shifted":
            top = g.reduce("ReduceMax", x, [axis])
            x = g.compute("Sub", [x, top], x.shape, x.reach)
        e = g.compute("Exp", [x], x.shape, math.exp(min(x.reach, 30)))
        total = g.reduce("ReduceSum", e, [axis])
        if c.chance(25):
            inverse = g.compute("Reciprocal", [total], total.shape, 1.0)
            result = g.compute("Mul", [e, inverse], x.shape, 1.0)
        else:
            result = g.compute("Div", [e, total], x.shape, 1.0)
        return g.define(result, "Softmax")


def log_of(g, c, x):
    """Log of a softmax or sigmoid, log-sum-exp, softplus."""
    kind = c.weighted({"softmax": 30, "sigmoid": 30, "shifted": 20, "softplus": 20})
    if kind in ("sigmoid", "softplus") and x.reach > 30:
        x = g.compute("Mul", [x, g.scalar(6 / x.reach)], x.shape, 6.0)
    with g.spelling():
        if kind == "softmax":
            if x.reach > 60:
                return None
            return g.compute("Log", [g.compute("Softmax", [x], x.shape, 1.0, axis=-1)], x.shape, x.reach + 5)
        if kind == "sigmoid":
            if c.chance(50):
                return g.compute("Log", [g.compute("Sigmoid", [x], x.shape, 1.0)], x.shape, x.reach)
            return g.exact("Neg", [g.compute("Softplus", [g.exact("Neg", [x], x.shape, x.reach)], x.shape, x.reach)], x.shape, x.reach)
        if kind == "softplus":
            e = g.compute("Exp", [x], x.shape, math.exp(min(x.reach, 30)))
            return g.compute("Log", [g.compute("Add", [e, g.scalar(1.0)][:: -1 if c.chance(50) else 1], x.shape, e.reach)], x.shape, x.reach)
        d = g.compute("Sub", [x, g.reduce("ReduceMax", x, [-1])], x.shape, x.reach)
        total = g.reduce("ReduceSum", g.compute("Exp", [d], x.shape, 1.0), [-1])
        return g.compute("Sub", [d, g.compute("Log", [total], total.shape, 5.0)], x.shape, x.reach + 5)


# ----- Activations -------------------------------------------------------------------------------------------------------


def _times(g, c, a, b):
    return g.compute("Mul", [a, b][:: -1 if c.chance(30) else 1], a.shape, a.reach * b.reach)


def silu(g, c, x):
    if c.chance(75):
        return _times(g, c, x, g.compute("Sigmoid", [x], x.shape, 1.0))
    e = g.compute("Exp", [g.exact("Neg", [x], x.shape, x.reach)], x.shape, math.exp(min(x.reach, 30)))
    return g.compute("Div", [x, g.compute("Add", [e, g.scalar(1.0)], x.shape, e.reach)], x.shape, x.reach)


def hard_swish(g, c, x):
    if c.chance(30):
        return _times(g, c, x, g.compute("HardSigmoid", [x], x.shape, 1.0, alpha=1 / 6, beta=0.5))
    shifted = g.compute("Add", [x, g.scalar(3.0)], x.shape, x.reach + 3)
    if c.chance(70):
        clipped = g.exact("Clip", [shifted, g.scalar(0.0), g.scalar(6.0)], x.shape, 6.0)
    else:
        low = g.exact("Max", [shifted, g.scalar(0.0)], x.shape, x.reach + 3)
        clipped = g.exact("Min", [low, g.scalar(6.0)], x.shape, 6.0)
    if c.chance(50):
        sixth = g.compute("Div", [clipped, g.scalar(6.0)], x.shape, 1.0) if c.chance(50) else g.compute("Mul", [clipped, g.scalar(1 / 6)], x.shape, 1.0)
        return _times(g, c, x, sixth)
    whole = _times(g, c, x, clipped)
    return g.compute("Div", [whole, g.scalar(6.0)], x.shape, x.reach) if c.chance(50) else g.compute("Mul", [whole, g.scalar(1 / 6)], x.shape, x.reach)


def mish(g, c, x):
    if c.chance(60):
        s = g.compute("Softplus", [x], x.shape, x.reach)
    else:
        e = g.compute("Exp", [x], x.shape, math.exp(min(x.reach, 30)))
        s = g.compute("Log", [g.compute("Add", [e, g.scalar(1.0)], x.shape, e.reach)], x.shape, x.reach)
    return _times(g, c, x, g.compute("Tanh", [s], x.shape, 1.0))


def gelu(g, c, x):
    kind = c.weighted({"erf": 45, "tanh": 30, "sigmoid": 25})
    if kind == "sigmoid":
        return _times(g, c, x, g.compute("Sigmoid", [g.compute("Mul", [x, g.scalar(1.702)], x.shape, 2 * x.reach)], x.shape, 1.0))
    if kind == "erf":
        if c.chance(60):
            inner = g.compute("Div", [x, g.scalar(math.sqrt(2))], x.shape, x.reach)
        else:
            inner = g.compute("Mul", [x, g.scalar(math.sqrt(0.5))], x.shape, x.reach)
        bent = g.compute("Erf", [inner], x.shape, 1.0)
    else:
        cube = g.compute("Pow", [x, g.scalar(3.0)], x.shape, x.reach**3) if c.chance(60) else _times(g, c, x, _times(g, c, x, x))
        sum_ = g.compute("Add", [x, g.compute("Mul", [cube, g.scalar(0.044715)], x.shape, cube.reach)], x.shape, cube.reach)
        bent = g.compute("Tanh", [g.compute("Mul", [sum_, g.scalar(math.sqrt(2 / math.pi))], x.shape, cube.reach)], x.shape, 1.0)
    one = g.compute("Add", [bent, g.scalar(1.0)][:: -1 if c.chance(30) else 1], x.shape, 2.0)
    order = c.weighted({"half last": 40, "half first": 30, "half inside": 30})
    if order == "half last":
        return g.compute("Mul", [_times(g, c, x, one), g.scalar(0.5)], x.shape, x.reach)
    if order == "half first":
        return _times(g, c, g.compute("Mul", [x, g.scalar(0.5)], x.shape, x.reach), one)
    return _times(g, c, x, g.compute("Mul", [one, g.scalar(0.5)], x.shape, 1.0))


def prelu(g, c, x):
    """Of Relu and a slope for each channel, as Keras has it, of Max and Min, or of Where."""
    shape = (x.shape[1], *[1] * (len(x.shape) - 2)) if len(x.shape) > 1 else x.shape
    slope = generator(c).uniform(-0.2, 0.5, shape)
    kind = c.weighted({"keras": 50, "max": 30, "where": 20})
    if kind == "keras":
        up = g.exact("Relu", [x], x.shape, x.reach)
        down = g.exact("Relu", [g.exact("Neg", [x], x.shape, x.reach)], x.shape, x.reach)
        return g.compute("Add", [up, g.compute("Mul", [down, g.weight(-slope)], x.shape, x.reach)], x.shape, x.reach)
    if kind == "max":
        up = g.exact("Max", [x, g.scalar(0.0)], x.shape, x.reach)
        down = g.compute("Mul", [g.exact("Min", [x, g.scalar(0.0)], x.shape, x.reach), g.weight(slope)], x.shape, x.reach)
        return g.compute("Add", [up, down], x.shape, x.reach)
    above = g.move("Greater", [x, g.scalar(0.0)], x.shape, 1.0, "bool")
    return g.exact("Where", [above, x, g.compute("Mul", [x, g.weight(slope)], x.shape, x.reach)], x.shape, x.reach)


def leaky(g, c, x):
    return g.exact("Max", [x, g.compute("Mul", [x, g.scalar(c.pick((0.1, 0.01, 0.2)))], x.shape, x.reach)], x.shape, x.reach)


ACTIVATIONS = {silu: 24, hard_swish: 18, gelu: 20, prelu: 16, mish: 12, leaky: 10}


def activation(g, c, x):
    if x.reach > 200:
        x = g.compute("Mul", [x, g.scalar(8 / x.reach)], x.shape, 8.0)
    make = c.weighted(ACTIVATIONS)
    with g.spelling():
        return make(g, c, x)


def attention(g, c, x):
    """One head: scores of tokens, a mask of what comes later, softmax, weighted sums."""
    if len(x.shape) != 3 or x.shape[1] < 2:
        return None
    tokens, width = x.shape[1:]
    if x.reach > 20:
        x = g.compute("Mul", [x, g.scalar(3 / x.reach)], x.shape, 3.0)
    q, k, v = (g.compute("MatMul", [x, g.weight(generator(c).standard_normal((width, width)) / math.sqrt(width), 1)], x.shape, 2 * x.reach) for _ in range(3))
    if c.chance(50):
        q = g.compute("Mul", [q, g.scalar(1 / math.sqrt(width))], q.shape, q.reach)
    scores = g.compute("MatMul", [q, g.transpose(k, [0, 2, 1])], (x.shape[0], tokens, tokens), q.reach * k.reach)
    if c.chance(60):
        least = c.pick((-np.inf, -1e9, -65504.0, -10000.0))
        mask = np.triu(np.full((tokens, tokens), least, np.float32), 1)
        scores = g.compute("Add", [scores, g.constant(mask)][:: -1 if c.chance(20) else 1], scores.shape, scores.reach)
        g.protect(scores)
    chosen = g.compute("Softmax", [scores], scores.shape, 1.0, axis=-1)
    return g.compute("MatMul", [chosen, v], x.shape, v.reach)


STEPS = {layer_norm: 8, image_norm: 4, unit_length: 3, softmax: 5, log_of: 3, activation: 14, attention: 4}
