"""What ONNX's operators compute, in numpy and in double precision, written from the standard: one node after another."""

import itertools
import math

import numpy as np
from onnx import helper, numpy_helper

OPERATORS = {}


def operator(function):
    OPERATORS[function.__name__] = function
    return function


def evaluate(model, samples):
    """All outputs of a model by name."""
    values = {"": None} | {c.name: numpy_helper.to_array(c) for c in model.graph.initializer} | samples
    opset = model.opset_import[0].version
    for node in model.graph.node:
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        attributes = {name: value.decode() if isinstance(value, bytes) else value for name, value in attributes.items()}
        if node.op_type == "GroupNormalization":
            attributes["opset"] = opset
        operands = [values[name] for name in node.input]
        operands = [x.astype(np.float64) if x is not None and x.dtype.kind == "f" else x for x in operands]
        values[node.output[0]] = OPERATORS[node.op_type](*operands, **attributes)
    return {output.name: values[output.name] for output in model.graph.output}


def elementwise(**functions):
    for name, function in functions.items():
        OPERATORS[name] = function


elementwise(
    Add=np.add,
    Sub=np.subtract,
    Mul=np.multiply,
    Max=np.maximum,
    Min=np.minimum,
    Neg=np.negative,
    Abs=np.abs,
    Relu=lambda x: np.maximum(x, 0),
    Cast=lambda x, to: x,
    MatMul=np.matmul,
    Einsum=lambda *operands, equation: np.einsum(equation, *operands),
    PRelu=lambda x, slope: np.where(x < 0, slope * x, x),
    ThresholdedRelu=lambda x, alpha: np.where(x > alpha, x, 0),
    Shrink=lambda x, lambd, bias=0: np.where(x < -lambd, x + bias, np.where(x > lambd, x - bias, 0)),
    Celu=lambda x, alpha=1: np.maximum(x, 0) + np.minimum(0, alpha * np.expm1(x / alpha)),
    Elu=lambda x, alpha: np.where(x < 0, alpha * np.expm1(x), x),
    Selu=lambda x: 1.0507009873554805 * np.where(x < 0, 1.6732632423543772 * np.expm1(x), x),
    Softsign=lambda x: x / (1 + np.abs(x)),
    Softplus=lambda x: np.log1p(np.exp(x)),
    HardSigmoid=lambda x, alpha, beta: np.clip(alpha * x + beta, 0, 1),
)


@operator
def Reshape(x, shape):
    return x.reshape([x.shape[i] if size == 0 else size for i, size in enumerate(shape)])


@operator
def Softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


#
# Normalizations
#


def standardize(x, axes, epsilon):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def per_channel(values, x):
    return np.reshape(values, (-1, *[1] * (x.ndim - 2)))


@operator
def BatchNormalization(x, scale, bias, mean, variance, epsilon=1e-5):
    return (x - per_channel(mean, x)) / np.sqrt(per_channel(variance, x) + epsilon) * per_channel(scale, x) + per_channel(bias, x)


@operator
def InstanceNormalization(x, scale, bias, epsilon=1e-5):
    return standardize(x, tuple(range(2, x.ndim)), epsilon) * per_channel(scale, x) + per_channel(bias, x)


