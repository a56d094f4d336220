"""fully_connected and matmul on integers: few and many rows, depths that fill no vector, narrow and wide results."""

import numpy as np
from network import F32, Network, i8, u8

# (input shape, input type, outputs, result type, attributes)
LAYERS = [
    ((1, 1), u8(zero=128), 1, u8(), dict()),
    ((1, 3), u8(zero=3), 10, u8(zero=0), dict()),
    ((5, 4), u8(zero=255), 17, i8(), dict()),
    ((49, 7), u8(zero=0), 10, u8(), dict(per_channel=False)),
    ((1, 128), u8(zero=128), 64, u8(zero=0), dict(narrow=True)),
    ((5, 128), i8(zero=-128), 17, u8(), dict(bias=False)),
    ((49, 128), u8(zero=3), 64, F32, dict()),
    ((5, 1), u8(zero=128), 64, u8(), dict()),
    ((49, 3), i8(zero=7), 1, u8(), dict()),
    ((7, 7, 20), u8(zero=128), 24, u8(), dict()),
    ((20,), u8(zero=128), 17, u8(), dict()),
]

LARGE_LAYERS = [
    ((1, 1000), u8(zero=128), 1000, u8(), dict()),
    ((5, 1000), u8(zero=3), 10, F32, dict()),
    ((49, 1000), u8(zero=255), 17, i8(zero=-3), dict(per_channel=False)),
    ((1, 7), u8(zero=128), 1000, u8(), dict()),
]

# (lhs, its type, rhs, its type, rhs transposed, result type). Both are computed: columns and depths that fill no block, no tile and no
# run of steps, from either side of memory; batches that one side repeats; rows too few, and columns, for weights to be packed.
PRODUCTS = [
    ((5, 16), u8(0.02, 100), (16, 17), i8(0.03, 5), False, u8()),
    ((3, 5, 20), u8(0.02, 100), (3, 8, 20), i8(0.03, 5), True, u8(zero=3)),
    ((2, 4, 7), u8(0.02, 100), (7, 10), i8(0.03, 5), False, F32),
    ((2, 1, 9, 32), u8(0.02, 100), (3, 16, 32), i8(0.03, 5), True, i8()),
    ((37, 70), u8(0.02, 0), (70, 133), u8(0.03, 128), False, u8()),
    ((37, 70), i8(0.02, 3), (133, 70), i8(0.03, 0), True, i8()),
    ((3, 1, 21, 131), u8(0.02, 255), (1, 2, 131, 48), u8(0.03, 0), False, F32),
    ((4, 20, 67), i8(0.02, -128), (1, 97, 67), u8(0.03, 130), True, u8(zero=7)),
    ((8, 1), u8(0.02, 9), (1, 40), u8(0.03, 200), False, i8()),
    ((3, 40), u8(0.02, 100), (40, 33), i8(0.03, 5), False, u8()),
    ((1, 40), u8(0.02, 100), (33, 40), u8(0.03, 5), True, F32),
    ((6, 259), i8(0.02, 1), (259, 1), i8(0.03, -7), False, u8()),
]


def matmul(net, a, b, transposed, out):
    columns = b.shape[-2] if transposed else b.shape[-1]
    shape = (*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], columns)
    return net.op("matmul {0}, {1}" + (" {{transpose_rhs}}" if transposed else ""), [a, b], shape, out, bits=not (a.type.is_float or b.type.is_float))


def networks():
    for name, cases in (("layers", LAYERS), ("large layers", LARGE_LAYERS)):
        net = Network(name)
        for shape, type, outputs, out, attributes in cases:
            net.result(net.fully_connected(net.input(shape, type), outputs, out, **attributes))
        yield net
    net = Network("products of activations")
    for left, left_type, right, right_type, transposed, out in PRODUCTS:
        a, b = net.input(left, left_type), net.input(right, right_type)
        depth = right[-1] if transposed else right[-2]
        net.result(matmul(net, a, b, transposed, net.scaled(out, 0.02 * 0.03 * 75 * 75 * depth**0.5)))
    yield net
