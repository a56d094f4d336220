"""Operations that move values, on bytes: reinterpret, reshape, transpose, concat, split, slice, pad, broadcast, resize."""

import math

from network import Network, i8, real, u8

PERMUTATIONS = [((1, 3, 8, 9), (0, 2, 3, 1)), ((2, 7, 5, 16), (0, 3, 1, 2)), ((17, 33), (1, 0)), ((3, 4, 5), (2, 0, 1)), ((2, 3, 4, 5), (3, 2, 1, 0)),
                ((2, 16, 3, 20), (0, 2, 1, 3))]  # fmt: skip

CONCATS = [([(1, 5, 6, 8), (1, 5, 6, 24)], 3), ([(1, 5, 6, 3), (1, 5, 6, 1), (1, 5, 6, 12)], 3), ([(2, 3, 5), (2, 4, 5)], 1), ([(1, 7), (3, 7)], 0)]

SLICES = [((1, 8, 9, 16), (0, 1, 2, 0), (1, 4, 3, 16), (1, 2, 2, 1)), ((1, 5, 5, 24), (0, 0, 0, 8), (1, 5, 5, 8), (1, 1, 1, 1)),
          ((3, 40), (1, 1), (2, 13), (1, 3)), ((7, 9), (6, 0), (1, 9), (1, 1))]  # fmt: skip

PADS = [((1, 4, 5, 8), (0, 1, 2, 0), (0, 2, 0, 0), 0.0), ((1, 4, 5, 3), (0, 1, 1, 0), (0, 1, 1, 1), -1.0), ((5, 17), (1, 3), (0, 4), float("-inf"))]

BROADCASTS = [((1, 16), (5, 16)), ((3, 1, 5), (3, 4, 5)), ((7,), (2, 3, 7)), ((9, 1), (9, 33))]

# (shape, size, coordinates, rounding)
RESIZES = [
    ((1, 4, 5, 8), (8, 10), "asymmetric", "floor"),
    ((2, 5, 5, 3), (10, 15), "half_pixel", "round_prefer_floor"),
    ((1, 6, 7, 16), (4, 5), "half_pixel", "round_prefer_ceil"),
    ((1, 4, 4, 20), (7, 9), "align_corners", "ceil"),
    ((1, 5, 3, 1), (1, 6), "pytorch_half_pixel", "round_prefer_floor"),
    ((1, 20, 24, 1), (6, 28), "half_pixel", "round_prefer_ceil"),
    ((1, 20, 24, 1), (6, 28), "half_pixel", "round_prefer_floor"),
]


def moves():
    net = Network("moves")
    type = u8(0.05, 113)
    x = net.input((3, 5), type)
    net.result(net.op("reinterpret {0}", [x], (3, 5), u8(0.25, 7)))
    for shape, permutation in PERMUTATIONS:
        x = net.input(shape, type)
        result = [shape[p] for p in permutation]
        net.result(net.op(f"transpose {{0}} permutation = {list(permutation)}", [x], result, type))
        net.result(net.op("reshape {0}", [x], (x.shape[-1], math.prod(shape[:-1])), type))
    for shapes, axis in CONCATS:
        parts = [net.input(shape, type) for shape in shapes]
        size = list(shapes[0])
        size[axis] = sum(s[axis] for s in shapes)
        whole = net.op(f"concat {', '.join(f'{{{i}}}' for i in range(len(parts)))} axis = {axis}", parts, size, type)
        net.result(whole)
    for shape, starts, sizes, strides in SLICES:
        x = net.input(shape, type)
        net.result(net.op(f"slice {{0}} starts = {list(starts)} sizes = {list(sizes)} strides = {list(strides)}", [x], sizes, type))
    for shape, low, high, value in PADS:
        x = net.input(shape, type)
        size = [a + b + c for a, b, c in zip(low, shape, high)]
        net.result(net.op(f"pad {{0}} low = {list(low)} high = {list(high)} value = {real(value)}", [x], size, type))
    for shape, size in BROADCASTS:
        net.result(net.op("broadcast {0}", [net.input(shape, type)], size, type))
    return net


def resize(net, x, mode, size, coordinates, rounding):
    scales = ", ".join(real(a / b) for a, b in zip(size, x.shape[1:3]))
    text = f"resize {mode} {{0}} coordinates = {coordinates} rounding = {rounding} scales = [{scales}]"
    return net.op(text, [x], (x.shape[0], *size, x.shape[3]), x.type)


def resizes():
    net = Network("resizes")
    for i, (shape, *how) in enumerate(RESIZES):
        x = net.input(shape, (u8(0.05, 113), i8(0.03, 7))[i % 2])
        net.result(resize(net, x, "nearest", *how))
        net.result(resize(net, x, "bilinear", *how))
    return net


def networks():
    yield from (moves(), resizes())
