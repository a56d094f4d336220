"""Layers with weights, products of activations, pools and images' operators.

Each function appends nodes behind the Value `x` and returns the new Value, or None where it does not apply to x.
"""

import math

import numpy as np

from .parameters import bias, generator, vector, weights


def window(c, sizes, dilate=True, most=3):
    """Attributes of a window that fits an image, and the size of the result."""
    kernel, strides, dilations, pads, out = [], [], [], [0] * 2 * len(sizes), []
    for i, size in enumerate(sizes):
        k = c.between(1, min(most, size))
        before, after = (c.below(k), c.below(k)) if c.chance(45) else (0, 0)
        padded = size + before + after
        d = c.between(1, max(1, min(2, (padded - 1) // max(k - 1, 1)))) if dilate and k > 1 and c.chance(20) else 1
        s = c.between(1, 2) if c.chance(40) else 1
        kernel.append(k)
        strides.append(s)
        dilations.append(d)
        pads[i], pads[i + len(sizes)] = before, after
        out.append((padded - d * (k - 1) - 1) // s + 1)
    return {"kernel_shape": kernel, "strides": strides, "pads": pads} | ({"dilations": dilations} if dilate else {}), out


def conv(g, c, x):
    if len(x.shape) not in (3, 4):
        return None
    attributes, size = window(c, x.shape[2:])
    channels = x.shape[1]
    kind = c.weighted({"one": 60, "depthwise": 30, "some": 10})
    divisors = [d for d in range(1, channels + 1) if channels % d == 0]
    group = {"one": 1, "depthwise": channels, "some": c.pick(divisors)}[kind]
    outputs = group * (c.pick((4, 1, 3, 8, 16)) if group == 1 else c.between(1, 2))
    shape = (outputs, channels // group, *attributes["kernel_shape"])
    w = weights(g, c, shape, 0, math.prod(shape[1:]))
    return g.compute("Conv", [x, w, *bias(g, c, outputs, x.reach)], (x.shape[0], outputs, *size), 2 * x.reach, group=group, **attributes)


def conv_transpose(g, c, x):
    if len(x.shape) != 4:
        return None
    k, s = [c.between(1, 3) for _ in range(2)], [c.between(1, 2) for _ in range(2)]
    pads = [c.below(n) for n in (*k, *k)] if c.chance(30) else [0] * 4
    size = [s[i] * (x.shape[2 + i] - 1) + k[i] - pads[i] - pads[2 + i] for i in range(2)]
    if min(size) < 1:
        return None
    outputs = c.pick((4, 1, 3, 8))
    w = weights(g, c, (x.shape[1], outputs, *k), 1, x.shape[1])
    inputs = [x, w, *bias(g, c, outputs, x.reach)]
    return g.compute("ConvTranspose", inputs, (x.shape[0], outputs, *size), 2 * x.reach, kernel_shape=k, strides=s, pads=pads)


def linear(g, c, x):
    """MatMul, with the bias that exporters put behind it, or Gemm."""
    if len(x.shape) < 2:
        return None
    depth, columns = x.shape[-1], c.pick((8, 1, 2, 4, 16, 17, 32))
    if len(x.shape) == 2 and c.chance(50):
        transposed = c.chance(70)
        w = weights(g, c, (columns, depth) if transposed else (depth, columns), 0 if transposed else 1, depth)
        return g.compute("Gemm", [x, w, *bias(g, c, columns, x.reach)], (x.shape[0], columns), 2 * x.reach, transB=int(transposed))
    shape = (*x.shape[:-1], columns)
    product = g.compute("MatMul", [x, weights(g, c, (depth, columns), 1, depth)], shape, 2 * x.reach)
    added = bias(g, c, columns, x.reach)
    return g.compute("Add", [product, *added][:: -1 if c.chance(30) else 1], shape, 3 * x.reach) if added else product


def product(g, c, x):
    """MatMul of two activations."""
    if len(x.shape) < 2:
        return None
    permutation = [*range(len(x.shape) - 2), len(x.shape) - 1, len(x.shape) - 2]
    other = g.transpose(x, permutation)
    return g.compute("MatMul", [x, other], (*x.shape[:-1], x.shape[-2]), x.reach * x.reach * math.sqrt(x.shape[-1]))


def pool(g, c, x):
    if len(x.shape) not in (3, 4):
        return None
    op = c.weighted({"MaxPool": 45, "AveragePool": 35, "GlobalAveragePool": 15, "GlobalMaxPool": 5})
    if op.startswith("Global"):
        make = g.compute if op == "GlobalAveragePool" else g.move
        return make(op, [x], (*x.shape[:2], *[1] * (len(x.shape) - 2)), x.reach)
    attributes, size = window(c, x.shape[2:], dilate=op == "MaxPool")
    if op == "MaxPool":
        return g.move(op, [x], (*x.shape[:2], *size), x.reach, **attributes)
    return g.compute(op, [x], (*x.shape[:2], *size), x.reach, count_include_pad=int(c.chance(40)), **attributes)


def batch_norm(g, c, x):
    if len(x.shape) < 2:
        return None
    random, count = generator(c), x.shape[1]
    tensors = [random.uniform(0.5, 2, count), random.normal(0, 0.5, count), random.normal(0, 0.3 * min(x.reach, 3), count),
               random.uniform(0.3, 2, count) * max(min(x.reach, 5), 1e-3) ** 2]
    return g.compute("BatchNormalization", [x, *(g.constant(t.astype(np.float32)) for t in tensors)], x.shape, 4.0)


def resize(g, c, x):
    if len(x.shape) != 4:
        return None
    mode = c.weighted({"nearest": 55, "linear": 40, "cubic": 5})
    places = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]
    attributes = {"mode": mode, "coordinate_transformation_mode": c.pick(places)}
    if mode == "nearest":
        attributes["nearest_mode"] = c.pick(("round_prefer_floor", "floor", "ceil", "round_prefer_ceil"))
    size = [c.between(1, 13) if c.chance(50) else s * c.pick((2, 1, 3)) for s in x.shape[2:]]
    shape = (*x.shape[:2], *size)
    make = g.move if mode == "nearest" else g.compute
    if c.chance(60):
        return make("Resize", [x, "", "", g.ints(*shape)], shape, x.reach, **attributes)
    scales = np.array([1, 1, *(n / s for n, s in zip(size, x.shape[2:]))], np.float32)
    if any(int(np.floor(np.float32(s) * k)) != n for s, k, n in zip(x.shape[2:], scales[2:], size)):
        return None
    return make("Resize", [x, "", g.constant(scales)], shape, x.reach, **attributes)


def lrn(g, c, x):
    if len(x.shape) != 4:
        return None
    return g.compute("LRN", [x], x.shape, x.reach, size=c.pick((5, 3, 1)), alpha=0.0001 * c.pick((1, 100)), beta=0.75, bias=c.pick((1.0, 2.0)))


def squeeze_excite(g, c, x):
    """A weight for each channel, from the means of all."""
    if len(x.shape) != 4:
        return None
    channels, inner = x.shape[1], max(x.shape[1] // 4, 1)
    mean = g.compute("GlobalAveragePool", [x], (*x.shape[:2], 1, 1), x.reach) if c.chance(60) else g.reduce("ReduceMean", x, [2, 3])
    first = g.compute("Conv", [mean, weights(g, c, (inner, channels, 1, 1), 0, channels), *bias(g, c, inner, 1)], (x.shape[0], inner, 1, 1), x.reach)
    hidden = g.exact("Relu", [first], first.shape, x.reach)
    second = g.compute("Conv", [hidden, weights(g, c, (channels, inner, 1, 1), 0, inner)], mean.shape, x.reach)
    gate = g.compute("HardSigmoid", [second], mean.shape, 1.0, alpha=1 / 6) if c.chance(40) else g.compute("Sigmoid", [second], mean.shape, 1.0)
    return g.compute("Mul", [x, gate][:: -1 if c.chance(20) else 1], x.shape, x.reach)


def grid_sample(g, c, x):
    if len(x.shape) != 4 or g.opset < 16:
        return None
    size = (c.between(1, 6), c.between(1, 6))
    grid = vector(g, c, (x.shape[0], *size, 2), -1.1, 1.1)
    return g.compute("GridSample", [x, grid], (*x.shape[:2], *size), x.reach, mode=c.pick(("bilinear", "nearest")),
                     padding_mode=c.pick(("zeros", "border", "reflection")), align_corners=int(c.chance(50)))


STEPS = {conv: 24, linear: 18, conv_transpose: 3, product: 3, pool: 8, batch_norm: 4, resize: 5, lrn: 1, squeeze_excite: 3, grid_sample: 1}
