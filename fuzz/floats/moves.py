"""Operators that move values, and those that unite several tensors in one."""

import math

import numpy as np

from .parameters import generator, new_input


def reshape(g, c, x):
    total = math.prod(x.shape)
    shapes = [(total,), (1, total), (x.shape[0], total // x.shape[0]), (1, x.shape[-1], total // x.shape[-1], 1)]
    if len(x.shape) == 4:
        shapes.append((x.shape[0], x.shape[1], x.shape[2] * x.shape[3]))
    return g.reshape(x, c.pick(shapes))


def transpose(g, c, x):
    permutation = list(range(len(x.shape)))
    generator(c).shuffle(permutation)
    return g.transpose(x, [int(p) for p in permutation])


def flatten(g, c, x):
    axis = c.below(len(x.shape) + 1)
    return g.move("Flatten", [x], (math.prod(x.shape[:axis]), math.prod(x.shape[axis:])), x.reach, axis=axis)


def slice_(g, c, x):
    axis = c.below(len(x.shape))
    start = c.below(x.shape[axis])
    return g.slice(x, axis, start, start + 1 + c.below(x.shape[axis] - start))


def pad(g, c, x):
    mode = c.weighted({"constant": 55, "reflect": 20, "edge": 20, "wrap": 5})
    if mode == "wrap" and g.opset < 19:
        return None
    first = max(len(x.shape) - 2, 0)
    most = [min(2, size - 1 if mode == "reflect" else size) for size in x.shape]
    pads = [[c.below(m + 1) if i >= first else 0 for i, m in enumerate(most)] for _ in range(2)]
    inputs = [x, g.ints(*pads[0], *pads[1])]
    if mode == "constant" and c.chance(40):
        inputs.append(g.scalar(c.pick((0.0, 1.0, -0.5)) * min(x.reach, 10)))
    return g.move("Pad", inputs, [b + s + a for b, s, a in zip(pads[0], x.shape, pads[1])], x.reach, mode=mode)


def expand(g, c, x):
    axes = [i for i, size in enumerate(x.shape) if size == 1]
    if not axes:
        return None
    axis, count = c.pick(axes), c.between(2, 4)
    shape = [count if i == axis else size for i, size in enumerate(x.shape)]
    if c.chance(50):
        return g.move("Tile", [x, g.ints(*(count if i == axis else 1 for i in range(len(shape))))], shape, x.reach)
    return g.move("Expand", [x, g.ints(*shape)], shape, x.reach)


def gather(g, c, x):
    axis = c.below(len(x.shape))
    count = c.between(1, 4)
    indices = generator(c).integers(0, x.shape[axis], count)
    shape = [count if i == axis else size for i, size in enumerate(x.shape)]
    return g.move("Gather", [x, g.ints(*indices)], shape, x.reach, axis=axis)


def pixels(g, c, x):
    """DepthToSpace, or the same spelled out, SpaceToDepth, channel shuffle."""
    if len(x.shape) != 4:
        return None
    n, ch, h, w = x.shape
    if h % 2 == 0 and w % 2 == 0 and c.chance(40):
        return g.move("SpaceToDepth", [x], (n, 4 * ch, h // 2, w // 2), x.reach, blocksize=2)
    if ch % 4 == 0 and c.chance(50):
        if c.chance(50):
            return g.move("DepthToSpace", [x], (n, ch // 4, 2 * h, 2 * w), x.reach, blocksize=2, mode=c.pick(("DCR", "CRD")))
        moved = g.transpose(g.reshape(x, (n, ch // 4, 2, 2, h, w)), [0, 1, 4, 2, 5, 3])
        return g.reshape(moved, (n, ch // 4, 2 * h, 2 * w))
    if ch % 2 == 0:
        return g.reshape(g.transpose(g.reshape(x, (n, 2, ch // 2, h, w)), [0, 2, 1, 3, 4]), x.shape)
    return None


def concat(g, c, x):
    """With parts of unlike ranges, constants and inputs, as detectors and skip connections have them."""
    axis = c.below(len(x.shape))
    parts = [x]
    for _ in range(c.between(1, 2)):
        same = [v for v in g.reals() if len(v.shape) == len(x.shape) and all(a == b or i == axis for i, (a, b) in enumerate(zip(v.shape, x.shape)))]
        kind = c.weighted({"earlier": 50, "scaled": 30, "input": 20})
        other = c.pick(same) if kind != "input" else new_input(g, c, [c.between(1, 4) if i == axis else size for i, size in enumerate(x.shape)])
        if kind == "scaled":
            factor = c.pick((32.0, 0.01, 5.0, 640.0))
            other = g.compute("Mul", [other, g.scalar(factor)], other.shape, other.reach * factor)
        parts.append(other)
    return g.concat(parts if c.chance(70) else parts[::-1], axis)


def gated(g, c, x):
    """Gated linear units: one half of the channels weighs the other."""
    axis = 1 if len(x.shape) > 1 else 0
    if x.shape[axis] % 2:
        return None
    a, b = g.split(x, axis, [x.shape[axis] // 2] * 2)
    return g.compute("Mul", [a, g.compute("Sigmoid", [b], b.shape, 1.0)], a.shape, a.reach)


STEPS = {reshape: 8, transpose: 8, flatten: 3, slice_: 5, pad: 8, expand: 3, gather: 3, pixels: 4, concat: 10, gated: 4}