@operator
def GroupNormalization(x, scale, bias, num_groups, opset, epsilon=1e-5):
    groups = x.reshape(x.shape[0], num_groups, -1)
    if opset < 21:
        scale, bias = (np.repeat(values, x.shape[1] // num_groups) for values in (scale, bias))
    return standardize(groups, 2, epsilon).reshape(x.shape) * per_channel(scale, x) + per_channel(bias, x)


@operator
def LayerNormalization(x, scale, bias=0, axis=-1, epsilon=1e-5):
    return standardize(x, tuple(range(axis % x.ndim, x.ndim)), epsilon) * scale + bias


@operator
def MeanVarianceNormalization(x, axes=(0, 2, 3)):
    return standardize(x, tuple(axes), 1e-18)


@operator
def LRN(x, size, alpha=1e-4, beta=0.75, bias=1.0):
    low = (size - 1) // 2
    squares = np.pad(x**2, [(0, 0), (low, size - 1 - low)] + [(0, 0)] * (x.ndim - 2))
    total = sum(squares[:, i : i + x.shape[1]] for i in range(size))
    return x / (bias + alpha / size * total) ** beta


@operator
def LpNormalization(x, axis=-1, p=2):
    return x / np.linalg.norm(x, p, axis, keepdims=True)


#
# Windows
#


def windows(x, kernel, strides, pads, dilations, fill, beyond=None):
    """(result index, the window's elements of every image and channel), with `fill` around the image. `beyond`: what stands behind that for
    a last window that is not whole, if there is to be one."""
    rank = len(kernel)
    low, high = pads[:rank], pads[rank:]
    padded = np.pad(x, [(0, 0), (0, 0), *zip(low, high, strict=True)], constant_values=fill)
    extents = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    if beyond is not None:
        rest = [-(n - e) % s for n, e, s in zip(padded.shape[2:], extents, strides, strict=True)]
        padded = np.pad(padded, [(0, 0), (0, 0), *((0, r) for r in rest)], constant_values=beyond)
    sizes = [(n - e) // s + 1 for n, e, s in zip(padded.shape[2:], extents, strides, strict=True)]
    for index in itertools.product(*map(range, sizes)):
        yield index, padded[(..., *(slice(i * s, i * s + e, d) for i, s, e, d in zip(index, strides, extents, dilations, strict=True)))]


def pool(x, function, fill, kernel_shape, strides=None, pads=None, dilations=None, ceil_mode=0):
    rank = len(kernel_shape)
    strides, dilations = strides or [1] * rank, dilations or [1] * rank
    beyond = np.nan if ceil_mode else None
    parts = {i: function(part) for i, part in windows(x, kernel_shape, strides, pads or [0] * 2 * rank, dilations, fill, beyond)}
    shape = np.add(max(parts), 1)
    return np.stack(list(parts.values()), -1).reshape(*x.shape[:2], *shape)


@operator
def AveragePool(x, count_include_pad=0, **window):
    axes = tuple(range(2, x.ndim))
    return pool(x, lambda part: np.nanmean(part, axes), 0 if count_include_pad else np.nan, **window)


@operator
def LpPool(x, p=2, **window):
    axes = tuple(range(2, x.ndim))
    return pool(x, lambda part: (np.abs(part) ** p).sum(axes) ** (1 / p), 0, **window)


@operator
def GlobalLpPool(x, p=2):
    return (np.abs(x) ** p).sum(tuple(range(2, x.ndim)), keepdims=True) ** (1 / p)


@operator
def Conv(x, w, b=0, group=1, strides=None, pads=None, dilations=None):
    rank = x.ndim - 2
    grouped = w.reshape(group, -1, *w.shape[1:])

    def product(part):
        parts = part.reshape(part.shape[0], group, -1, *part.shape[2:])
        return np.einsum("ngiyx,goiyx->ngo", parts, grouped).reshape(part.shape[0], -1)

    if rank == 1:
        x, w, grouped = x[..., None], w[..., None], grouped[..., None]
    sizes = w.shape[2:]
    two = lambda values, one: list(values or [one] * rank) + [one] * (2 - rank)  # noqa: E731
    low, high = (pads or [0] * 2 * rank)[:rank], (pads or [0] * 2 * rank)[rank:]
    parts = {i: product(part) for i, part in windows(x, sizes, two(strides, 1), two(low, 0) + two(high, 0), two(dilations, 1), 0)}
    y = np.stack(list(parts.values()), -1).reshape(x.shape[0], -1, *np.add(max(parts), 1))
    y = y + np.reshape(b, (-1, 1, 1))
    return y[..., 0] if rank == 1 else y


@operator
def ConvTranspose(x, w, b=0, group=1, strides=(1, 1), pads=(0, 0, 0, 0)):
    parts = x.reshape(x.shape[0], group, -1, *x.shape[2:])
    taps = np.einsum("ngihw,gioyx->ngohwyx", parts, w.reshape(group, -1, *w.shape[1:]))
    taps = taps.reshape(x.shape[0], -1, *taps.shape[3:])
    (height, width), (rows, columns) = x.shape[2:], w.shape[2:]
    y = np.zeros((*taps.shape[:2], (height - 1) * strides[0] + rows, (width - 1) * strides[1] + columns))
    for i, j in itertools.product(range(height), range(width)):
        y[:, :, i * strides[0] : i * strides[0] + rows, j * strides[1] : j * strides[1] + columns] += taps[:, :, i, j]
    y = y[:, :, pads[0] : y.shape[2] - pads[2], pads[1] : y.shape[3] - pads[3]]
    return y + np.reshape(b, (-1, 1, 1))


@operator
def Gemm(a, b, c=0, alpha=1.0, beta=1.0, transB=0):
    return alpha * a @ (b.T if transB else b) + beta * c


#
# Resize and grids
#


def cubic(distance, a):
    d = abs(distance)
    if d <= 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0.0


def coordinate(y, mode, size, result, scale, start, end):
    scaled = scale * size
    return {
        "half_pixel": (y + 0.5) / scale - 0.5,
        "half_pixel_symmetric": size / 2 * (1 - result / scaled) + (y + 0.5) / scale - 0.5,
        "asymmetric": y / scale,
        "align_corners": y * (size - 1) / max(result - 1, 1),
        "pytorch_half_pixel": (y + 0.5) / scale - 0.5 if result > 1 else 0,
        "tf_crop_and_resize": start * (size - 1) + y * (end - start) * (size - 1) / max(result - 1, 1)
        if result > 1
        else (start + end) / 2 * (size - 1),
    }[mode]


def resize_axis(x, axis, result, scale, start, end, mode, coordinates, a, exclude_outside, antialias, extrapolation):
    x = np.moveaxis(x, axis, 0)
    size, rows = x.shape[0], []
    wide = max(1, 1 / scale) if antialias else 1
    for y in range(result):
        at = coordinate(y, coordinates, size, result, scale, start, end)
        if coordinates == "tf_crop_and_resize" and not 0 <= at <= size - 1:
            rows.append(np.full(x.shape[1:], extrapolation))
            continue
        if mode == "nearest":  # round_prefer_floor
            rows.append(x[np.clip(math.ceil(at - 0.5), 0, size - 1)])
            continue
        reach = math.ceil((2 if mode == "cubic" else 1) * wide)
        taps = range(math.floor(at) - reach, math.floor(at) + reach + 1)
        weights = [cubic((t - at) / wide, a) if mode == "cubic" else max(0, 1 - abs(t - at) / wide) for t in taps]
        if exclude_outside:
            weights = [w if 0 <= t < size else 0 for t, w in zip(taps, weights, strict=True)]
        rows.append(sum(w / sum(weights) * x[np.clip(t, 0, size - 1)] for t, w in zip(taps, weights, strict=True)))
    return np.moveaxis(np.stack(rows), 0, axis)


@operator
def Resize(
    x, roi=None, scales=None, sizes=None, mode="nearest", coordinate_transformation_mode="half_pixel", axes=None, cubic_coeff_a=-0.75,
    exclude_outside=0, antialias=0, extrapolation_value=0.0, keep_aspect_ratio_policy="stretch",
):  # fmt: skip
    axes = range(x.ndim) if axes is None else axes
    if scales is None:
        scales = [to / x.shape[axis] for axis, to in zip(axes, sizes, strict=True)]
        if keep_aspect_ratio_policy != "stretch":
            scales = [(min if keep_aspect_ratio_policy == "not_larger" else max)(scales)] * len(scales)
            sizes = [math.floor(scale * x.shape[axis] + 0.5) for axis, scale in zip(axes, scales, strict=True)]
    else:
        sizes = [math.floor(np.float32(scale) * np.float32(x.shape[axis])) for axis, scale in zip(axes, scales, strict=True)]
    starts, ends = ([0] * len(sizes), [1] * len(sizes)) if roi is None else np.split(roi, 2)
    for axis, to, scale, start, end in zip(axes, sizes, scales, starts, ends, strict=True):
        if to != x.shape[axis] or coordinate_transformation_mode == "tf_crop_and_resize" and (start, end) != (0, 1):
            x = resize_axis(
                x, axis, to, scale, start, end, mode, coordinate_transformation_mode, cubic_coeff_a, exclude_outside, antialias,
                extrapolation_value,
            )  # fmt: skip
    return x


def fold(at, low, high):
    """`at` reflected at `low` and `high` until it lies between."""
    if low == high:
        return low
    while not low <= at <= high:
        at = 2 * low - at if at < low else 2 * high - at
    return at


def sample(image, y, x, mode, padding, corners):
    sizes = image.shape[1:]
    edges = [(0, n - 1) if corners else (-0.5, n - 0.5) for n in sizes]

    def inside(at, axis):
        if padding == "border":
            return np.clip(at, 0, sizes[axis] - 1)
        return fold(at, *edges[axis]) if padding == "reflection" else at

    def taps(g, axis):
        low, high = edges[axis]
        at = low + (g + 1) / 2 * (high - low)
        at = at if mode in ("cubic", "bicubic") else inside(at, axis)
        first = math.floor(at)
        if mode == "nearest":
            return [(int(np.rint(at)), 1)]
        if mode in ("linear", "bilinear"):
            return [(first, 1 - (at - first)), (first + 1, at - first)]
        return [(t, cubic(t - at, -0.75)) for t in range(first - 1, first + 3)]

    total = np.zeros(image.shape[0])
    for (i, u), (j, v) in itertools.product(taps(y, 0), taps(x, 1)):
        i, j = inside(i, 0), inside(j, 1)
        if 0 <= i < sizes[0] and 0 <= j < sizes[1]:
            total += u * v * image[:, int(i), int(j)]
    return total


@operator
def GridSample(x, grid, mode="linear", padding_mode="zeros", align_corners=0):
    points = [sample(image, y, x, mode, padding_mode, align_corners) for image, g in zip(x, grid, strict=True) for x, y in g.reshape(-1, 2)]
    return np.moveaxis(np.reshape(points, (*grid.shape[:3], x.shape[1])), 3, 1)


@operator
def AffineGrid(theta, size, align_corners=0):
    height, width = size[2:]
    along = lambda n: np.linspace(-1, 1, n) if align_corners else (2 * np.arange(n) + 1) / n - 1  # noqa: E731
    y, x = np.meshgrid(along(height), along(width), indexing="ij")
    return np.einsum("nij,hwj->nhwi", theta, np.stack([x, y, np.ones_like(x)], -1))
