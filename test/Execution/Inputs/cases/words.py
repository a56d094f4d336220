"""Activations of 16 bits by weights of 8: products of words, with bytes that are widened as they are multiplied."""

from cases import fully_connected
from network import F32, Network, Type, i8, u8


def u16(zero=32768):
    return Type("u16", (0.001,), zero)


def i16(zero=0):
    return Type("i16", (0.001,), zero)


# Sums of so many products of all codes by all weights of 8 bits are an i32; longer ones have smaller weights.
NIBBLES = dict(storage="i4")
NINE_BITS = dict(per_channel=False, storage="u8", zero=122)  # a sum of the input corrects the bytes

# (input shape, input type, outputs, kernel, result type, attributes). Runs of even and odd length, whole and partial tiles and blocks.
CONV = [
    ((1, 9, 11, 1), i16(), 8, (3, 3), i16(), dict(pads=(1, 1, 1, 1))),
    ((1, 12, 12, 3), i16(), 16, (7, 7), u8(), dict(strides=(2, 2), pads=(3, 3, 3, 3))),
    ((1, 7, 9, 5), i16(-9), 10, (5, 5), u16(), dict(pads=(2, 1, 0, 2), per_channel=False)),
    ((1, 7, 7, 16), i16(), 64, (3, 3), i16(), dict(pads=(1, 1, 1, 1))),
    ((1, 7, 7, 72), u16(), 80, (1, 1), i8(), dict()),
    ((1, 9, 9, 20), u16(0), 24, (1, 1), F32, dict(strides=(2, 2))),
    ((1, 9, 8, 12), u16(65535), 40, (3, 3), i16(), dict(dilations=(2, 2), pads=(2, 2, 2, 2), bias=False)),
    ((1, 6, 7, 16), i16(), 16, (3, 3), i16(77), dict(groups=2, pads=(1, 1, 1, 1))),
    ((1, 6, 7, 24), i16(), 24, (3, 3), i16(), dict(groups=24, pads=(1, 1, 1, 1))),
    ((1, 6, 7, 24), u16(7), 24, (3, 3), u16(), dict(groups=24, pads=(1, 1, 1, 1))),
    ((1, 7, 8, 17), i16(), 9, (2, 3), i16(), NIBBLES),
    ((1, 7, 7, 24), i16(), 40, (1, 1), i16(), NINE_BITS),
    ((2, 8, 9, 3), u16(), 17, (3, 3), i16(), NINE_BITS | dict(strides=(2, 2), pads=(0, 0, 1, 1))),
    ((1, 8, 9, 16), i16(3), 17, (3, 3), F32, NINE_BITS | dict(pads=(1, 1, 1, 1))),
    ((1, 5, 6, 16), i16(), 8, (3, 3), i16(), dict(per_channel=False, storage="u4", zero=11)),
]

# (input shape, input type, outputs, result type, attributes)
FULLY_CONNECTED = [
    ((1, 1), i16(), 1, i16(), dict()),
    ((1, 129), i16(), 70, i16(), dict()),
    ((1, 400), u16(), 200, F32, dict()),
    ((5, 30), i16(-32768), 17, u16(), dict(bias=False)),
    ((49, 132), i16(), 65, i8(), dict()),
    ((6, 15), i16(9), 34, F32, NINE_BITS),
    ((1, 4001), i16(), 33, i16(), NIBBLES),
]

BLOCKS = [
    ((1, 256), i16(), 70, i16(), dict(block=64, shared=True)),
    ((5, 90), u16(), 17, i8(), dict(block=30, bias=False)),
    ((49, 128), i16(77), 65, F32, NIBBLES | dict(block=32)),
    ((3, 15), i16(-5), 9, F32, dict(block=5)),
]


# (lhs, its type, rhs, its type, rhs transposed, result type)
PRODUCTS = [
    ((9, 33), i16(5), (33, 20), i8(0.03, 5), False, i16()),
    ((2, 21, 70), u16(), (2, 37, 70), u8(0.03, 128), True, F32),
    ((9, 33), i16(), (33, 20), i16(7), False, F32),  # sums of 64 bits
]


def networks():
    net = Network("convolutions")
    for shape, type, outputs, kernel, out, attributes in CONV:
        net.result(net.conv2d(net.input(shape, type), outputs, kernel, out, **attributes))
    yield net
    for name, cases in (("per channel", FULLY_CONNECTED), ("in blocks", BLOCKS)):
        net = Network(f"fully connected {name}")
        for shape, type, outputs, out, attributes in cases:
            net.result(net.fully_connected(net.input(shape, type), outputs, out, **attributes))
        yield net
    net = Network("products of activations")
    for left, left_type, right, right_type, transposed, out in PRODUCTS:
        net.result(fully_connected.matmul(net, net.input(left, left_type), net.input(right, right_type), transposed, out))
    yield net
