"""Weights of 4 bits and fewer: unpacked as they are multiplied, with one scale per output channel, or per block of input channels."""

from network import F32, Network, Type, i8, u8

SIGNED, UNSIGNED, CRUMBS = dict(storage="i4"), dict(storage="u4", zero=8), dict(storage="i2")

# (input shape, input type, outputs, kernel, result type, attributes). Runs of every length modulo two steps of each target.
CONV = [
    ((1, 9, 11, 1), u8(zero=0), 8, (3, 3), u8(), SIGNED | dict(pads=(1, 1, 1, 1))),
    ((1, 12, 12, 3), u8(zero=128), 16, (7, 7), u8(zero=0), SIGNED | dict(strides=(2, 2), pads=(3, 3, 3, 3))),
    ((1, 7, 9, 5), u8(zero=3), 10, (5, 5), u8(zero=3), UNSIGNED | dict(pads=(2, 1, 0, 2), per_channel=False)),
    ((1, 7, 7, 16), u8(zero=128), 64, (3, 3), u8(zero=0), SIGNED | dict(pads=(1, 1, 1, 1))),
    ((1, 7, 7, 72), u8(zero=5), 80, (1, 1), i8(), SIGNED),
    ((1, 9, 9, 20), i8(zero=-5), 24, (1, 1), F32, UNSIGNED | dict(strides=(2, 2))),
    ((1, 9, 8, 12), i8(zero=127), 40, (3, 3), u8(), UNSIGNED | dict(dilations=(2, 2), pads=(2, 2, 2, 2), bias=False)),
    ((1, 6, 7, 16), u8(zero=255), 16, (3, 3), u8(), SIGNED | dict(groups=2, pads=(1, 1, 1, 1))),
    ((1, 6, 7, 24), u8(zero=3), 24, (3, 3), u8(), SIGNED | dict(groups=24, pads=(1, 1, 1, 1))),
    ((1, 5, 6, 17), u8(zero=3), 9, (2, 3), i8(), CRUMBS),
    ((1, 5, 6, 16), u8(zero=5), 8, (3, 3), i8(), dict(storage="u4", zero=(0, 15, 8, 3, 7, 9, 1, 14))),
    ((1, 5, 6, 16), u8(zero=5), 8, (3, 3), i8(), dict(per_channel=False, storage="u4", zero=11)),
    ((1, 6, 7, 37), u8(zero=9), 37, (3, 3), i8(), UNSIGNED | dict(groups=37, strides=(2, 2))),  # 333 weights: one has its byte alone
    ((1, 5, 5, 1), i8(zero=4), 1, (1, 1), F32, SIGNED),
    ((1, 6, 7, 40), Type("i16", (0.001,)), 40, (3, 3), u8(), SIGNED | dict(groups=40, pads=(1, 1, 1, 1))),
    ((1, 9, 8, 12), i8(zero=127), 40, (3, 3), u8(), CRUMBS | dict(dilations=(2, 2), pads=(2, 2, 2, 2))),
    ((1, 6, 7, 16), u8(zero=255), 16, (3, 3), u8(), CRUMBS | dict(groups=2, pads=(1, 1, 1, 1))),
]

# (input shape, input type, outputs, result type, attributes)
FULLY_CONNECTED = [
    ((1, 1), u8(zero=128), 1, u8(), SIGNED),
    ((1, 129), u8(zero=128), 70, u8(zero=0), SIGNED),
    ((1, 1000), u8(zero=3), 200, F32, UNSIGNED),
    ((5, 30), u8(zero=255), 17, i8(), SIGNED | dict(bias=False)),
    ((49, 132), i8(zero=-128), 65, u8(), SIGNED),
    ((6, 15), i8(zero=9), 34, F32, UNSIGNED),
    ((1, 66400), u8(zero=0), 2, i8(), SIGNED),  # as bytes: 16 times the sum is no i32
    ((1, 129), u8(zero=128), 70, u8(zero=0), CRUMBS),  # of 2 bits: runs of every length modulo four steps
    ((5, 30), i8(zero=-3), 17, i8(), CRUMBS | dict(bias=False)),
    ((49, 64), u8(zero=5), 65, F32, CRUMBS),
    ((6, 15), i8(zero=9), 34, F32, dict(storage="u2", zero=2)),
    ((1, 66400), u8(zero=0), 2, i8(), CRUMBS),  # as bytes
]

