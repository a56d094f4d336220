"""Layers as other tools quantize them: weights with zero points, of 4 and 16 bits, activations of 16 bits, sums beyond i32."""

import numpy as np
from network import F32, Network, Type, i8, u8


def u16(zero=0):
    return Type("u16", (0.001,), zero)


def i16(zero=0):
    return Type("i16", (0.001,), zero)


def unsigned(zero):
    """u8 weights, per tensor."""
    return dict(per_channel=False, storage="u8", zero=zero)


def by_channel(storage, *zeros):
    return dict(storage=storage, zero=zeros)


# (input shape, input type, outputs, kernel, result type, attributes)
DENSE = [
    ((1, 7, 7, 24), u8(zero=128), 40, (1, 1), u8(zero=0), unsigned(122)),  # nine bits: a sum per pixel
    ((1, 7, 7, 24), u8(zero=3), 24, (1, 1), i8(), unsigned(128)),  # eight
    ((1, 9, 9, 20), u8(zero=7), 24, (1, 1), u8(), unsigned(255) | dict(strides=(2, 2))),
    ((2, 8, 9, 16), u8(zero=3), 17, (3, 3), u8(), unsigned(131) | dict(pads=(1, 1, 1, 1))),
    ((1, 11, 12, 3), u8(zero=128), 16, (3, 3), u8(), unsigned(97) | dict(strides=(2, 2), pads=(0, 0, 1, 1))),
    ((1, 9, 8, 5), i8(zero=-7), 10, (3, 2), F32, unsigned(0) | dict(dilations=(2, 2), pads=(2, 2, 2, 2))),
    ((1, 5, 5, 33), u8(zero=1), 3, (3, 3), u8(), by_channel("u8", 0, 128, 255)),
    ((1, 5, 6, 16), i8(zero=5), 4, (1, 5), u8(), by_channel("i8", -128, 3, 0, 127) | dict(pads=(0, 2, 0, 2))),
    ((1, 5, 6, 16), u8(zero=5), 8, (3, 3), u8(), dict(per_channel=False, storage="u4", zero=9)),
    ((1, 5, 6, 16), u8(zero=5), 8, (3, 3), i8(), dict(storage="i4")),
]

GROUPS = [
    ((1, 6, 7, 16), u8(zero=3), 16, (3, 3), u8(), unsigned(120) | dict(groups=2, pads=(1, 1, 1, 1))),
    ((1, 5, 5, 64), u8(zero=9), 64, (1, 1), u8(zero=0), unsigned(140) | dict(groups=4)),
    ((1, 5, 5, 8), i8(zero=3), 4, (3, 3), i8(), by_channel("u8", 0, 255, 7, 128) | dict(groups=2, pads=(1, 0, 1, 0))),
    ((1, 7, 8, 24), u8(zero=128), 24, (3, 3), u8(), unsigned(122) | dict(groups=24, pads=(1, 1, 1, 1))),
    ((1, 6, 6, 5), u8(zero=3), 5, (3, 3), F32, by_channel("i8", -128, 127, 0, 4, -1) | dict(groups=5, strides=(2, 2))),
]

# (input shape, input type, outputs, result type, attributes)
FULLY_CONNECTED = [
    ((1, 100), u8(zero=128), 10, u8(), unsigned(119)),
    ((5, 64), u8(zero=3), 33, F32, unsigned(255) | dict(bias=False)),
    ((2, 3, 20), i8(zero=-3), 3, i8(), by_channel("u8", 255, 0, 77)),
    ((20,), u8(zero=128), 17, u8(), unsigned(1)),
]

# (input shape, input type, outputs, kernel, result type, attributes)
WIDE = [
    ((1, 5, 6, 8), u16(zero=32768), 16, (3, 3), u16(zero=100), dict(pads=(1, 1, 1, 1))),
    ((1, 5, 6, 8), i16(), 12, (1, 1), i16(), unsigned(122)),
    ((1, 5, 6, 7), i16(zero=-9), 7, (3, 3), u8(), dict(groups=7, pads=(1, 1, 1, 1))),
    ((1, 5, 6, 8), u8(zero=4), 6, (3, 3), u16(zero=5), dict(groups=2)),
    ((1, 4, 4, 40), u16(zero=7), 5, (4, 4), i16(), dict()),  # 64-bit sums
    ((1, 4, 4, 3), i16(zero=5), 9, (2, 2), F32, dict(storage="i16", zero=0)),  # 64-bit sums
    ((1, 4, 4, 4), u8(zero=5), 9, (2, 2), i8(), dict(storage="u16", zero=40000, per_channel=False)),
]


def networks():
    for name, cases in (("dense", DENSE), ("groups", GROUPS), ("wide codes", WIDE)):
        net = Network(name)
        for shape, type, outputs, kernel, out, attributes in cases:
            net.result(net.conv2d(net.input(shape, type), outputs, kernel, out, **attributes))
        yield net
    net = Network("fully connected")
    for shape, type, outputs, out, attributes in FULLY_CONNECTED:
        net.result(net.fully_connected(net.input(shape, type), outputs, out, **attributes))
    # 66,400 products of up to 255 * 127 are no i32 by their types. Weights of all signs prove one; equal ones do not.
    long = net.input((1, 66400), u8(zero=0))
    net.result(net.fully_connected(long, 2, i8()))
    largest = net.constant(np.full((2, 66400), 127), Type("i8", (0.01,)))
    net.result(net.op("fully_connected {0}, {1}", [long, largest], (1, 2), F32))
    # Accumulators as they are.
    x = net.input((1, 4, 5, 6), u8(1.0, 7))
    w = net.weights((3, 2, 2, 6), scale=1.0, per_channel=False, storage="u8", zero=131)
    attributes = " strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1"
    net.result(net.op("conv2d {0}, {1}" + attributes, [x, w], (1, 3, 4, 3), Type("i32")))
    yield net
