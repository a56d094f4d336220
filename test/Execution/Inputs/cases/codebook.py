"""Weights of codebooks of 16, 4 and 2 levels, looked up as they are multiplied, and of -1 and 1."""

from network import F32, Network, Type, i8, u8

NF4 = dict(storage="i4", levels=(-127, -88, -67, -50, -36, -23, -12, 0, 10, 20, 31, 43, 56, 71, 92, 127))
FIVE = dict(storage="i4", levels=(-127, -30, 0, 60, 127))
FOUR = dict(storage="i2", levels=(-127, -38, 38, 127))
TERNARY = dict(storage="i2", levels=(-1, 0, 1))
BINARY = dict(storage="i1", levels=(-1, 1))
TWO = dict(storage="i1", levels=(-50, 127))

# (input shape, input type, outputs, kernel, result type, attributes). Runs of every length modulo two, four and eight steps.
CONV = [
    ((1, 9, 11, 1), u8(zero=0), 8, (3, 3), u8(), NF4 | dict(pads=(1, 1, 1, 1))),
    ((1, 12, 12, 3), u8(zero=128), 16, (7, 7), u8(zero=0), FOUR | dict(strides=(2, 2), pads=(3, 3, 3, 3))),
    ((1, 7, 9, 5), u8(zero=3), 10, (5, 5), u8(zero=3), NF4 | dict(pads=(2, 1, 0, 2), per_channel=False)),
    ((1, 7, 7, 16), u8(zero=128), 64, (3, 3), u8(zero=0), BINARY | dict(pads=(1, 1, 1, 1))),
    ((1, 7, 7, 72), u8(zero=5), 80, (1, 1), i8(), NF4),
    ((1, 9, 9, 20), i8(zero=-5), 24, (1, 1), F32, FIVE | dict(strides=(2, 2))),
    ((1, 9, 8, 12), i8(zero=127), 40, (3, 3), u8(), TERNARY | dict(dilations=(2, 2), pads=(2, 2, 2, 2), bias=False)),
    ((1, 6, 7, 16), u8(zero=255), 16, (3, 3), u8(), BINARY | dict(groups=2, pads=(1, 1, 1, 1))),
    ((1, 6, 7, 24), u8(zero=3), 24, (3, 3), u8(), NF4 | dict(groups=24, pads=(1, 1, 1, 1))),  # loops of their own: bytes
    ((1, 5, 6, 17), u8(zero=3), 9, (2, 3), i8(), TWO),
    ((1, 5, 5, 1), i8(zero=4), 1, (1, 1), F32, NF4),
    ((1, 6, 7, 40), Type("i16", (0.001,)), 40, (3, 3), u8(), FOUR | dict(pads=(1, 1, 1, 1))),  # bytes
    ((1, 6, 7, 37), u8(zero=9), 37, (3, 3), i8(), BINARY | dict(groups=37, strides=(2, 2))),
]

# (input shape, input type, outputs, result type, attributes)
FULLY_CONNECTED = [
    ((1, 129), u8(zero=128), 70, u8(zero=0), NF4),
    ((1, 1000), u8(zero=3), 200, F32, FOUR),
    ((5, 30), u8(zero=255), 17, i8(), BINARY | dict(bias=False)),
    ((49, 132), i8(zero=-128), 65, u8(), FIVE),
    ((6, 15), i8(zero=9), 34, F32, TERNARY),
    ((49, 64), u8(zero=5), 65, F32, BINARY),
    ((1, 70000), u8(zero=0), 2, i8(), FOUR),
    ((1, 132000), u8(zero=0), 2, i8(), BINARY),  # as bytes: 64 times the sum is no i32
    ((4, 64), u8(scale=1.0, zero=1), 33, F32, NF4 | dict(block=32, shared=True)),
    ((5, 90), u8(zero=255), 17, i8(), FOUR | dict(block=30, bias=False)),
    ((1, 256), u8(zero=128), 70, u8(zero=0), BINARY | dict(block=64, shared=True)),
]

# (input shape, outputs, result type, attributes)
WEIGHTS_ONLY = [
    ((1, 129), 70, F32, NF4),
    ((5, 64), 33, F32, FOUR | dict(per_channel=False)),
    ((6, 96), 34, F32, BINARY | dict(block=32, shared=True, bias=False)),
    ((49, 40), 9, F32, NF4 | dict(block=8)),
]


def networks():
    net = Network("convolutions")
    for shape, type, outputs, kernel, out, attributes in CONV:
        net.result(net.conv2d(net.input(shape, type), outputs, kernel, out, **attributes))
    yield net
    net = Network("fully connected")
    for shape, type, outputs, out, attributes in FULLY_CONNECTED:
        net.result(net.fully_connected(net.input(shape, type), outputs, out, **attributes))
    yield net
    net = Network("floats by codebooks")
    for shape, outputs, out, attributes in WEIGHTS_ONLY:
        net.result(net.fully_connected(net.input(shape, F32), outputs, out, **attributes))
    for kernel, attributes in (((1, 1), NF4), ((3, 3), FOUR | dict(pads=(1, 1, 1, 1)))):
        net.result(net.conv2d(net.input((1, 7, 6, 20), F32), 40, kernel, F32, **attributes))
    yield net