BLOCKED_FULLY_CONNECTED = [
    ((1, 64), u8(zero=0), 48, F32, SIGNED | dict(block=32)),
    ((1, 256), u8(zero=128), 70, u8(zero=0), SIGNED | dict(block=64, shared=True)),
    ((4, 64), u8(scale=1.0, zero=1), 33, F32, SIGNED | dict(block=32, shared=True)),
    ((1, 1024), u8(zero=7), 130, F32, SIGNED | dict(block=32)),
    ((5, 90), u8(zero=255), 17, i8(), SIGNED | dict(block=30, bias=False)),
    ((49, 128), i8(zero=-128), 65, u8(), SIGNED | dict(block=32)),
    ((3, 4, 96), i8(zero=9), 34, F32, UNSIGNED | dict(block=32)),
    ((7, 36), u8(zero=100), 9, i8(), dict(storage="u4", zero=(0, 15, 8), block=12, shared=True)),  # factors of five bits
    ((7, 96), u8(zero=100), 33, Type("i16", (0.001,)), dict(block=32)),  # bytes
    ((4, 24), u8(zero=100), 5, F32, dict(storage="u8", zero=131, block=8)),  # factors of nine bits
    ((4, 24), Type("i16", (0.001,), 77), 5, F32, dict(block=8, shared=True)),
    ((1, 5), u8(zero=100), 3, F32, SIGNED | dict(block=1)),
    ((1, 256), u8(zero=128), 70, u8(zero=0), CRUMBS | dict(block=64, shared=True)),
    ((5, 90), u8(zero=255), 17, i8(), CRUMBS | dict(block=30, bias=False)),
]

BLOCKED_CONV = [
    ((1, 7, 7, 64), u8(zero=128), 40, (1, 1), u8(zero=0), SIGNED | dict(block=32)),
    ((1, 9, 9, 32), i8(zero=-5), 24, (1, 1), F32, UNSIGNED | dict(strides=(2, 2), block=16)),
    ((2, 6, 5, 64), u8(zero=3), 33, (3, 3), u8(), SIGNED | dict(pads=(1, 1, 1, 1), block=32, shared=True)),
    ((1, 6, 7, 16), u8(zero=255), 16, (3, 3), i8(), SIGNED | dict(groups=2, pads=(1, 1, 1, 1), block=4)),
    ((1, 6, 7, 8), u8(zero=3), 8, (3, 3), F32, SIGNED | dict(groups=8, pads=(1, 1, 1, 1), block=1)),
]

# (input shape, outputs, result type, attributes)
WEIGHTS_ONLY = [
    ((1, 129), 70, F32, SIGNED),
    ((5, 64), 33, F32, UNSIGNED | dict(per_channel=False)),
    ((6, 96), 34, F32, UNSIGNED | dict(block=32, shared=True, bias=False)),
    ((49, 40), 9, F32, SIGNED | dict(block=8)),
    ((2, 40), 9, F32, dict(storage="u4", zero=11)),  # dequantized: factors of five bits
]


def networks():
    for name, conv, dense in (("per channel", CONV, FULLY_CONNECTED), ("in blocks", BLOCKED_CONV, BLOCKED_FULLY_CONNECTED)):
        net = Network(f"convolutions {name}")
        for shape, type, outputs, kernel, out, attributes in conv:
            net.result(net.conv2d(net.input(shape, type), outputs, kernel, out, **attributes))
        if conv is CONV:  # accumulators as they are
            x, w = net.input((1, 4, 5, 20), u8(1.0, 7)), net.weights((3, 2, 2, 20), scale=1.0, per_channel=False, storage="i4")
            attributes = " strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1"
            net.result(net.op("conv2d {0}, {1}" + attributes, [x, w], (1, 3, 4, 3), Type("i32")))
        yield net
        net = Network(f"fully connected {name}")
        for shape, type, outputs, out, attributes in dense:
            net.result(net.fully_connected(net.input(shape, type), outputs, out, **attributes))
        yield net
    net = Network("floats by weights of 4 bits")
    for shape, outputs, out, attributes in WEIGHTS_ONLY:
        net.result(net.fully_connected(net.input(shape, F32), outputs, out, **attributes))
    for kernel, attributes in (((1, 1), SIGNED), ((3, 3), UNSIGNED | dict(pads=(1, 1, 1, 1))), ((3, 3), SIGNED | dict(groups=20, block=1))):
        net.result(net.conv2d(net.input((1, 7, 6, 20), F32), 40 if kernel == (1, 1) else 20, kernel, F32, **attributes))
    yield net
