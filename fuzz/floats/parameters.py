"""Random shapes, weights and samples."""

import math

import numpy as np

from .graph import CALIBRATED, JUDGED

SAMPLES = CALIBRATED + JUDGED


def generator(c):
    return np.random.default_rng(c.below(1 << 16))


def shape(c, rank):
    """Sizes from 1; channels sometimes fill a vector and more."""
    sizes = [c.between(1, 9) for _ in range(rank)]
    if rank >= 2:
        sizes[1] = c.pick((4, 3, 1, 2, 6, 8, 12, 16, 17))
    sizes[0] = 1 if rank >= 2 and c.chance(90) else min(sizes[0], 4)
    if rank == 3:
        sizes[2] = c.pick((8, 16, 4, 32, 5))
    return tuple(sizes)


def samples(c, shape):
    """Samples of an input, and their reach: noise, images, tokens of unlike size, values of one sign."""
    random = generator(c)
    kind = c.weighted({"normal": 50, "unlike": 20, "image": 10, "uniform": 10, "sparse": 5, "large": 5})
    x = random.standard_normal((SAMPLES, *shape)).astype(np.float32)
    if kind == "unlike":  # some samples, or rows, are a hundred times smaller than others
        rows = random.uniform(0.02, 3, (SAMPLES, *shape[:-1], 1)) if c.chance(50) else random.uniform(0.02, 3, (SAMPLES, *[1] * len(shape)))
        x = x * rows.astype(np.float32)
    if kind == "image":
        x = random.integers(0, 256, x.shape).astype(np.float32)
    if kind == "uniform":
        x = random.uniform(0, 1, x.shape).astype(np.float32)
    if kind == "sparse":
        x = np.where(random.uniform(0, 1, x.shape) < 0.6, 0, x).astype(np.float32)
    if kind == "large":
        x *= np.float32(30)
    return x, float(np.abs(x).max())


def new_input(g, c, shape):
    data, reach = samples(c, shape)
    return g.new_input(shape, data, reach)


def weights(g, c, shape, axis, depth):
    """Weights of a layer that keeps magnitudes, with a scale for each index of `axis`; a few channels are larger than others."""
    random = generator(c)
    w = random.standard_normal(shape) / math.sqrt(max(depth, 1))
    if c.chance(25):
        w = w * np.exp(random.uniform(-2, 1, [size if i == axis else 1 for i, size in enumerate(shape)]))
    return g.weight(w, axis)


def bias(g, c, count, reach):
    """Names of none or one constant."""
    return [g.constant((generator(c).standard_normal(count) * 0.3 * min(reach, 10)).astype(np.float32))] if c.chance(60) else []


def vector(g, c, shape, low=-1.0, high=1.0):
    """A constant operand of elementwise operations."""
    return g.weight(generator(c).uniform(low, high, shape))


def channel_shape(c, x):
    """The shape of an operand that is broadcast to x: of a channel, of the last axis, a scalar, or x's."""
    kinds = [tuple(1 if i != 1 else size for i, size in enumerate(x.shape)) if len(x.shape) > 1 else x.shape, (x.shape[-1],), (), x.shape]
    return c.pick(kinds)
